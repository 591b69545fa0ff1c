/// How macros are written.
enum MacroSyntax {
  /// Stands where `{{trim}}` stood until the whole is there: two characters for private use that no text has side by side.
  static let trimMark = "\u{F8FE}\u{F8FD}"

  static func isLineBreak(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }

  static func mayBegin(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "{") || byte == UInt8(ascii: "<") || byte == UInt8(ascii: "\\")
  }

  /// `\{\{` is meant as it looks.
  static func isEscape(_ text: ArraySlice<UInt8>, at index: Int) -> Bool {
    text[index] == UInt8(ascii: "\\") && text[index...].starts(with: "\\{\\{".utf8)
  }

  /// `<USER>` and `<CHAR>`, as older cards have them; only in capitals.
  static func legacyName(in text: ArraySlice<UInt8>, at index: Int) -> (name: String, end: Int)? {
    guard text[index] == UInt8(ascii: "<") else { return nil }
    for (written, name) in [("<USER>", "user"), ("<CHAR>", "char"), ("<BOT>", "char")]
    where text[index...].starts(with: written.utf8) {
      return (name, index + written.utf8.count)
    }
    return nil
  }

  /// Behind the `}}` that closes the `{{` there, with others in between; nil when nothing opens or nothing closes.
  static func end(of text: ArraySlice<UInt8>, at index: Int) -> Int? {
    guard opens(text, index) else { return nil }
    var depth = 0
    var at = index
    while at + 1 < text.endIndex {
      if opens(text, at) {
        depth += 1
        at += 2
      } else if text[at] == UInt8(ascii: "}"), text[at + 1] == UInt8(ascii: "}") {
        depth -= 1
        at += 2
        if depth == 0 { return at }
      } else {
        at += 1
      }
      // Nobody nests so deep; what does is text.
      if depth > 64 { return nil }
    }
    return nil
  }

  private static func opens(_ text: ArraySlice<UInt8>, _ at: Int) -> Bool {
    at + 1 < text.endIndex && text[at] == UInt8(ascii: "{") && text[at + 1] == UInt8(ascii: "{")
  }

  /// A name with what is given to it.
  struct Call {
    /// In lower case.
    let name: String
    let arguments: [ArraySlice<UInt8>]
    /// Everything behind the name.
    let rest: ArraySlice<UInt8>

    init(_ inner: ArraySlice<UInt8>) {
      let text = inner.drop { $0 == UInt8(ascii: " ") }
      if text.starts(with: "//".utf8) {
        (name, arguments, rest) = ("comment", [], [])
        return
      }
      var end = text.startIndex
      while end < text.endIndex, text[end] != UInt8(ascii: ":"), text[end] != UInt8(ascii: " "),
        !MacroSyntax.opens(text, end)
      { end += 1 }
      name = String(decoding: text[text.startIndex..<end], as: UTF8.self).lowercased()
      var rest = text[end...]
      if rest.starts(with: "::".utf8) {
        self.rest = rest.dropFirst(2)
        arguments = Call.parts(rest.dropFirst(2))
      } else {
        // One colon, or one space.
        if let first = rest.first, first == UInt8(ascii: ":") || first == UInt8(ascii: " ") {
          rest = rest.dropFirst()
        }
        self.rest = rest
        arguments = rest.contains { $0 != UInt8(ascii: " ") } ? Call.parts(rest) : []
      }
    }

    /// Apart by `::`, but not within another macro.
    private static func parts(_ text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
      var parts: [ArraySlice<UInt8>] = []
      var start = text.startIndex
      var at = start
      while at < text.endIndex {
        if let end = MacroSyntax.end(of: text, at: at) {
          at = end
        } else if text[at] == UInt8(ascii: ":"), at + 1 < text.endIndex, text[at + 1] == UInt8(ascii: ":") {
          parts.append(text[start..<at])
          at += 2
          start = at
        } else {
          at += 1
        }
      }
      parts.append(text[start..<text.endIndex])
      return Array(parts.prefix(1000))
    }
  }

  /// `{{if …}}then{{else}}otherwise{{/if}}`
  struct Block {
    let then: ArraySlice<UInt8>
    let otherwise: ArraySlice<UInt8>
    let end: Int

    /// Nil when it is never closed.
    init?(_ text: ArraySlice<UInt8>, after start: Int) {
      var depth = 0
      var middle: Range<Int>?
      var at = start
      while at < text.endIndex {
        guard let end = MacroSyntax.end(of: text, at: at) else {
          at += 1
          continue
        }
        switch Call(text[(at + 2)..<(end - 2)]).name {
        case "if": depth += 1
        case "else" where depth == 0 && middle == nil: middle = at..<end
        case "/if" where depth == 0:
          then = text[start..<(middle?.lowerBound ?? at)]
          otherwise = middle.map { text[$0.upperBound..<at] } ?? []
          self.end = end
          return
        case "/if": depth -= 1
        default: break
        }
        at = end
      }
      return nil
    }
  }

  static func isTrue(_ text: String) -> Bool {
    let word = text.filter { !$0.isWhitespace }.lowercased()
    return !["", "false", "0", "off", "no"].contains(word)
  }

  /// `a,b` with `\,` for a comma that belongs to an item.
  static func commaItems(_ text: String) -> [String] {
    var items = [""]
    var isEscaped = false
    for character in text {
      if isEscaped {
        if character != "," { items[items.count - 1].append("\\") }
        items[items.count - 1].append(character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if character == "," {
        items.append("")
      } else {
        items[items.count - 1].append(character)
      }
    }
    if isEscaped { items[items.count - 1].append("\\") }
    return items.map { $0.drop { $0 == " " } }.map(String.init)
  }
}
