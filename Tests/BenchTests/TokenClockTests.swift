import Testing

@testable import companion_bench

@Suite struct TokenClockTests {
  private func times(_ pieces: [String]) -> [Int64] {
    var clock = TokenClock()
    return pieces.flatMap { Array($0.utf8) }.compactMap { clock.take($0) }
  }

  @Test func `a time is found wherever the text was cut`() {
    let text = " 000000000000042 123456789012345"
    for cut in text.indices {
      #expect(times([String(text[..<cut]), String(text[cut...])]) == [42, 123_456_789_012_345])
    }
  }

  @Test func `fewer digits are no time, and what interrupts begins anew`() {
    #expect(times([" 12345678901234 "]) == [])
    #expect(times([" 1234567 000000000000007 "]) == [7])
  }

  @Test func `a time has as many digits as a token gives it`() {
    #expect(String(TokenClock.span - 1).count == Upstream.digits)
  }
}
