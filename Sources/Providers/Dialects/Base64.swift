enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  static func encode(_ bytes: [UInt8]) -> String {
    let encoded = unsafe [UInt8](unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4) { buffer, count in
      var at = 0
      while at < bytes.count {
        let left = bytes.count - at
        let word =
          UInt32(bytes[at]) << 16 | (left > 1 ? UInt32(bytes[at + 1]) << 8 : 0)
          | (left > 2 ? UInt32(bytes[at + 2]) : 0)
        unsafe buffer[count] = alphabet[Int(word >> 18)]
        unsafe buffer[count + 1] = alphabet[Int(word >> 12 & 63)]
        unsafe buffer[count + 2] = left > 1 ? alphabet[Int(word >> 6 & 63)] : UInt8(ascii: "=")
        unsafe buffer[count + 3] = left > 2 ? alphabet[Int(word & 63)] : UInt8(ascii: "=")
        count += 4
        at += 3
      }
    }
    return String(decoding: encoded, as: UTF8.self)
  }

  /// White space is passed over and the two alphabets may be mixed; nil when anything else stands there, or when the text ends where
  /// no text of whole bytes can.
  static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 4 * 3 + 3)
    var word: UInt32 = 0
    var digits = 0
    var padding = 0
    for character in text {
      let value = values[Int(character)]
      if value < 64 {
        guard padding == 0 else { return nil }
        word = word << 6 | UInt32(value)
        digits += 1
        if digits == 4 {
          bytes.append(UInt8(truncatingIfNeeded: word >> 16))
          bytes.append(UInt8(truncatingIfNeeded: word >> 8))
          bytes.append(UInt8(truncatingIfNeeded: word))
          (word, digits) = (0, 0)
        }
      } else if character == UInt8(ascii: "=") {
        padding += 1
      } else if value != space {
        return nil
      }
    }
    switch (digits, padding) {
    case (0, 0): break
    case (2, 0), (2, 2): bytes.append(UInt8(truncatingIfNeeded: word >> 4))
    case (3, 0), (3, 1):
      bytes.append(UInt8(truncatingIfNeeded: word >> 10))
      bytes.append(UInt8(truncatingIfNeeded: word >> 2))
    default: return nil
    }
    return bytes
  }

  private static let space: UInt8 = 64
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 255, count: 256)
    for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
    values[Int(UInt8(ascii: "-"))] = 62
    values[Int(UInt8(ascii: "_"))] = 63
    for character: UInt8 in [0x20, 0x09, 0x0A, 0x0D] { values[Int(character)] = space }
    return values
  }()
}
