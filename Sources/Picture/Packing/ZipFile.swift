/// A ZIP's list of files, read from its end as it is meant to be, so that a picture may stand before it.
///
/// Only what is asked for is unpacked, within a limit; names are compared and copied, never opened on a disk.
package struct ZipFile: Sendable {
  package struct Entry: Sendable, Hashable {
    package let name: String
    let isEncrypted: Bool
    let method: Int
    let checksum: UInt32
    let size: Int
    let packed: Range<Int>

    /// A plain path inside the archive.
    package var isSafe: Bool {
      !name.isEmpty && !name.hasPrefix("/") && !name.contains("\\") && !name.utf8.contains(0)
        && !name.split(separator: "/", omittingEmptySubsequences: false).contains("..")
    }
  }

  package enum Fault: Error, Hashable {
    case notZip
    /// Spread over several files, larger than 4 GB, or damaged.
    case damaged
    case tooManyEntries
    case encrypted
    case tooLarge
  }

  static let mostEntries = 4096

  package let bytes: [UInt8]
  package let entries: [Entry]

  package static func begins(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) }

  /// Whether there is an archive at the end of something else, such as a picture.
  package static func ends(_ bytes: [UInt8]) -> Bool { directoryEnd(bytes) != nil }

  package init(_ bytes: [UInt8]) throws(Fault) {
    guard let end = Self.directoryEnd(bytes) else { throw .notZip }
    let count = Self.short(bytes, end + 10)
    let (length, offset) = (Self.long(bytes, end + 12), Self.long(bytes, end + 16))
    guard count != 0xFFFF, offset != 0xFFFF_FFFF, length <= end, offset <= end - length else {
      throw .damaged
    }
    guard count <= Self.mostEntries else { throw .tooManyEntries }
    // What was put before the archive moved everything by as much.
    let shift = end - length - offset
    var entries: [Entry] = []
    var at = end - length
    for _ in 0..<count {
      guard let (entry, next) = Self.entry(bytes, at, shift, end) else { throw .damaged }
      entries.append(entry)
      at = next
    }
    self.bytes = bytes
    self.entries = entries
  }

  /// The plain bytes of a file; nil when there is none of that name. Letters count as they are.
  package func file(_ name: String, atMost limit: Int) throws(Fault) -> [UInt8]? {
    guard let entry = entries.first(where: { $0.name == name }) else { return nil }
    guard !entry.isEncrypted else { throw .encrypted }
    guard entry.size <= limit else { throw .tooLarge }
    let plain: [UInt8]
    switch entry.method {
    case 0: plain = Array(bytes[entry.packed])
    case 8:
      do throws(Inflation.Fault) {
        // Whatever the directory says, no more than that comes out.
        plain = try Inflation.inflate(bytes, entry.packed, .raw, atMost: max(1, entry.size))
      } catch {
        throw error == .tooLarge ? .tooLarge : .damaged
      }
    default: throw .damaged
    }
    guard plain.count == entry.size, CRC32.of(plain, 0..<plain.count) == entry.checksum else {
      throw .damaged
    }
    return plain
  }

  private static func entry(
    _ bytes: [UInt8], _ at: Int, _ shift: Int, _ end: Int
  ) -> (Entry, next: Int)? {
    guard at + 46 <= end, long(bytes, at) == 0x0201_4B50 else { return nil }
    let (name, extra, comment) = (short(bytes, at + 28), short(bytes, at + 30), short(bytes, at + 32))
    let next = at + 46 + name + extra + comment
    let local = long(bytes, at + 42) + shift
    guard next <= end, local + 30 <= end, long(bytes, local) == 0x0403_4B50 else { return nil }
    // The local header's own lengths: its extra field may differ from the directory's.
    let start = local + 30 + short(bytes, local + 26) + short(bytes, local + 28)
    let packed = long(bytes, at + 20)
    guard start <= end, packed <= end - start else { return nil }
    let entry = Entry(
      name: String(decoding: bytes[(at + 46)..<(at + 46 + name)], as: UTF8.self),
      isEncrypted: short(bytes, at + 8) & 1 != 0, method: short(bytes, at + 10),
      checksum: UInt32(long(bytes, at + 16)), size: long(bytes, at + 24), packed: start..<(start + packed))
    return (entry, next)
  }

  /// The record at the end, behind which only a comment stands.
  private static func directoryEnd(_ bytes: [UInt8]) -> Int? {
    guard bytes.count >= 22 else { return nil }
    let first = max(0, bytes.count - 22 - 0xFFFF)
    var at = bytes.count - 22
    while at >= first {
      if bytes[at] == 0x50, long(bytes, at) == 0x0605_4B50, at + 22 + short(bytes, at + 20) <= bytes.count {
        return at
      }
      at -= 1
    }
    return nil
  }

  private static func short(_ bytes: [UInt8], _ at: Int) -> Int { Int(bytes[at]) | Int(bytes[at + 1]) << 8 }
  private static func long(_ bytes: [UInt8], _ at: Int) -> Int {
    short(bytes, at) | short(bytes, at + 2) << 16
  }
}
