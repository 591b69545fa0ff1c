/// Parts a model's thinking from what it says, where the server leaves `<think>…</think>` in the text.
///
/// Only a tag at the very beginning opens thinking; later ones are somebody quoting. A closing tag without an opening one means that
/// the server's template had opened it: what came before was thinking and has been shown as text by then, which cannot be
/// taken back; `missedOpening` tells, so that the next reply of that model starts out thinking.
struct ThinkSplitter {
  struct Piece: Equatable {
    let isThinking: Bool
    let text: String
  }

  private enum State { case beginning, thinking, afterThinking, text, plain }

  private static let openings = ["<think>", "<thinking>"]
  private static let closings = ["</think>", "</thinking>"]

  private var state: State
  private var held = ""
  private(set) var missedOpening = false

  init(startsThinking: Bool = false) { state = startsThinking ? .thinking : .beginning }

  /// The server tells thinking apart by itself, so that tags are text.
  mutating func trustServer() { if held.isEmpty { state = .plain } }

  mutating func push(_ text: String) -> [Piece] {
    held += text
    var pieces: [Piece] = []
    while let piece = next() { if !piece.text.isEmpty { pieces.append(piece) } }
    return pieces
  }

  mutating func finish() -> [Piece] {
    defer { held = "" }
    guard !held.isEmpty, state != .afterThinking else { return [] }
    return [Piece(isThinking: state == .thinking, text: held)]
  }

  /// One step; nil when more text is needed.
  private mutating func next() -> Piece? {
    guard !held.isEmpty else { return nil }
    switch state {
    case .plain: return take(keeping: 0, isThinking: false)
    case .beginning: return begin()
    case .afterThinking:
      // The blank line that parts thinking from speech belongs to neither.
      held = String(held.drop { $0.isWhitespace })
      if !held.isEmpty { state = .plain }
      return held.isEmpty ? nil : Piece(isThinking: false, text: "")
    case .thinking, .text: return upToClosing()
    }
  }

  private mutating func begin() -> Piece? {
    let rest = held.drop { $0.isWhitespace }
    if let tag = Self.openings.first(where: { rest.hasPrefix($0) }) {
      held = String(rest.dropFirst(tag.count))
      state = .thinking
      return Piece(isThinking: true, text: "")
    }
    // White space alone may still be followed by a tag, and a tag may still be growing.
    if Self.openings.contains(where: { $0.hasPrefix(rest) }) { return nil }
    state = .text
    return Piece(isThinking: false, text: "")
  }

  private mutating func upToClosing() -> Piece? {
    let isThinking = state == .thinking
    // Nearly every piece has no tag in it nor the beginning of one, and there is one for every token.
    guard held.utf8.contains(UInt8(ascii: "<")) else {
      defer { held = "" }
      return Piece(isThinking: isThinking, text: held)
    }
    for tag in Self.closings {
      guard let range = held.firstRange(of: tag) else { continue }
      let before = String(held[..<range.lowerBound])
      held = String(held[range.upperBound...])
      missedOpening = missedOpening || !isThinking
      state = .afterThinking
      return Piece(isThinking: isThinking, text: before)
    }
    let keep = Self.closings.map { beginning(of: $0) }.max() ?? 0
    guard held.utf8.count > keep else { return nil }
    return take(keeping: keep, isThinking: isThinking)
  }

  private func beginning(of tag: String) -> Int {
    let (text, tag) = (held.utf8, tag.utf8)
    for count in stride(from: min(tag.count - 1, text.count), to: 0, by: -1)
    where tag.starts(with: text.suffix(count)) { return count }
    return 0
  }

  private mutating func take(keeping keep: Int, isThinking: Bool) -> Piece {
    // A tag's beginning is ASCII, so the cut lies between characters.
    let cut = held.utf8.index(held.endIndex, offsetBy: -keep)
    let piece = Piece(isThinking: isThinking, text: String(held[..<cut]))
    held = String(held[cut...])
    return piece
  }
}
