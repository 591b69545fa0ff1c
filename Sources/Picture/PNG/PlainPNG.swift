/// A picture of nothing: one grey, small, for a card of somebody who has no picture. Made without an encoder, since a row of zeros needs
/// no packing.
package enum PlainPNG {
  package static func make(width: Int = 64, height: Int = 96) -> [UInt8] {
    precondition((1...256).contains(width) && (1...256).contains(height))
    var result = PNGFile.signature
    var header: [UInt8] = []
    PNGFile.append(number: UInt32(width), to: &header)
    PNGFile.append(number: UInt32(height), to: &header)
    // Two grades of a palette, one bit each, not interlaced.
    header += [1, 3, 0, 0, 0]
    PNGFile.append(PNGFile.header, header, to: &result)
    PNGFile.append(PNGFile.type("PLTE"), [0x60, 0x60, 0x68, 0xFF, 0xFF, 0xFF], to: &result)
    // Each row: no filter, then its bits.
    let rows = [UInt8](repeating: 0, count: height * (1 + (width + 7) / 8))
    PNGFile.append(PNGFile.type("IDAT"), stored(rows), to: &result)
    PNGFile.append(PNGFile.end, [], to: &result)
    return result
  }

  /// A zlib stream of one block as it is.
  private static func stored(_ bytes: [UInt8]) -> [UInt8] {
    precondition(bytes.count <= 0xFFFF)
    let (low, high) = (UInt8(truncatingIfNeeded: bytes.count), UInt8(truncatingIfNeeded: bytes.count >> 8))
    var (one, two): (UInt32, UInt32) = (1, 0)
    for byte in bytes {
      one = (one + UInt32(byte)) % 65_521
      two = (two + one) % 65_521
    }
    var result: [UInt8] = [0x78, 0x01, 1, low, high, ~low, ~high] + bytes
    PNGFile.append(number: two << 16 | one, to: &result)
    return result
  }
}
