import Base

/// A picture file's name: the SHA-256 of what is in it. Nothing a stranger writes ever becomes a part of a path.
package struct PictureHash: Sendable, Hashable {
  package let bytes: [UInt8]

  /// Nil where it is not thirty-two bytes.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    self.bytes = bytes
  }

  package init(of content: [UInt8]) { bytes = SHA256.digest(content) }

  /// From the name a file has; nil for a name of any other form.
  init?(fileName: String) {
    guard fileName.hasSuffix(Self.suffix) else { return nil }
    let digits = Array(fileName.utf8.dropLast(Self.suffix.utf8.count))
    guard digits.count == 64 else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: 64, by: 2) {
      guard let high = Self.value(digits[index]), let low = Self.value(digits[index + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    self.bytes = bytes
  }

  package var text: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  static let suffix = ".jpg"
  var fileName: String { text + Self.suffix }
  /// The two levels of folders, so that none has a hundred thousand entries.
  var folders: (String, String) {
    let text = text
    return (String(text.prefix(2)), String(text.dropFirst(2).prefix(2)))
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit - 0x30
    case 0x61...0x66: digit - 0x61 + 10
    default: nil
    }
  }
}
