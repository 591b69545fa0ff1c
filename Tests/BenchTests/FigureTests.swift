import Testing

@testable import companion_bench

@Suite struct FigureTests {
  private func figure(_ aims: [Figure.Aim], own: [Double], peer: [Double] = []) -> Figure {
    var figure = Figure("something", .microseconds, aims: aims)
    for value in own { figure.add(value, for: "companiond") }
    for value in peer { figure.add(value, for: "peer") }
    return figure
  }

  @Test func `a ratio is taken within each round, and its median is not the ratio of medians`() throws {
    // Round by round 0.5, 2 and 1; the medians are both 4.
    let figure = figure([.ratioAtMost(0.9, of: "peer")], own: [1, 8, 4], peer: [2, 4, 4])
    #expect(figure.ratios(to: "peer") == [0.5, 2, 1])
    let verdict = try #require(figure.aims[0].judge(figure))
    #expect(verdict.found.median == 1 && verdict.found.least == 0.5 && verdict.found.most == 2)
    #expect(!verdict.met)
  }

  @Test(arguments: [(1.15, true), (1.1499, false)])
  func `at the limit a ratio is met, one step past it is not`(_ limit: Double, _ met: Bool) throws {
    let figure = figure([.ratioAtMost(limit, of: "peer")], own: [115], peer: [100])
    #expect(try #require(figure.aims[0].judge(figure)).met == met)
  }

  @Test(arguments: [(0.8, true), (0.8001, false)])
  func `a rate must reach its share of the peer's`(_ limit: Double, _ met: Bool) throws {
    let figure = figure([.ratioAtLeast(limit, of: "peer")], own: [80], peer: [100])
    #expect(try #require(figure.aims[0].judge(figure)).met == met)
  }

  @Test(arguments: [(50.0, true), (49.9, false)])
  func `a limit is compared with the median of the rounds`(_ limit: Double, _ met: Bool) throws {
    let figure = figure([.atMost(limit)], own: [1000, 50, 2])
    #expect(try #require(figure.aims[0].judge(figure)).met == met)
  }

  @Test func `what may come on top of the peer's is the median of the differences`() throws {
    let figure = figure([.atMostBeyond(1, of: "peer")], own: [21, 22.5, 20.5], peer: [20, 20, 20])
    let verdict = try #require(figure.aims[0].judge(figure))
    #expect(verdict.found.median == 1 && verdict.met)
  }

  @Test func `without the peer's values there is no verdict on a ratio`() {
    let figure = figure([.ratioAtMost(1, of: "peer"), .atMostBeyond(1, of: "peer")], own: [1])
    #expect(figure.aims.allSatisfy { $0.judge(figure) == nil })
  }

  @Test func `a round that the peer has not had counts in no ratio`() {
    #expect(figure([], own: [4, 6], peer: [2]).ratios(to: "peer") == [2])
  }
}
