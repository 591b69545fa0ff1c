public import Base
public import FoundationEssentials

/// Parameters that are read by hand, because they come so often that the decoder's time counts. Only in the shape that clients
/// send: whatever looks otherwise is left to the decoder, which then also says what is wrong with it.
public protocol ReadsJSON: Decodable {
  /// nil when a member that must be there is not. `members.fit` tells afterwards whether the others were what they have to be.
  init?(_ members: inout PlainMembers)
}

extension Method where Params: ReadsJSON {
  public static func params(from bytes: Data) throws(RPCError) -> Params {
    if var members = PlainMembers(Array(bytes)), let params = Params(&members), members.fit { return params }
    return try JSONText.params(Params.self, from: bytes)
  }
}

/// The members of an object that holds nothing but strings without escapes, small whole numbers, and truth.
public struct PlainMembers {
  private enum Value {
    case text(Range<Int>)
    case number(Int)
    case flag(Bool)
  }

  private let bytes: [UInt8]
  private var members: [(name: Range<Int>, value: Value)] = []
  /// False once a member was not of the kind that was asked for.
  public private(set) var fit = true

  /// nil when there is anything else in it, or two members of one name. The bytes must have passed the scanner.
  public init?(_ bytes: [UInt8]) {
    self.bytes = bytes
    var at = 0
    guard byte(at) == UInt8(ascii: "{") else { return nil }
    at += 1
    skipSpace(&at)
    if byte(at) == UInt8(ascii: "}") { return }
    while true {
      guard let name = string(&at), !members.contains(where: { isSame($0.name, name) }) else { return nil }
      skipSpace(&at)
      guard byte(at) == UInt8(ascii: ":") else { return nil }
      at += 1
      skipSpace(&at)
      guard let value = value(&at) else { return nil }
      members.append((name, value))
      skipSpace(&at)
      switch byte(at) {
      case UInt8(ascii: ","): at += 1
      case UInt8(ascii: "}"): return
      default: return nil
      }
      skipSpace(&at)
    }
  }

  // MARK: Asking

  public mutating func text(_ name: StaticString) -> String? {
    guard let value = value(of: name) else { return nil }
    guard case .text(let range) = value else { return misfit() }
    return String(decoding: bytes[range], as: UTF8.self)
  }

  public mutating func id(_ name: StaticString) -> ULID? {
    guard let text = text(name) else { return nil }
    return ULID(text) ?? misfit()
  }

  public mutating func number(_ name: StaticString) -> Int? {
    guard let value = value(of: name) else { return nil }
    guard case .number(let number) = value else { return misfit() }
    return number
  }

  public mutating func flag(_ name: StaticString) -> Bool? {
    guard let value = value(of: name) else { return nil }
    guard case .flag(let flag) = value else { return misfit() }
    return flag
  }

  /// One of a few words.
  public mutating func word<Word: RawRepresentable>(_ name: StaticString) -> Word?
  where Word.RawValue == String {
    guard let text = text(name) else { return nil }
    return Word(rawValue: text) ?? misfit()
  }

  /// A member that would not be plain if it were what it has to be.
  public mutating func none(_ name: StaticString) { if value(of: name) != nil { fit = false } }

  private mutating func misfit<Answer>() -> Answer? {
    fit = false
    return nil
  }

  private func value(of name: StaticString) -> Value? {
    for member in members where member.name.count == name.utf8CodeUnitCount {
      var index = 0
      while index < member.name.count,
        unsafe bytes[member.name.lowerBound + index] == name.utf8Start[index]
      {
        index += 1
      }
      if index == member.name.count { return member.value }
    }
    return nil
  }

  // MARK: Reading

  private func byte(_ at: Int) -> UInt8 { at < bytes.count ? bytes[at] : 0 }

  private func isSame(_ one: Range<Int>, _ other: Range<Int>) -> Bool {
    one.count == other.count && bytes[one].elementsEqual(bytes[other])
  }

  private func skipSpace(_ at: inout Int) {
    while at < bytes.count, bytes[at] == 0x20 || bytes[at] == 0x0A || bytes[at] == 0x0D || bytes[at] == 0x09 {
      at += 1
    }
  }

  private func string(_ at: inout Int) -> Range<Int>? {
    guard byte(at) == UInt8(ascii: "\"") else { return nil }
    let start = at + 1
    at = start
    while at < bytes.count {
      if bytes[at] == UInt8(ascii: "\"") {
        at += 1
        return start..<at - 1
      }
      if bytes[at] == UInt8(ascii: "\\") { return nil }
      at += 1
    }
    return nil
  }

  private func value(_ at: inout Int) -> Value? {
    switch byte(at) {
    case UInt8(ascii: "\""): return string(&at).map { .text($0) }
    case 0x31...0x39:
      var number = 0
      while (0x30...0x39).contains(byte(at)), number < 1_000_000_000 {
        number = number * 10 + Int(bytes[at] - 0x30)
        at += 1
      }
      // A fraction or an exponent, or more digits than that: the end of the member does not follow.
      return .number(number)
    case UInt8(ascii: "t"): return word("true", &at) ? .flag(true) : nil
    case UInt8(ascii: "f"): return word("false", &at) ? .flag(false) : nil
    default: return nil
    }
  }

  private func word(_ word: StaticString, _ at: inout Int) -> Bool {
    for index in 0..<word.utf8CodeUnitCount {
      guard unsafe byte(at + index) == word.utf8Start[index] else { return false }
    }
    at += word.utf8CodeUnitCount
    return true
  }
}

extension MessageSend.Params: ReadsJSON {
  public init?(_ members: inout PlainMembers) {
    guard let text = members.text("text") else { return nil }
    members.none("images")
    members.none("context")
    self.init(
      chat: members.id("chat"), companion: members.text("companion"), text: text, leaf: members.id("leaf"),
      model: members.text("model"), respond: members.flag("respond"), attach: members.flag("attach"),
      wait: members.flag("wait"), onStale: members.word("onStale"))
  }
}

extension ChatHistory.Params: ReadsJSON {
  public init?(_ members: inout PlainMembers) {
    guard let chat = members.id("chat") else { return nil }
    self.init(
      chat: chat, leaf: members.id("leaf"), before: members.id("before"), after: members.id("after"),
      limit: members.number("limit"))
  }
}
