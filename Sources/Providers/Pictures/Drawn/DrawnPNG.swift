/// Writes a picture drawn here as PNG, row by row, 8 bits for each of three colours.
struct DrawnPNG {
  private let width: Int
  private let height: Int
  private var packed = RunDeflate()

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  /// One row of `3 * width` bytes. Each is told as its difference from its left neighbour, so that a plain area is a run of zeros.
  mutating func append(row: [UInt8]) {
    precondition(row.count == 3 * width)
    var filtered = [UInt8](repeating: 1, count: row.count + 1)
    for index in row.indices {
      filtered[index + 1] = index < 3 ? row[index] : row[index] &- row[index - 3]
    }
    packed.append(filtered)
  }

  mutating func finish() -> [UInt8] {
    packed.finish()
    var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    Self.append("IHDR", Self.word(width) + Self.word(height) + [8, 2, 0, 0, 0], to: &bytes)
    Self.append("IDAT", packed.bytes, to: &bytes)
    Self.append("IEND", [], to: &bytes)
    return bytes
  }

  private static func append(_ name: String, _ data: [UInt8], to bytes: inout [UInt8]) {
    let named = Array(name.utf8) + data
    bytes += word(data.count) + named + word(Int(checksum(named)))
  }

  private static func word(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var sum: UInt32 = 0xFFFF_FFFF
    for byte in bytes { sum = table[Int((sum ^ UInt32(byte)) & 0xFF)] ^ (sum >> 8) }
    return ~sum
  }

  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
  }
}
