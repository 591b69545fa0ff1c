/// Rows in columns: every column as wide as its widest cell, two spaces between, nothing behind the last.
struct Table {
  private var rows: [[Cell]] = []
  private let indent: String

  struct Cell: ExpressibleByStringInterpolation {
    let plain: String
    /// May carry colours; the width is that of the plain text.
    let shown: String
    /// Figures stand under one another by their ends.
    var isFigure = false
    /// Whether some of it may be left out where a terminal has no room for all.
    var yields = false

    init(stringLiteral value: String) { self.init(value) }

    init(_ plain: String, shown: String? = nil) {
      self.plain = plain
      self.shown = shown ?? plain
    }

    static func figure(_ text: String) -> Cell {
      var cell = Cell(text)
      cell.isFigure = true
      return cell
    }

    static func yielding(_ text: String) -> Cell {
      var cell = Cell(text)
      cell.yields = true
      return cell
    }

    fileprivate func fitted(to width: Int) -> Cell {
      yields && plain.columns > width ? .yielding(plain.fitted(to: width)) : self
    }
  }

  init(indent: String = "") { self.indent = indent }

  var isEmpty: Bool { rows.isEmpty }

  mutating func row(_ cells: Cell...) { rows.append(cells) }

  var text: String { text(within: nil) }

  /// Where it is wider than `limit`, columns that yield are cut, the widest of them first, but to no less than this.
  private static let least = 12

  func text(within limit: Int?) -> String {
    guard let limit else { return Self.lay(rows, indent) }
    var widths = Self.widths(rows)
    let yielding = widths.indices.filter { column in
      rows.contains { $0.indices.contains(column) && $0[column].yields }
    }
    var surplus = indent.columns + widths.reduce(0, +) + 2 * max(0, widths.count - 1) - limit
    while surplus > 0, let widest = yielding.max(by: { widths[$0] < widths[$1] }), widths[widest] > Self.least
    {
      // Down to the next widest at once would be quicker, and tables are small.
      widths[widest] -= 1
      surplus -= 1
    }
    let fitted = rows.map { row in row.enumerated().map { $1.fitted(to: widths[$0]) } }
    return Self.lay(fitted, indent)
  }

  private static func widths(_ rows: [[Cell]]) -> [Int] {
    (0..<(rows.map(\.count).max() ?? 0)).map { column in
      rows.filter { $0.indices.contains(column) }.map { $0[column].plain.columns }.max() ?? 0
    }
  }

  private static func lay(_ rows: [[Cell]], _ indent: String) -> String {
    let widths = widths(rows)
    return rows.map { row in
      var line = indent
      for (column, cell) in row.enumerated() {
        let gap = String(repeating: " ", count: widths[column] - cell.plain.columns)
        if cell.isFigure { line += gap }
        line += cell.shown
        if row[(column + 1)...].allSatisfy(\.plain.isEmpty) { break }
        line += (cell.isFigure ? "" : gap) + "  "
      }
      return line
    }.joined(separator: "\n")
  }
}
