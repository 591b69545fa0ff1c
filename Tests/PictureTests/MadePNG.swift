@testable import Picture

/// A PNG of any kind, from the values of its samples.
struct MadePNG {
  var width: Int
  var height: Int
  /// 0 grey, 2 colour, 3 palette, 4 and 6 the first two with opacity.
  var type = 2
  var depth = 8
  var isInterlaced = false
  /// Before the pixels, and after.
  var chunks: [[UInt8]] = []
  var tail: [UInt8] = []
  /// Of a pixel, as many as the type has.
  var samples: (_ x: Int, _ y: Int) -> [Int]

  private var perPixel: Int { [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][type] ?? 1 }

  static func header(_ width: Int, _ height: Int, depth: Int = 8, type: Int = 2, interlaced: Bool = false)
    -> [UInt8]
  {
    var header: [UInt8] = []
    PNGFile.append(number: UInt32(width), to: &header)
    PNGFile.append(number: UInt32(height), to: &header)
    header += [UInt8(depth), UInt8(type), 0, 0, interlaced ? 1 : 0]
    return PNGFile.signature + Samples.chunk("IHDR", header)
  }

  var bytes: [UInt8] {
    var rows: [UInt8] = []
    let passes =
      isInterlaced
      ? [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
      : [(0, 0, 1, 1)]
    for (left, top, across, down) in passes where left < width {
      for y in stride(from: top, to: height, by: down) {
        rows.append(0)
        append(stride(from: left, to: width, by: across).flatMap { samples($0, y) }, to: &rows)
      }
    }
    var result = Self.header(width, height, depth: depth, type: type, interlaced: isInterlaced)
    for chunk in chunks { result += chunk }
    // In pieces of an awkward size.
    let packed = Self.stored(rows)
    for start in stride(from: 0, to: packed.count, by: 5001) {
      result += Samples.chunk("IDAT", Array(packed[start..<min(packed.count, start + 5001)]))
    }
    return result + tail + Samples.chunk("IEND", [])
  }

  private func append(_ values: [Int], to rows: inout [UInt8]) {
    var bits = 0
    var count = 0
    for value in values {
      bits = bits << depth | value
      count += depth
      while count >= 8 {
        rows.append(UInt8(bits >> (count - 8) & 0xFF))
        count -= 8
      }
      bits &= (1 << count) - 1
    }
    if count > 0 { rows.append(UInt8(bits << (8 - count) & 0xFF)) }
  }

  /// A zlib stream that packs nothing, of any length.
  static func stored(_ bytes: [UInt8]) -> [UInt8] {
    var (one, two): (UInt32, UInt32) = (1, 0)
    var result: [UInt8] = [0x78, 0x01]
    for start in stride(from: 0, to: max(1, bytes.count), by: 0xFFFF) {
      let end = min(bytes.count, start + 0xFFFF)
      let (low, high) = (UInt8((end - start) & 0xFF), UInt8((end - start) >> 8))
      result += [end == bytes.count ? 1 : 0, low, high, ~low, ~high]
      result += bytes[start..<end]
    }
    for byte in bytes {
      one = (one + UInt32(byte)) % 65_521
      two = (two + one) % 65_521
    }
    PNGFile.append(number: two << 16 | one, to: &result)
    return result
  }

  /// An EXIF block that says how the camera was held, as in an eXIf chunk.
  static func exif(_ orientation: Int) -> [UInt8] {
    [
      0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, UInt8(orientation), 0, 0, 0, 0,
      0, 0,
    ]
  }

  /// Noise of colours over a gradient: no two pixels alike, the same each time.
  static func noise(_ width: Int, _ height: Int, seed: UInt64 = 1) -> MadePNG {
    MadePNG(width: width, height: height) { x, y in
      (0..<3).map { channel in
        var hash = UInt64(x &* 7919 &+ y &* 104_729 &+ channel) &* 0x9E37_79B9_7F4A_7C15 &+ seed
        hash ^= hash >> 29
        hash = hash &* 0xBF58_476D_1CE4_E5B9
        return (x * 160 / width + Int(hash >> 58)) % 256
      }
    }
  }
}
