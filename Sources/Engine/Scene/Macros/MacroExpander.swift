import Base

/// `{{char}}`, `{{user}}`, `{{random::a::b}}` and their like, in text that the owner or a card wrote; never in what a model or a person
/// said.
///
/// Inner macros are expanded before outer ones, and what comes out is never looked at again, so no text can smuggle one in. A word that
/// is no macro stays as it is. Everything is bounded: depth, the number of macros, and how much may come out.
struct MacroExpander {
  static let deepest = 16
  static let mostMacros = 2_000
  static let longest = 256 * 1024
  static let mostVariables = 100
  static let mostVariableBytes = 4096

  /// What names stand for, in lower case: `char`, `user`, `persona` …
  var values: [String: String]
  /// What lore has left for `{{outlet::name}}`.
  var outlets: [String: String] = [:]
  var time: MacroTime
  /// `{{random}}` and `{{roll}}`: another one for another place in the chat, the same for a preview of that place.
  var placeSeed: UInt64
  /// `{{pick}}`: one choice for the whole chat.
  var chatSeed: UInt64
  /// What `{{setvar}}` left.
  private(set) var variables: [String: String]

  private var macros = 0
  private var written = 0
  /// Of the text that is being expanded, so that equal macros of different texts choose apart.
  private var salt: UInt64 = 0
  private var ordinal: UInt64 = 0

  init(
    values: [String: String], time: MacroTime, placeSeed: UInt64 = 0, chatSeed: UInt64 = 0,
    variables: [String: String] = [:]
  ) {
    self.values = values
    self.time = time
    self.placeSeed = placeSeed
    self.chatSeed = chatSeed
    self.variables = variables
  }

