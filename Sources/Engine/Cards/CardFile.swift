import Model
import Picture

/// A file that somebody says is a character card: what it is wrapped in is taken off, within limits.
struct CardFile: Sendable {
  /// What the file was, so that it can be given back as such.
  enum Wrapping: String, Sendable {
    case json, png, charx
  }

  var wrapping: Wrapping
  var card: JSONValue
  var warnings: [String] = []

  /// The text of a card, unpacked. Real ones have some hundred kilobytes.
  static let longestText = 8 << 20

  static func read(_ bytes: [UInt8]) throws(EngineError) -> CardFile {
    if PNGFile.begins(bytes) { return try png(bytes) }
    if ZipFile.begins(bytes) { return try charx(bytes) }
    switch bytes.prefix(12) {
    case let start where start.starts(with: [0xFF, 0xD8, 0xFF]):
      // Some programs put a picture before the archive.
      if ZipFile.ends(bytes) { return try charx(bytes) }
      throw .unsupported("This is a JPEG picture: cards are PNG, JSON or CHARX files.")
    case let start where start.starts(with: Array("RIFF".utf8)) && start.suffix(4).elementsEqual("WEBP".utf8):
      throw .unsupported("This is a WebP picture: cards are PNG, JSON or CHARX files. Fetch the card as PNG.")
    default: break
    }
    guard bytes.count <= longestText else {
      throw .tooLarge(what: "A card's text", limit: Int64(longestText))
    }
    return CardFile(wrapping: .json, card: try json(bytes))
  }

  private static func png(_ bytes: [UInt8]) throws(EngineError) -> CardFile {
    let file: PNGFile
    var found: (text: PNGFile.Text, keyword: String)?
    do throws(PNGFile.Fault) {
      file = try PNGFile(bytes)
      // Base64 takes four letters for three bytes. The newer of the two counts.
      for keyword in ["ccv3", "chara"] where found == nil {
        found = try file.text(keyword: keyword, atMost: longestText / 3 * 4 + 4).map { ($0, keyword) }
      }
    } catch {
      throw fault(error)
    }
    guard let found else {
      throw .unsupported(
        file.isCut
          ? "This picture is cut off before any card that may have been in it."
          : "This is a picture without a card in it. Sites often serve one for looking at: look for the download of the card."
      )
    }
    var result = CardFile(wrapping: .png, card: .null)
    if !found.text.isSound {
      result.warnings.append("The checksum of the card's text is wrong; it was read all the same.")
    }
    if file.isCut { result.warnings.append("The picture is cut off; its card is whole.") }
    result.card = try json(unwrapped(found.text.value))
    return result
  }

  /// Base64, or the JSON itself where a program forgot it.
  private static func unwrapped(_ text: [UInt8]) throws(EngineError) -> [UInt8] {
    if text.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) == UInt8(ascii: "{") { return text }
    guard let plain = Base64Text.decode(text) else {
      throw .unsupported("The card in this picture is damaged: it is not base64.")
    }
    return plain
  }

  private static func charx(_ bytes: [UInt8]) throws(EngineError) -> CardFile {
    let text: [UInt8]?
    do throws(ZipFile.Fault) {
      text = try ZipFile(bytes).file("card.json", atMost: longestText)
    } catch {
      switch error {
      case .tooLarge: throw .tooLarge(what: "A card's text", limit: Int64(longestText))
      case .tooManyEntries: throw .unsupported("This archive has more files than any card.")
      case .encrypted: throw .unsupported("The card in this archive is encrypted.")
      case .notZip, .damaged: throw .unsupported("This archive is damaged, or no archive that is read here.")
      }
    }
    guard let text else {
      throw .unsupported("There is no card.json in this archive, so it is no CHARX card.")
    }
    return CardFile(wrapping: .charx, card: try json(text))
  }

  private static func fault(_ fault: PNGFile.Fault) -> EngineError {
    switch fault {
    case .notPNG, .textDamaged: .unsupported("The card in this picture is damaged.")
    case .tooManyChunks: .unsupported("This picture has more pieces than any picture needs.")
    case .textTooLong: .tooLarge(what: "A card's text", limit: Int64(longestText))
    }
  }

  static func json(_ bytes: [UInt8]) throws(EngineError) -> JSONValue {
    do throws(ForgivingJSON.Fault) {
      return try ForgivingJSON.read(bytes)
    } catch {
      switch error {
      case .syntax(let at): throw .unsupported("The card is not JSON: byte \(at) of its text makes no sense.")
      case .tooDeep: throw .unsupported("The card is nested more than \(ForgivingJSON.deepest) deep.")
      case .tooMany: throw .unsupported("The card has more than \(ForgivingJSON.usualMost) values.")
      }
    }
  }
}
