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
}
