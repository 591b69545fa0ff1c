/// Numbers out of strangers' bytes: nil past the end, and never a step further.
struct ByteCursor {
  let bytes: [UInt8]
  let end: Int
  private(set) var at: Int
  let isLittle: Bool

  init(_ bytes: [UInt8], _ range: Range<Int>, littleEndian: Bool = false) {
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
    self.bytes = bytes
    at = range.lowerBound
    end = range.upperBound
    isLittle = littleEndian
  }

  var left: Int { end - at }

  mutating func byte() -> Int? {
    guard left >= 1 else { return nil }
    defer { at += 1 }
    return Int(bytes[at])
  }

  mutating func number(_ count: Int) -> Int? {
    guard left >= count else { return nil }
    var value = 0
    for index in 0..<count {
      let byte = Int(bytes[at + index])
      value = isLittle ? value | byte << (8 * index) : value << 8 | byte
    }
    at += count
    return value
  }

  mutating func skip(_ count: Int) -> Bool {
    guard count >= 0, count <= left else { return false }
    at += count
    return true
  }

  func stands(_ text: StaticString) -> Bool {
    let wanted = text.description.utf8
    return left >= wanted.count && bytes[at..<end].starts(with: wanted)
  }
}
