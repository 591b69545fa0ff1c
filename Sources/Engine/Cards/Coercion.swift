import Model

/// What was not as it should be in a stranger's file and was read all the same; a few sentences, however much it was.
package struct ImportWarnings: Sendable, Hashable {
  static let most = 40

  private(set) var sentences: [String] = []
  private var seen: Set<String> = []
  private var dropped = 0

  mutating func add(_ sentence: String) {
    guard seen.insert(sentence).inserted else { return }
    if sentences.count < Self.most {
      sentences.append(sentence)
    } else {
      dropped += 1
      seen.remove(sentence)
    }
  }

  var list: [String] { dropped == 0 ? sentences : sentences + ["And \(dropped) more of the kind."] }
}

/// Values as they are meant, where a program wrote another type. What has no meaning is nil, and told unless it is empty anyway.
struct Coercion {
  var warnings = ImportWarnings()

  mutating func text(_ value: JSONValue?, _ name: String) -> String? {
    switch value {
    case nil, .null: return nil
    case .string(let text): return Self.plain(text)
    case .integer(let number):
      warnings.add("\(name) is a number; it was taken as text.")
      return String(number)
    case .number(let number):
      warnings.add("\(name) is a number; it was taken as text.")
      return String(number)
    case .bool(let flag):
      warnings.add("\(name) is \(flag); it was left out.")
      return nil
    case .array(let items):
      let texts = items.compactMap(\.string)
      warnings.add("\(name) is a list; its texts were put together.")
      return texts.isEmpty ? nil : Self.plain(texts.joined(separator: "\n"))
    case .object:
      warnings.add("\(name) is no text; it was left out.")
      return nil
    }
  }

  /// The same, with nothing for a text of spaces.
  mutating func words(_ value: JSONValue?, _ name: String) -> String? {
    guard let text = text(value, name), text.contains(where: { !$0.isWhitespace }) else { return nil }
    return text
  }

  mutating func texts(_ value: JSONValue?, _ name: String, separator: Character? = nil) -> [String] {
    switch value {
    case nil, .null: return []
    case .array(let items):
      return items.compactMap { item in words(item, "an item of \(name)") }
    case .string(let text):
      guard text.contains(where: { !$0.isWhitespace }) else { return [] }
      warnings.add("\(name) is one text instead of a list.")
      guard let separator else { return [Self.plain(text)] }
      return text.split(separator: separator).map { Self.plain(String($0)) }.filter { !$0.isBlank }
    case .object(let members):
      warnings.add("\(name) is an object instead of a list.")
      return members.sorted { $0.key < $1.key }.compactMap { words($0.value, "an item of \(name)") }
    default:
      warnings.add("\(name) is no list of texts; it was left out.")
      return []
    }
  }

  mutating func integer(_ value: JSONValue?, _ name: String) -> Int64? {
    switch value {
    case nil, .null, .string(""): return nil
    case .integer(let number): return number
    case .number(let number) where number.magnitude < 9e15: return Int64(number)
    case .string(let text):
      if let number = Int64(text.trimmed) { return number }
      if let number = Double(text.trimmed), number.magnitude < 9e15 { return Int64(number) }
    default: break
    }
    warnings.add("\(name) is no number; it was left out.")
    return nil
  }

  mutating func flag(_ value: JSONValue?, _ name: String) -> Bool? {
    switch value {
    case nil, .null, .string(""): return nil
    case .bool(let flag): return flag
    case .integer(let number): return number != 0
    case .number(let number): return number != 0
    case .string(let text) where ["true", "1", "yes", "on"].contains(text.lowercased()): return true
    case .string(let text) where ["false", "0", "no", "off"].contains(text.lowercased()): return false
    default:
      warnings.add("\(name) is neither true nor false; it was left out.")
      return nil
    }
  }

  /// Line breaks of one kind, and no zeros, which no text of a person's has.
  static func plain(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 == 0x0D || $0 == 0 }) else { return text }
    var result: [UInt8] = []
    result.reserveCapacity(text.utf8.count)
    var afterReturn = false
    for byte in text.utf8 where byte != 0 {
      if byte == 0x0D {
        result.append(0x0A)
      } else if byte != 0x0A || !afterReturn {
        result.append(byte)
      }
      afterReturn = byte == 0x0D
    }
    return String(decoding: result, as: UTF8.self)
  }
}

extension String {
  var isBlank: Bool { !contains { !$0.isWhitespace } }

  var trimmed: String {
    var rest = self[...]
    while rest.first?.isWhitespace == true { rest.removeFirst() }
    while rest.last?.isWhitespace == true { rest.removeLast() }
    return String(rest)
  }

  /// As much of its beginning as has so many bytes, whole letters only.
  func prefix(bytes limit: Int) -> String {
    guard utf8.count > limit else { return self }
    var end = utf8.index(utf8.startIndex, offsetBy: limit)
    while String.Index(end, within: self) == nil { end = utf8.index(before: end) }
    return String(self[..<end])
  }
}
