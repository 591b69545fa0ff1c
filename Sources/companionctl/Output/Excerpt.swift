import Base
import Model

/// A piece of a message with the words that were looked for, fit for a terminal.
struct Excerpt {
  private struct Letter {
    let character: Character
    let isMarked: Bool
  }

  /// Words without the white space between them.
  private var words: [[Letter]] = []
  /// Some of the message stands before, or behind.
  private let isCutBefore: Bool
  private let isCutBehind: Bool

  init(_ match: SearchMatch) {
    isCutBefore = match.from > 0
    let total = match.cut == true ? Int.max : match.message.text.utf8.count
    isCutBehind = match.from + match.excerpt.utf8.count < total
    var word: [Letter] = []
    for (text, isMarked) in Self.pieces(match) {
      for character in text.speech {
        if character.isWhitespace {
          if !word.isEmpty { words.append(word) }
          word = []
        } else {
          word.append(Letter(character: character, isMarked: isMarked))
        }
      }
    }
    if !word.isEmpty { words.append(word) }
  }

  /// The excerpt taken apart where its highlights begin and end. Ranges that make no sense are left out.
  private static func pieces(_ match: SearchMatch) -> [(String, Bool)] {
    let bytes = Array(match.excerpt.utf8)
    var pieces: [(String, Bool)] = []
    var at = 0
    for highlight in match.highlights.sorted(by: { $0.from < $1.from }) {
      guard highlight.from >= at, highlight.to > highlight.from, highlight.to <= bytes.count else { continue }
      pieces.append((String(decoding: bytes[at..<highlight.from], as: UTF8.self), false))
      pieces.append((String(decoding: bytes[highlight.from..<highlight.to], as: UTF8.self), true))
      at = highlight.to
    }
    pieces.append((String(decoding: bytes[at...], as: UTF8.self), false))
    return pieces
  }

  /// Behind a label, in lines of the terminal's width; on one line where there is no terminal.
  func text(behind label: String, indent: String, _ out: Output) -> String {
    let width = out.columns.map { max(indent.columns + 20, $0) } ?? .max
    var text = out.styled(label, .bold) + (isCutBefore ? " …" : "")
    var taken = label.columns + (isCutBefore ? 2 : 0)
    var isJoined = isCutBefore
    for word in words {
      let columns = word.reduce(0) { $0 + $1.character.columns }
      if !isJoined {
        if taken + 1 + columns > width, taken > indent.columns {
          text += "\n" + indent
          taken = indent.columns
        } else {
          text += " "
          taken += 1
        }
      }
      isJoined = false
      text += Self.shown(word, out)
      taken += columns
    }
    return text + (isCutBehind ? "…" : "")
  }

  private static func shown(_ word: [Letter], _ out: Output) -> String {
    var text = ""
    var rest = word[...]
    while let first = rest.first {
      let run = rest.prefix { $0.isMarked == first.isMarked }
      let piece = String(run.map(\.character))
      text += first.isMarked ? out.styled(piece, .found) : piece
      rest = rest.dropFirst(run.count)
    }
    return text
  }
}
