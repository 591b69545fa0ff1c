import Glibc
import Posix
import Testing

@Suite(.serialized) struct MemoryTests {
  @Test func `memory between what is still used goes back to the system`() throws {
    // Blocks too small to be given back one by one; every sixteenth stays, so that the heap cannot shrink from its end.
    var blocks: [[UInt8]?] = (0..<48_000).map {
      [UInt8](repeating: UInt8(truncatingIfNeeded: $0), count: 1000)
    }
    for index in blocks.indices where index % 16 != 0 { blocks[index] = nil }
    let before = try residentPages()
    Memory.giveBack()
    let after = try residentPages()
    #expect(before - after > 4000, "from \(before) to \(after) pages")
    #expect(blocks.count { $0 != nil } == 3000)
  }

  private func residentPages() throws -> Int {
    let file = unsafe open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = unsafe read(file, &bytes, bytes.count)
    let fields = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(separator: " ")
    return try #require(fields.dropFirst().first.flatMap { Int($0) })
  }
}
