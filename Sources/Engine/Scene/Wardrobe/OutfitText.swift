/// A description cut into words and marks, in lower case; the reader's only view of it.
struct OutfitText {
  enum Token: Equatable {
    case word(String)
    /// `,` `&` `+` `/` and brackets: the list goes on.
    case comma
    /// The end of a thought: a full stop, a colon, a dash, the star around an action, a new line.
    case stop
  }

  private(set) var tokens: [Token] = []
  /// Of each token, whether it began with a capital: tells a name from a trade in "Maria's coat", "chef's jacket".
  private(set) var capital: [Bool] = []

  init(_ text: String) {
    var word = ""
    var isCapital = false
    var previous: Character?

    func finish(_ tokens: inout [Token], _ capital: inout [Bool]) {
      while let last = word.last, last == "'" || last == "-" { word.removeLast() }
      guard !word.isEmpty else { return }
      tokens.append(.word(word))
      capital.append(isCapital)
      word = ""
    }

    func mark(_ token: Token, _ tokens: inout [Token], _ capital: inout [Bool]) {
      finish(&tokens, &capital)
      // Marks after marks say nothing more, but the stronger one counts.
      if case .word? = tokens.last {
      } else if !tokens.isEmpty {
        if token == .stop { tokens[tokens.count - 1] = .stop }
        return
      }
      tokens.append(token)
      capital.append(false)
    }

    for character in text {
      switch character {
      case "'", "\u{2019}", "\u{02BC}", "-", "\u{2010}", "\u{2011}":
        // Within a word, or the hyphen of a dash between spaces.
        if word.isEmpty {
          if character == "-", previous == "-" || previous == " " { mark(.stop, &tokens, &capital) }
        } else {
          word.append(character == "-" || character == "\u{2010}" || character == "\u{2011}" ? "-" : "'")
        }
      case ",", "/", "(", ")", "[", "]", "\u{3001}":
        mark(.comma, &tokens, &capital)
      case "&", "+":
        finish(&tokens, &capital)
        tokens.append(.word("and"))
        capital.append(false)
      case ".", "!", "?", ";", ":", "*", "\n", "\r", "\r\n", "\u{2013}", "\u{2014}", "\u{2026}", "|", "•",
        "_":
        mark(.stop, &tokens, &capital)
      case _ where character.isLetter || character.isNumber:
        if word.isEmpty { isCapital = character.isUppercase }
        word += character.lowercased()
      default:
        finish(&tokens, &capital)
      }
      previous = character
    }
    finish(&tokens, &capital)
  }

  func word(_ index: Int) -> String? {
    guard tokens.indices.contains(index), case .word(let word) = tokens[index] else { return nil }
    return word
  }

  /// The words that stand together from there on, up to the next mark.
  func words(from index: Int, atMost count: Int) -> [String] {
    var result: [String] = []
    var at = index
    while result.count < count, let word = word(at) {
      result.append(word)
      at += 1
    }
    return result
  }
}
