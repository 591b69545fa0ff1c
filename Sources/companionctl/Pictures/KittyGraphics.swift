import FoundationEssentials

/// A picture by the graphics protocol that kitty began and others (Ghostty, WezTerm, Konsole) speak: the pixels themselves, in pieces.
enum KittyGraphics {
  /// The protocol's own limit for a piece.
  private static let pieceLength = 4096

  /// Shown in so many cells; the terminal scales and says nothing in answer.
  static func text(_ raster: Raster, columns: Int, rows: Int) -> String {
    let data = Array(Data(raster.rgb).base64EncodedString().utf8)
    var text = ""
    var at = 0
    while at < data.count {
      let piece = data[at..<min(at + pieceLength, data.count)]
      let more = piece.endIndex < data.count ? 1 : 0
      let about =
        at == 0
        ? "a=T,f=24,s=\(raster.width),v=\(raster.height),c=\(columns),r=\(rows),q=2,m=\(more)"
        : "q=2,m=\(more)"
      text += "\u{1B}_G\(about);\(String(decoding: piece, as: UTF8.self))\u{1B}\\"
      at = piece.endIndex
    }
    return text + "\n"
  }
}
