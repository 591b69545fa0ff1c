/// Texts with a keyword, which a PNG may carry in three kinds of chunks: plain, packed, and packed or plain in UTF-8.
extension PNGFile {
  package struct Text: Sendable, Hashable {
    package var keyword: String
    package var value: [UInt8]
    /// False when the chunk's checksum is wrong: the text may be too.
    package var isSound: Bool
  }

  private static let plain = type("tEXt")
  private static let packed = type("zTXt")
  private static let international = type("iTXt")

  /// The first text with this keyword, whatever the case of its letters; nil when there is none. A text that is longer than
  /// `limit` is refused before it takes room.
  package func text(keyword: String, atMost limit: Int) throws(Fault) -> Text? {
    for chunk in chunks {
      guard let (name, rest) = named(chunk), name.lowercased() == keyword.lowercased() else { continue }
      return Text(keyword: name, value: try value(of: chunk, rest, limit), isSound: chunk.isSound)
    }
    return nil
  }

  /// The same picture with these texts, plain, before its end, and without any that had one of these keywords before.
  package func replacing(
    textsNamed old: Set<String>, by new: [(keyword: String, value: [UInt8])]
  ) -> [UInt8] {
    let old = Set(old.map { $0.lowercased() })
    var result = Self.signature
    result.reserveCapacity(bytes.count + new.reduce(0) { $0 + $1.value.count + 64 })
    for chunk in chunks where chunk.type != Self.end {
      if let (name, _) = named(chunk), old.contains(name.lowercased()) { continue }
      result += bytes[chunk.whole]
    }
    for text in new {
      Self.append(Self.plain, Array(text.keyword.utf8) + [0] + text.value, to: &result)
    }
    Self.append(Self.end, [], to: &result)
    return result
  }

  static func append(_ type: UInt32, _ data: [UInt8], to result: inout [UInt8]) {
    append(number: UInt32(data.count), to: &result)
    let start = result.count
    append(number: type, to: &result)
    result += data
    append(number: CRC32.of(result, start..<result.count), to: &result)
  }

  static func append(number: UInt32, to result: inout [UInt8]) {
    for shift in [24, 16, 8, 0] as [UInt32] { result.append(UInt8(truncatingIfNeeded: number >> shift)) }
  }

  /// A text chunk's keyword, and what follows the zero behind it; nil for other chunks and for keywords that are none.
  private func named(_ chunk: Chunk) -> (name: String, rest: Range<Int>)? {
    guard [Self.plain, Self.packed, Self.international].contains(chunk.type),
      let zero = bytes[chunk.data].prefix(80).firstIndex(of: 0), zero > chunk.data.lowerBound
    else { return nil }
    // Latin-1, where every byte is the scalar of its number.
    var name = ""
    for byte in bytes[chunk.data.lowerBound..<zero] { name.unicodeScalars.append(Unicode.Scalar(byte)) }
    return (name, (zero + 1)..<chunk.data.upperBound)
  }

  private func value(of chunk: Chunk, _ rest: Range<Int>, _ limit: Int) throws(Fault) -> [UInt8] {
    switch chunk.type {
    case Self.plain: return try within(limit, rest)
    case Self.packed:
      // One byte says how; zlib is the only way there is.
      guard !rest.isEmpty, bytes[rest.lowerBound] == 0 else { throw .textDamaged }
      return try inflated((rest.lowerBound + 1)..<rest.upperBound, limit)
    default:
      guard rest.count >= 2 else { throw .textDamaged }
      let isPacked = bytes[rest.lowerBound] != 0
      guard !isPacked || bytes[rest.lowerBound + 1] == 0 else { throw .textDamaged }
      // The language and the translated keyword, each ended by a zero.
      var start = rest.lowerBound + 2
      for _ in 0..<2 {
        guard let zero = bytes[start..<rest.upperBound].firstIndex(of: 0) else { throw .textDamaged }
        start = zero + 1
      }
      return isPacked
        ? try inflated(start..<rest.upperBound, limit) : try within(limit, start..<rest.upperBound)
    }
  }

  private func within(_ limit: Int, _ range: Range<Int>) throws(Fault) -> [UInt8] {
    guard range.count <= limit else { throw .textTooLong }
    return Array(bytes[range])
  }

  private func inflated(_ range: Range<Int>, _ limit: Int) throws(Fault) -> [UInt8] {
    do throws(Inflation.Fault) {
      return try Inflation.inflate(bytes, range, .zlib, atMost: limit)
    } catch {
      throw error == .tooLarge ? .textTooLong : .textDamaged
    }
  }
}
