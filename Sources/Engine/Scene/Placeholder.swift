/// `{{char}}` and `{{user}}` in text that a person or a card wrote. Names are matched without regard to case; what is filled in is not
/// looked at again, and an unknown word stays as it is.
enum Placeholder {
  static func fill(_ text: String, _ values: [String: String]) -> String {
    guard text.utf8.contains(UInt8(ascii: "{")) else { return text }
    var result = ""
    var rest = text[...]
    while let start = rest.firstRange(of: "{{") {
      result += rest[..<start.lowerBound]
      guard let end = rest[start.upperBound...].firstRange(of: "}}") else {
        return result + rest[start.lowerBound...]
      }
      let word = rest[start.upperBound..<end.lowerBound]
      if let value = values[word.lowercased()] {
        result += value
      } else {
        result += rest[start.lowerBound..<end.upperBound]
      }
      rest = rest[end.upperBound...]
    }
    return result + rest
  }
}

extension Substring {
  /// Without Foundation: the first place of a short needle.
  fileprivate func firstRange(of needle: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(needle) { return start..<index(start, offsetBy: needle.count) }
      formIndex(after: &start)
    }
    return nil
  }
}
