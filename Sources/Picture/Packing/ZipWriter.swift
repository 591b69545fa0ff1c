/// A ZIP in the making. New files are put in as they are; those of another archive keep their packing.
package struct ZipWriter: Sendable {
  private var bytes: [UInt8] = []
  private var directory: [UInt8] = []
  private var count = 0

  package init() {}

  /// `name` is a plain path. Nothing that is added makes the archive longer than ZIP counts: whoever writes has limits far below.
  package mutating func add(_ name: String, _ contents: [UInt8]) {
    add(name, contents, method: 0, size: contents.count, checksum: CRC32.of(contents, 0..<contents.count))
  }

  /// A file of another archive, not unpacked.
  package mutating func add(_ entry: ZipFile.Entry, of archive: ZipFile) {
    add(
      entry.name, Array(archive.bytes[entry.packed]), method: entry.method, size: entry.size,
      checksum: entry.checksum)
  }

  /// The archive as it is now.
  package func finished() -> [UInt8] {
    var end: [UInt8] = [0x50, 0x4B, 0x05, 0x06, 0, 0, 0, 0]
    Self.append(short: count, to: &end)
    Self.append(short: count, to: &end)
    Self.append(long: directory.count, to: &end)
    Self.append(long: bytes.count, to: &end)
    return bytes + directory + end + [0, 0]
  }

  private mutating func add(
    _ name: String, _ packed: [UInt8], method: Int, size: Int, checksum: UInt32
  ) {
    precondition(
      bytes.count + packed.count < 1 << 31 && count < ZipFile.mostEntries && name.utf8.count < 1 << 16)
    // Version 2.0, names in UTF-8, the first day that ZIP knows: the same contents make the same archive.
    var facts: [UInt8] = []
    Self.append(short: 20, to: &facts)
    Self.append(short: 0x0800, to: &facts)
    Self.append(short: method, to: &facts)
    Self.append(short: 0, to: &facts)
    Self.append(short: 0x0021, to: &facts)
    Self.append(long: Int(checksum), to: &facts)
    Self.append(long: packed.count, to: &facts)
    Self.append(long: size, to: &facts)
    Self.append(short: name.utf8.count, to: &facts)
    Self.append(short: 0, to: &facts)
    directory += [0x50, 0x4B, 0x01, 0x02]
    Self.append(short: 20, to: &directory)
    directory += facts
    // Comment, disk, attributes.
    directory += [UInt8](repeating: 0, count: 10)
    Self.append(long: bytes.count, to: &directory)
    directory += Array(name.utf8)
    bytes += [0x50, 0x4B, 0x03, 0x04] + facts + Array(name.utf8) + packed
    count += 1
  }

  private static func append(short: Int, to result: inout [UInt8]) {
    result += [UInt8(truncatingIfNeeded: short), UInt8(truncatingIfNeeded: short >> 8)]
  }
  private static func append(long: Int, to result: inout [UInt8]) {
    append(short: long, to: &result)
    append(short: long >> 16, to: &result)
  }
}
