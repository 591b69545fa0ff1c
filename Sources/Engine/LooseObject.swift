import FoundationEssentials
import Model

/// A JSON object out of what a model wrote: fences and prose around it are read past, and so are commas at the end of lists, comments and
/// single quotes. One that was cut off is none: what a model meant to say is not guessed.
enum LooseObject {
  private static let deepest = 16

  /// The first object of the text, whole; nothing beyond `limit` bytes is looked at.
  static func read(_ text: String, atMost limit: Int) -> [String: JSONValue]? {
    let bytes = Array(text.utf8.prefix(limit))
    guard let start = bytes.firstIndex(of: UInt8(ascii: "{")) else { return nil }
    var depth = 0
    var isString = false
    var isEscaped = false
    for at in start..<bytes.count {
      let byte = bytes[at]
      if isString {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isString = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isString = true
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        guard depth <= deepest else { return nil }
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        if depth == 0 { return decoded(bytes[start...at]) }
      default: break
      }
    }
    return nil
  }

  private static func decoded(_ bytes: ArraySlice<UInt8>) -> [String: JSONValue]? {
    let decoder = JSONDecoder()
    if case .object(let object)? = try? decoder.decode(JSONValue.self, from: Data(bytes)) { return object }
    // Trailing commas, comments, single quotes and names without any.
    decoder.allowsJSON5 = true
    guard case .object(let object)? = try? decoder.decode(JSONValue.self, from: Data(bytes)) else {
      return nil
    }
    return object
  }
}
