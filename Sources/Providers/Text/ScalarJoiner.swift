/// Puts characters together that a server cut in two: UTF-8 sequences, and surrogate pairs whose halves came as three bytes each.
/// What cannot be completed becomes U+FFFD.
struct ScalarJoiner {
  private var pending: [UInt8] = []

  /// The text so far complete; at most five bytes are held back.
  mutating func push(_ bytes: [UInt8]) -> String {
    if pending.isEmpty, let text = String(validating: bytes, as: UTF8.self) { return text }
    let all = pending + bytes
    pending = []
    var text: [UInt8] = []
    var at = 0
    while at < all.count {
      guard let length = ScalarJoiner.length(all[at]) else {
        text.append(contentsOf: ScalarJoiner.replacement)
        at += 1
        continue
      }
      let found = 1 + all[(at + 1)...].prefix(length - 1).prefix { $0 & 0xC0 == 0x80 }.count
      guard found == length else {
        if at + found == all.count { break }  // its rest may still come
        text.append(contentsOf: ScalarJoiner.replacement)
        at += found
        continue
      }
      guard let half = ScalarJoiner.surrogate(all[at..<at + length]) else {
        text.append(contentsOf: all[at..<at + length])
        at += length
        continue
      }
      guard half < 0xDC00 else {
        text.append(contentsOf: ScalarJoiner.replacement)
        at += 3
        continue
      }
      let next = all[(at + 3)...].prefix(3)
      if next.count < 3, ScalarJoiner.mayBecomeSurrogate(next) { break }
      if next.count == 3, let low = ScalarJoiner.surrogate(next), low >= 0xDC00,
        let scalar = Unicode.Scalar(0x10000 + (half - 0xD800) << 10 + (low - 0xDC00))
      {
        text.append(contentsOf: String(Character(scalar)).utf8)
        at += 6
      } else {
        text.append(contentsOf: ScalarJoiner.replacement)
        at += 3
      }
    }
    pending = Array(all[at...])
    // What is well-formed in length may still be overlong or too large: the standard library repairs that.
    return String(decoding: text, as: UTF8.self)
  }

  /// What was held back and will not be completed any more.
  mutating func finish() -> String {
    defer { pending = [] }
    return pending.isEmpty ? "" : "\u{FFFD}"
  }

  private static let replacement: [UInt8] = [0xEF, 0xBF, 0xBD]

  private static func length(_ lead: UInt8) -> Int? {
    switch lead {
    case 0..<0x80: 1
    case 0xC2...0xDF: 2
    case 0xE0...0xEF: 3
    case 0xF0...0xF4: 4
    default: nil
    }
  }

  private static func surrogate(_ bytes: ArraySlice<UInt8>) -> UInt32? {
    guard bytes.count == 3, let first = bytes.first, first == 0xED, bytes[bytes.startIndex + 1] >= 0xA0 else {
      return nil
    }
    return 0xD000 | UInt32(bytes[bytes.startIndex + 1] & 0x3F) << 6
      | UInt32(bytes[bytes.startIndex + 2] & 0x3F)
  }

  private static func mayBecomeSurrogate(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.isEmpty || (bytes.first == 0xED && (bytes.count < 2 || bytes[bytes.startIndex + 1] >= 0xB0))
  }
}