  /// `section` names the text: it is part of what chance depends on.
  mutating func expand(_ text: String, section: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "{")) || text.utf8.contains(UInt8(ascii: "<")) else { return text }
    (salt, ordinal) = (MacroChance.hash(section), 0)
    let expanded = trimmed(expanded(Array(text.utf8)[...], depth: 0))
    return String(decoding: expanded, as: UTF8.self)
  }

  // MARK: Finding them

  private mutating func expanded(_ text: ArraySlice<UInt8>, depth: Int) -> [UInt8] {
    var result: [UInt8] = []
    var at = text.startIndex
    while at < text.endIndex {
      if let (word, end) = MacroSyntax.legacyName(in: text, at: at), let value = values[word] {
        append(Array(value.utf8), to: &result)
        at = end
      } else if MacroSyntax.isEscape(text, at: at) {
        append(Array("{{".utf8), to: &result)
        at += 4
      } else if let end = MacroSyntax.end(of: text, at: at) {
        at = replace(text, at..<end, depth, &result)
      } else {
        let next = text[(at + 1)...].firstIndex { MacroSyntax.mayBegin($0) } ?? text.endIndex
        append(Array(text[at..<next]), to: &result)
        at = next
      }
    }
    return result
  }

  /// Appends what the macro there stands for; answers where to go on.
  private mutating func replace(
    _ text: ArraySlice<UInt8>, _ range: Range<Int>, _ depth: Int, _ result: inout [UInt8]
  ) -> Int {
    let inner = text[(range.lowerBound + 2)..<(range.upperBound - 2)]
    macros += 1
    ordinal += 1
    guard depth < Self.deepest, macros <= Self.mostMacros else {
      append(Array(text[range]), to: &result)
      return range.upperBound
    }
    let call = MacroSyntax.Call(inner)
    if call.name == "if", let block = MacroSyntax.Block(text, after: range.upperBound) {
      let condition = String(decoding: expanded(call.rest, depth: depth + 1), as: UTF8.self)
      let branch = MacroSyntax.isTrue(condition) ? block.then : block.otherwise
      append(expanded(branch, depth: depth + 1), to: &result)
      return block.end
    }
    let number = ordinal
    let arguments = call.arguments.map { String(decoding: expanded($0, depth: depth + 1), as: UTF8.self) }
    if let value = value(of: call.name, arguments, number) {
      append(Array(value.utf8), to: &result)
    } else {
      append(Array(text[range]), to: &result)
    }
    return range.upperBound
  }

  private mutating func append(_ bytes: [UInt8], to result: inout [UInt8]) {
    // What is too much is left out.
    let room = min(Self.longest - result.count, Self.longest * Self.deepest - written)
    guard room > 0 else { return }
    written += min(room, bytes.count)
    result += bytes.prefix(room)
  }

  // MARK: What they stand for

  private mutating func value(of name: String, _ arguments: [String], _ number: UInt64) -> String? {
    if let value = values[name], arguments.isEmpty { return value }
    if let value = time.value(of: name, arguments) { return value }
    switch name {
    case "", "noop", "comment", "hidden_key", "else", "/if": return ""
    case "outlet": return arguments.first.map { outlets[$0.trimmed] ?? "" }
    case "newline":
      return String(repeating: "\n", count: min(max(1, arguments.first.flatMap { Int($0) } ?? 1), 32))
    case "trim": return MacroSyntax.trimMark
    case "reverse": return arguments.first.map { String($0.reversed()) }
    case "random": return choice(arguments, placeSeed, number)
    case "pick": return choice(arguments, chatSeed, number)
    case "roll": return arguments.first.flatMap { roll($0, number) }
    default: return variable(name, arguments)
    }
  }

  /// `a::b::c`, or one text of items apart by commas.
  private func choice(_ arguments: [String], _ seed: UInt64, _ number: UInt64) -> String? {
    var items = arguments
    if items.count == 1 { items = MacroSyntax.commaItems(items[0]) }
    guard !items.isEmpty else { return "" }
    var chance = MacroChance(seed, salt, number)
    return items[chance.below(items.count)]
  }

  /// `1d20`, `d6`, or `6`.
  private func roll(_ formula: String, _ number: UInt64) -> String? {
    let parts = formula.lowercased().split(separator: "d", omittingEmptySubsequences: false)
    let (count, sides): (Int?, Int?) =
      parts.count == 2 ? (parts[0].isEmpty ? 1 : Int(parts[0]), Int(parts[1])) : (1, Int(formula))
    guard let count, let sides, (1...100).contains(count), (1...1_000_000).contains(sides) else { return nil }
    var chance = MacroChance(placeSeed, salt, number)
    return String((0..<count).reduce(0) { sum, _ in sum + chance.below(sides) + 1 })
  }

  private mutating func variable(_ name: String, _ arguments: [String]) -> String? {
    let plain = name.replacing("globalvar", with: "var")
    guard ["getvar", "setvar", "addvar", "incvar", "decvar"].contains(plain), let key = arguments.first else {
      return nil
    }
    let present = variables[key] ?? ""
    switch plain {
    case "getvar": return present
    case "setvar": set(key, arguments.dropFirst().first ?? "")
    case "addvar":
      let more = arguments.dropFirst().first ?? ""
      set(
        key,
        Int64(present.isEmpty ? "0" : present).flatMap { old in Int64(more).map { String(old &+ $0) } }
          ?? present + more)
    default:
      let next = (Int64(present) ?? 0) &+ (plain == "incvar" ? 1 : -1)
      set(key, String(next))
      return String(next)
    }
    return ""
  }

  /// At most so many, and so many bytes of all of them: they are stored with each message that changes one.
  private mutating func set(_ key: String, _ value: String) {
    guard key.utf8.count <= 100, variables[key] != nil || variables.count < Self.mostVariables else { return }
    let others = variables.reduce(0) { $0 + ($1.key == key ? 0 : $1.key.utf8.count + $1.value.utf8.count) }
    guard others + key.utf8.count + value.utf8.count <= Self.mostVariableBytes else { return }
    variables[key] = value
  }

  /// `{{trim}}` takes the line breaks around itself away.
  private func trimmed(_ bytes: [UInt8]) -> [UInt8] {
    let mark = Array(MacroSyntax.trimMark.utf8)
    guard bytes.count >= mark.count, bytes.contains(mark[0]) else { return bytes }
    var result: [UInt8] = []
    var at = 0
    while at < bytes.count {
      guard bytes[at] == mark[0], bytes[at...].starts(with: mark) else {
        result.append(bytes[at])
        at += 1
        continue
      }
      at += mark.count
      while let last = result.last, MacroSyntax.isLineBreak(last) { result.removeLast() }
      while at < bytes.count, MacroSyntax.isLineBreak(bytes[at]) { at += 1 }
    }
    return result
  }
}

/// Chance that is the same for the same place.
struct MacroChance {
  private var state: UInt64

  init(_ seed: UInt64, _ salt: UInt64, _ number: UInt64) {
    state = seed ^ (salt &* 0x9E37_79B9_7F4A_7C15) ^ (number &* 0xD1B5_4A32_D192_ED03)
  }

  mutating func below(_ count: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((mixed ^ (mixed >> 31)) % UInt64(count))
  }

  /// FNV-1a.
  static func hash(_ text: String) -> UInt64 {
    text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}
