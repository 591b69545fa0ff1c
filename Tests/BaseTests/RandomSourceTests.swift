import Base
import Testing

@Suite struct RandomSourceTests {
  @Test func `a seed gives the same numbers each time`() {
    let (a, b, c) = (RandomSource.seeded(7), RandomSource.seeded(7), RandomSource.seeded(8))
    let numbers = (0..<100).map { _ in a.next() }
    #expect(numbers == (0..<100).map { _ in b.next() })
    #expect(numbers != (0..<100).map { _ in c.next() })
    #expect(Set(numbers).count == 100)
  }

  /// The first numbers of SplitMix64 from seed 1234567, as its authors' program prints them.
  @Test func `the generator is the one it says`() {
    let source = RandomSource.seeded(1_234_567)
    #expect(
      (0..<3).map { _ in source.next() } == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
      ])
  }

  @Test func `copies draw from one well`() {
    let source = RandomSource.seeded(7)
    let copy = source
    #expect(source.next() != copy.next())
  }

  @Test func `the system's numbers differ`() {
    #expect(Set((0..<100).map { _ in RandomSource.system.next() }).count == 100)
  }
}
