/// The line being typed as it stands on the screen, below everything that was said.
///
/// It is drawn when there is nothing else to do and taken away before anything is printed, so that what others say never runs
/// through it. Where a reply is in the middle of a line, the cursor's place there is kept by the terminal, which alone knows how
/// wide it draws a letter.
struct PromptLine {
  private let out: Output
  private var isDrawn = false
  /// The row of the cursor, counted from the prompt's first.
  private var row = 0
  /// Drawn below a line that is not over.
  private var isBelow = false

  private static let mark = "> "

  init(_ out: Output) { self.out = out }

  /// `midLine`: a reply is being written above.
  mutating func draw(_ editor: LineEditor, midLine: Bool) {
    erase()
    let width = max(8, out.columns ?? 80)
    let layout = Layout(editor.letters, cursor: editor.cursor, width: width, indent: Self.mark.count)
    var text = ""
    if midLine {
      // Rows for it are made first, so that nothing scrolls between keeping the place and coming back to it.
      let rows = layout.end.row + 1
      text += String(repeating: "\u{1B}D", count: rows) + "\u{1B}[\(rows)A\u{1B}7\r\n"
    }
    text += out.styled(Self.mark, .green)
    for letter in editor.letters { text.append(Layout.shown(letter)) }
    if layout.end.column == 0, layout.end.row > 0 { text += "\r\n" }
    if layout.end.row > layout.cursor.row { text += "\u{1B}[\(layout.end.row - layout.cursor.row)A" }
    text += "\r"
    if layout.cursor.column > 0 { text += "\u{1B}[\(layout.cursor.column)C" }
    out.write(Array(text.utf8))
    (isDrawn, row, isBelow) = (true, layout.cursor.row, midLine)
  }

  /// Takes it away; the cursor is where the next output belongs.
  mutating func erase() {
    guard isDrawn else { return }
    isDrawn = false
    out.write(Array(((row > 0 ? "\u{1B}[\(row)A" : "") + "\r\u{1B}[J" + (isBelow ? "\u{1B}8" : "")).utf8))
  }

  /// A line was typed to its end: it stays on the screen, as something that was said.
  mutating func leave(_ line: String) {
    erase()
    out.line(out.styled(Self.mark, .green) + line.speech)
  }

  /// Where letters fall on a screen of some width.
  private struct Layout {
    struct Place {
      var row: Int
      var column: Int
    }
    private(set) var cursor: Place
    private(set) var end: Place

    init(_ letters: [Character], cursor index: Int, width: Int, indent: Int) {
      var place = Place(row: 0, column: indent)
      cursor = place
      for (number, letter) in letters.enumerated() {
        let columns = Self.shown(letter).columns
        if place.column + columns > width { place = Place(row: place.row + 1, column: 0) }
        if number == index { cursor = place }
        place.column += columns
      }
      if place.column >= width { place = Place(row: place.row + 1, column: 0) }
      if index >= letters.count { cursor = place }
      end = place
    }

    /// What breaks a line while it is typed is a sign of one column; it breaks the line when it is said.
    static func shown(_ letter: Character) -> Character {
      switch letter {
      case "\n": "⏎"
      case "\t": "⇥"
      default: letter
      }
    }
  }
}
