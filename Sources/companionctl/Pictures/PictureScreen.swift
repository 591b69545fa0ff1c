import Glibc
import Picture

/// How pictures are shown on this terminal: by its own graphics where it has them, else as coloured half blocks, and not at all where
/// nobody would see them. `COMPANION_PICTURES` (kitty, sixel, blocks, none) has the last word.
struct PictureScreen {
  enum Means: Equatable {
    case kitty, sixel, halfBlocks
  }

  let means: Means
  /// The largest a picture may be, in cells.
  let columns: Int
  let rows: Int
  /// Of a cell, in pixels.
  let cellWidth: Int
  let cellHeight: Int

  /// No wider than a page: a picture in a terminal is looked at, not studied.
  private static let widest = 80
  /// What a terminal's cell measures where it does not tell.
  private static let usualCell = (width: 10, height: 20)

  /// nil where the output is no terminal or a plain one, or colours are not wanted.
  init?(
    _ output: Output, environment: [String: String], widest: Int? = nil,
    ask: () -> TerminalQuestion.Answer = TerminalQuestion.ask
  ) {
    guard output.canErase, environment["NO_COLOR"].map(\.isEmpty) ?? true, let size = output.size else {
      return nil
    }
    switch environment["COMPANION_PICTURES"] {
    case "none": return nil
    case "kitty": means = .kitty
    case "sixel": means = .sixel
    case "blocks": means = .halfBlocks
    default:
      let answer = ask()
      means = answer.speaksKitty ? .kitty : answer.speaksSixel ? .sixel : .halfBlocks
    }
    columns = max(1, min(size.columns, widest ?? Self.widest))
    // Room for the prompt and a line about the picture.
    rows = max(1, size.rows - 3)
    cellWidth = size.cellWidth ?? Self.usualCell.width
    cellHeight = size.cellHeight ?? Self.usualCell.height
  }

  init(_ means: Means, columns: Int, rows: Int, cellWidth: Int = 10, cellHeight: Int = 20) {
    self.means = means
    self.columns = columns
    self.rows = rows
    self.cellWidth = cellWidth
    self.cellHeight = cellHeight
  }

  /// What is to be written to show a picture, given as a file's bytes.
  func text(_ picture: [UInt8]) throws(PictureError) -> String {
    switch means {
    case .halfBlocks:
      return HalfBlocks.text(try raster(picture, width: columns, height: rows * 2))
    case .sixel:
      return Sixels.text(try raster(picture, width: columns * cellWidth, height: rows * cellHeight))
    case .kitty:
      let raster = try raster(picture, width: columns * cellWidth, height: rows * cellHeight)
      return KittyGraphics.text(
        raster, columns: max(1, (raster.width + cellWidth - 1) / cellWidth),
        rows: max(1, (raster.height + cellHeight - 1) / cellHeight))
    }
  }

  private func raster(_ picture: [UInt8], width: Int, height: Int) throws(PictureError) -> Raster {
    Raster(
      try PicturePixels.read(
        picture, maxWidth: min(max(width, 1), 4096), maxHeight: min(max(height, 1), 4096)))
  }
}

extension Output {
  struct Size {
    var columns: Int
    var rows: Int
    var cellWidth: Int?
    var cellHeight: Int?
  }

  /// The terminal's, in cells and, where it tells, a cell's in pixels.
  var size: Size? {
    guard let found = window else { return nil }
    // One that does not know how large it is.
    guard found.ws_col > 0, found.ws_row > 0 else { return Size(columns: 80, rows: 24) }
    func cell(_ pixels: UInt16, _ cells: UInt16) -> Int? {
      let size = Int(pixels) / Int(cells)
      return (4...64).contains(size) ? size : nil
    }
    return Size(
      columns: Int(found.ws_col), rows: Int(found.ws_row),
      cellWidth: cell(found.ws_xpixel, found.ws_col), cellHeight: cell(found.ws_ypixel, found.ws_row))
  }
}
