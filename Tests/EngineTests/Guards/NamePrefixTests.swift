import Testing

@testable import Engine

/// A reply that begins with its speaker's name, as it comes in pieces.
@Suite struct NamePrefixTests {
  private func filtered(_ pieces: [String]) -> String {
    var filter = NamePrefixFilter(name: "Mira")
    let text = pieces.map { filter.pass($0) }.joined()
    return text + filter.flush()
  }

  private let cases = [
    ("Mira: Hello.", "Hello."), ("  Mira:Hello.", "Hello."),
    ("Mira:\r\n\t Hello. Mira: no.", "Hello. Mira: no."),
    ("Mira: Mira: hi", "Mira: hi"), ("Miranda: hi", "Miranda: hi"), (" Hello", " Hello"), ("Mira", "Mira"),
    ("Mira:", ""), ("mira: hi", "mira: hi"), ("Mira: \u{301}x", "\u{301}x"), ("Mira:\u{301}x", "\u{301}x"),
    ("  ", "  "), ("", ""), ("**Mira:** Hello.", "Hello."), ("**Mira**: Hello.", "Hello."),
    ("_Mira_: hi", "hi"),
    ("*Mira smiles.* Hello.", "*Mira smiles.* Hello."), ("*Mira: Hello.*", "*Mira: Hello.*"),
    ("**Mira:* Hello.", "**Mira:* Hello."), ("Note to Mira: hi", "Note to Mira: hi"),
  ]

  @Test func `the name goes once, with the space behind it, wherever the text is cut`() {
    for (text, expected) in cases {
      let scalars = Array(text.unicodeScalars)
      func piece(_ range: Range<Int>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[range])
        return String(view)
      }
      #expect(filtered([text]) == expected)
      #expect(filtered(scalars.map { String($0) }) == expected, "\(text) scalar by scalar")
      for first in 0...scalars.count {
        for second in first...scalars.count {
          let pieces = [piece(0..<first), piece(first..<second), piece(second..<scalars.count)]
          #expect(Array(filtered(pieces).utf8) == Array(expected.utf8), "\(pieces)")
        }
      }
    }
  }
}
