/// Rows in columns: every column as wide as its widest cell, two spaces between, nothing behind the last.
struct Table {
  private var rows: [[Cell]] = []
  private let indent: String

  /// `shown` may carry colours; the width is that of the plain text.
  struct Cell: ExpressibleByStringInterpolation {
    let plain: String
    let shown: String

    init(stringLiteral value: String) { self.init(value) }

    init(_ plain: String, shown: String? = nil) {
      self.plain = plain
      self.shown = shown ?? plain
    }
  }

  init(indent: String = "") { self.indent = indent }

  var isEmpty: Bool { rows.isEmpty }

  mutating func row(_ cells: Cell...) { rows.append(cells) }

  var text: String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.filter { $0.indices.contains(column) }.map { $0[column].plain.count }.max() ?? 0
    }
    return rows.map { row in
      var line = indent
      for (column, cell) in row.enumerated() {
        line += cell.shown
        let isLast = row[(column + 1)...].allSatisfy { $0.plain.isEmpty }
        if isLast { break }
        line += String(repeating: " ", count: widths[column] - cell.plain.count + 2)
      }
      return line
    }.joined(separator: "\n")
  }
}
