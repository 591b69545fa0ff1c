/// What a file is by its own first bytes. Names and types that came with it are not asked: providers send WebP as `image.png`.
package enum PictureKind: String, Sendable, Hashable, CaseIterable {
  case jpeg, png, webp

  package var mediaType: String { "image/\(rawValue)" }

  /// nil when it is none of these; `foreign(_:)` may know what it is then.
  package static func of(_ bytes: [UInt8]) -> PictureKind? {
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return .jpeg }
    if PNGFile.begins(bytes) { return .png }
    if begins(bytes, "RIFF"), begins(bytes, "WEBP", at: 8) { return .webp }
    return nil
  }

  /// The refusal for what is none of them, which says what it seems to be instead.
  static func refusal(_ bytes: [UInt8]) -> PictureError {
    if bytes.isEmpty { return .broken("The picture is empty.") }
    guard let name = foreign(bytes) else {
      return .unsupported("This is no picture that can be read here: JPEG, PNG and WebP can.")
    }
    return .unsupported("This is \(name); only JPEG, PNG and WebP are read here.")
  }

  /// Kinds that are recognised to be named and for nothing else.
  private static func foreign(_ bytes: [UInt8]) -> String? {
    if begins(bytes, "GIF8") { return "a GIF" }
    if begins(bytes, "BM"), bytes.count >= 26 { return "a BMP" }
    if begins(bytes, "II*\0") || begins(bytes, "MM\0*") { return "a TIFF" }
    if bytes.starts(with: [0, 0, 1, 0]) { return "an icon" }
    if begins(bytes, "%PDF") { return "a PDF" }
    if begins(bytes, "8BPS") { return "a Photoshop file" }
    if bytes.starts(with: [0xFF, 0x0A]) || begins(bytes, "JXL ", at: 4) { return "a JPEG XL" }
    if begins(bytes, "jP  ", at: 4) { return "a JPEG 2000" }
    if begins(bytes, "PK\u{3}\u{4}") { return "a ZIP archive" }
    if begins(bytes, "RIFF") { return "a sound or a film" }
    if begins(bytes, "ftyp", at: 4) { return boxed(bytes) }
    return text(bytes)
  }

  /// Files of boxes tell their kind by the first brand.
  private static func boxed(_ bytes: [UInt8]) -> String {
    for brand in ["avif", "avis"] where begins(bytes, brand, at: 8) { return "an AVIF" }
    for brand in ["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"]
    where begins(bytes, brand, at: 8) {
      return "a HEIC"
    }
    return "a film"
  }

  /// Services that fail answer with pages and objects under the address of a picture.
  private static func text(_ bytes: [UInt8]) -> String? {
    var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    while start < min(bytes.count, 256), [0x20, 0x09, 0x0A, 0x0D].contains(bytes[start]) { start += 1 }
    let words = String(decoding: bytes[start..<min(bytes.count, start + 512)], as: UTF8.self).lowercased()
    if words.hasPrefix("<svg") || words.hasPrefix("<?xml") && words.contains("<svg") { return "an SVG" }
    if words.hasPrefix("<!doctype html") || words.hasPrefix("<html") || words.contains("<html") {
      return "a web page"
    }
    if words.hasPrefix("<") { return "a text in XML" }
    if words.hasPrefix("{") || words.hasPrefix("[") { return "a text in JSON" }
    if words.hasPrefix("data:image/") { return "a data: address, not the picture itself" }
    return nil
  }

  private static func begins(_ bytes: [UInt8], _ text: String, at start: Int = 0) -> Bool {
    bytes.count >= start && bytes[start...].starts(with: text.utf8)
  }
}
