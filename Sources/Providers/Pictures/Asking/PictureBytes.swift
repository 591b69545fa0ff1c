import Base

/// What can be told of a picture's file by a look at it. Whether it can be drawn is found out elsewhere, by those who draw.
enum PictureBytes {
  enum Format: String { case png = "PNG", jpeg = "JPEG", webp = "WebP" }

  static func format(_ bytes: [UInt8]) -> Format? {
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return .png }
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return .jpeg }
    if bytes.count >= 12, bytes.starts(with: Array("RIFF".utf8)), Array(bytes[8..<12]) == Array("WEBP".utf8) {
      return .webp
    }
    return nil
  }

  /// Why these bytes are no picture that could be kept, as the end of a sentence; nil when nothing speaks against it.
  static func fault(_ bytes: [UInt8]) -> String? {
    if bytes.isEmpty { return "an empty file instead of a picture" }
    guard let format = format(bytes) else { return "\(kind(bytes)) instead of a picture" }
    return isWhole(bytes, format) ? nil : "a \(format.rawValue) picture that is cut off"
  }

  private static func kind(_ bytes: [UInt8]) -> String {
    let known: [(String, [UInt8])] = [
      ("a GIF", Array("GIF8".utf8)), ("a BMP", Array("BM".utf8)), ("a TIFF", [0x49, 0x49, 0x2A, 0]),
      ("a TIFF", [0x4D, 0x4D, 0, 0x2A]), ("a JPEG XL", [0xFF, 0x0A]), ("a film", [0x1A, 0x45, 0xDF, 0xA3]),
      ("something compressed", [0x1F, 0x8B]), ("an archive", Array("PK".utf8)),
    ]
    if let known = known.first(where: { bytes.starts(with: $0.1) }) { return known.0 }
    if bytes.count >= 12, Array(bytes[4..<8]) == Array("ftyp".utf8) {
      return Array(bytes[8..<12]) == Array("avif".utf8) ? "an AVIF" : "a film"
    }
    let text = Excerpt.of(bytes)
    switch bytes.first(where: { $0 > 0x20 }) {
    case UInt8(ascii: "<"): return "a web page (\(text.prefix(80)))"
    case UInt8(ascii: "{"), UInt8(ascii: "["): return "JSON (\(text.prefix(80)))"
    default: break
    }
    let isText = bytes.prefix(512).allSatisfy { $0 >= 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
    return isText ? "a text (\(text.prefix(80)))" : "a file of another kind"
  }

  /// Whether its end is there, as the format marks it; what stands behind it is not looked at.
  static func isWhole(_ bytes: [UInt8], _ format: Format) -> Bool {
    switch format {
    case .png:
      var at = 8
      while at + 12 <= bytes.count {
        let length = bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
        if Array(bytes[at + 4..<at + 8]) == Array("IEND".utf8) { return true }
        at += 12 + length
      }
      return false
    case .jpeg:
      let tail = bytes.suffix(4096)
      return zip(tail, tail.dropFirst()).contains { $0 == 0xFF && $1 == 0xD9 }
    case .webp:
      let length = bytes[4..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
      return bytes.count >= 8 + length
    }
  }

  /// As the file says, believed only for what to ask a provider for.
  static func size(_ bytes: [UInt8]) -> (width: Int, height: Int)? {
    func word(_ at: Int, _ count: Int) -> Int { bytes[at..<at + count].reduce(0) { $0 << 8 | Int($1) } }
    switch format(bytes) {
    case .png: return bytes.count >= 24 ? (word(16, 4), word(20, 4)) : nil
    case .jpeg:
      var at = 2
      while at + 9 < bytes.count, bytes[at] == 0xFF {
        let marker = bytes[at + 1]
        if marker == 0xFF {
          at += 1
        } else if (0xC0...0xCF).contains(marker), ![0xC4, 0xC8, 0xCC].contains(marker) {
          return (word(at + 7, 2), word(at + 5, 2))
        } else {
          at += 2 + max(2, word(at + 2, 2))
        }
      }
      return nil
    case .webp:
      guard bytes.count >= 30 else { return nil }
      func little(_ at: Int, _ count: Int) -> Int {
        bytes[at..<at + count].reversed().reduce(0) { $0 << 8 | Int($1) }
      }
      switch String(decoding: bytes[12..<16], as: UTF8.self) {
      case "VP8X": return (little(24, 3) + 1, little(27, 3) + 1)
      case "VP8L": return (little(21, 4) & 0x3FFF + 1, little(21, 4) >> 14 & 0x3FFF + 1)
      case "VP8 ": return (little(26, 2) & 0x3FFF, little(28, 2) & 0x3FFF)
      default: return nil
      }
    case nil: return nil
    }
  }

  static func mime(_ bytes: [UInt8]) -> String {
    switch format(bytes) {
    case .jpeg: "image/jpeg"
    case .webp: "image/webp"
    case .png, nil: "image/png"
    }
  }

  static func dataURI(_ bytes: [UInt8]) -> String { "data:\(mime(bytes));base64,\(Base64.encode(bytes))" }
}

/// What came in place of a picture, as the end of a sentence.
struct PictureFault: Error, Hashable {
  var cause: ProviderError.Cause
  var words: String
}

extension PictureBytes {
  /// A picture as text has it: base64 alone, or a `data:` URI.
  static func decode(_ text: [UInt8]) throws(PictureFault) -> [UInt8] {
    var start = 0
    if text.starts(with: Array("data:".utf8)) {
      guard let comma = text.prefix(256).firstIndex(of: UInt8(ascii: ",")),
        String(decoding: text[..<comma], as: UTF8.self).lowercased().hasSuffix(";base64")
      else { throw PictureFault(cause: .malformed, words: "a data: address that is not in base64") }
      start = comma + 1
    }
    guard text.count - start <= PictureServer.maxBase64Bytes else {
      throw PictureFault(
        cause: .tooLarge, words: "a picture of more than \(Limits.maxProviderPictureBytes) bytes")
    }
    guard let bytes = Base64.decode(text[start...]) else {
      throw PictureFault(cause: .malformed, words: "a picture whose base64 is broken or cut off")
    }
    return try checked(bytes)
  }

  static func checked(_ bytes: [UInt8]) throws(PictureFault) -> [UInt8] {
    guard bytes.count <= Limits.maxProviderPictureBytes else {
      throw PictureFault(
        cause: .tooLarge, words: "a picture of more than \(Limits.maxProviderPictureBytes) bytes")
    }
    if let fault = fault(bytes) { throw PictureFault(cause: .malformed, words: fault) }
    return bytes
  }
}

extension PictureServer {
  nonisolated static let maxBase64Bytes = (Limits.maxProviderPictureBytes + 2) / 3 * 4 + 4096
}
