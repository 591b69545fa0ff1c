/// A picture as text: every character is the upper half of its cell in one colour on another, so a cell shows two pixels. Works on
/// whatever terminal has 24-bit colours, and through tmux and ssh.
enum HalfBlocks {
  /// One line for two rows of pixels, each ended by a line feed and in the terminal's own colours again.
  static func text(_ raster: Raster) -> String {
    var text = ""
    for top in stride(from: 0, to: raster.height, by: 2) {
      var last: (upper: Raster.Colour, lower: Raster.Colour?)?
      for x in 0..<raster.width {
        let upper = raster[x, top]
        // The last of an odd number of rows has nothing below it.
        let lower = top + 1 < raster.height ? raster[x, top + 1] : nil
        // A colour holds until another is named: flat parts of a picture are short.
        if upper != last?.upper { text += "\u{1B}[38;2;\(upper.numbers)m" }
        if let lower, lower != last?.lower { text += "\u{1B}[48;2;\(lower.numbers)m" }
        text += "▀"
        last = (upper, lower)
      }
      text += "\u{1B}[0m\n"
    }
    return text
  }
}

extension Raster.Colour {
  fileprivate var numbers: String { "\(red);\(green);\(blue)" }
}
