import Base
import Testing

@Suite struct LimitsTests {
  /// What PROTOCOL promises to clients; a change here breaks one of them.
  @Test func `the promised numbers`() {
    let limits = Limits()
    #expect(limits.maxLineBytes == 8 * 1024 * 1024 && limits.maxBatch == 100 && limits.maxIDBytes == 128)
    #expect(limits.maxDepth == 64 && limits.maxRunningCalls == 64 && limits.maxUnreadBytes == 1024 * 1024)
    #expect(limits.maxTextBytes == 256 * 1024 && limits.uploadPieceBytes == 512 * 1024)
    #expect(limits.pageDefault == 50 && limits.pageMaximum == 200 && limits.eventRing == 4096)
    #expect(limits.maxEventBytes == 8 * 1024 && limits.maxKeyBytes == 64 && limits.maxConnections == 1024)
  }

  @Test func `an upload's piece fits into a line as base64`() {
    let limits = Limits()
    #expect((limits.uploadPieceBytes + 2) / 3 * 4 + 1024 < limits.maxLineBytes)
    // So does a five-megabyte picture, which is why a line is as long as it is.
    #expect(5_000_000 / 3 * 4 + 1024 < limits.maxLineBytes)
  }
}
