import Base
import Testing

@testable import companion_bench

@Suite struct StatisticsTests {
  @Test(
    arguments: [
      ([3], 3), ([5, 1, 3], 3), ([4, 1, 3, 2], 2.5), ([7, 7, 7, 7], 7), ([-1, 1], 0),
    ] as [([Double], Double)])
  func `the median is the middle one, or halfway between the two in the middle`(
    _ values: [Double], _ median: Double
  ) {
    #expect(values.median == median)
  }

  @Test func `of nothing there is no median and no percentile`() {
    #expect([Double]().median.isNaN)
    #expect([Double]().percentile(0.99).isNaN)
    #expect(Spread([]).least.isNaN && Spread([]).most.isNaN)
  }

  @Test(
    arguments: [
      (0.99, 99), (0.5, 50), (1, 100), (0.001, 1), (0, 1), (0.991, 100), (0.01, 1),
    ] as [(Double, Double)])
  func `of one to a hundred, the percentile is the smallest that so many do not exceed`(
    _ share: Double, _ expected: Double
  ) {
    #expect((1...100).map(Double.init).shuffled().percentile(share) == expected)
  }

  @Test func `a percentile of few values is one of them`() {
    #expect([10.0, 20].percentile(0.99) == 20)
    #expect([10.0].percentile(0.01) == 10)
    #expect([3.0, 1, 2].percentile(0.34) == 2)
  }

  @Test func `a random list's percentiles agree with counting`() {
    let seed = UInt64.random(in: 0 ... .max)
    var random = RandomSource.seeded(seed)
    for _ in 0..<500 {
      let values = (0..<Int.random(in: 1...60, using: &random)).map { _ in
        Double(Int.random(in: 0...20, using: &random))
      }
      let share = Double(Int.random(in: 1...100, using: &random)) / 100
      let found = values.percentile(share)
      let needed = share * Double(values.count)
      #expect(Double(values.count { $0 <= found }) >= needed - 1e-9, "seed \(seed)")
      #expect(Double(values.count { $0 < found }) < needed + 1e-9, "seed \(seed)")
      #expect(values.contains(found), "seed \(seed)")
    }
  }

  @Test func `a spread tells the middle and both ends`() {
    let spread = Spread([4, 9, 1])
    #expect(spread.median == 4 && spread.least == 1 && spread.most == 9)
  }

  @Test(
    arguments: [
      (0.0, "0"), (0.004, "0.00"), (1.005, "1.00"), (9.999, "10.00"), (12.34, "12.3"), (99.96, "100.0"),
      (123.4, "123"), (1234567.8, "1,234,568"), (-2.5, "-2.50"), (-0.05, "-0.05"), (5, "5"), (1000, "1,000"),
      (-1000, "-1,000"), (.infinity, "-"),
    ] as [(Double, String)])
  func `numbers are shown with the digits that count`(_ number: Double, _ text: String) {
    #expect(shown(number) == text)
  }
}
