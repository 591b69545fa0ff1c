import Base
import FoundationEssentials
import Model
import Picture
import Store

/// Where cards are taken apart and put together: the files' thread.
actor CardBench {
  let uploads: UploadDesk
  private let surroundings: Engine.Surroundings

  nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe surroundings.files.asUnownedSerialExecutor()
  }

  init(_ surroundings: Engine.Surroundings, uploads: UploadDesk) {
    self.surroundings = surroundings
    self.uploads = uploads
  }

  struct Read: Sendable {
    var file: [UInt8]
    var wrapping: CardFile.Wrapping
    var card: ReadCard
  }

  func read(_ source: ImportSource, for owner: Owner) async throws(EngineError) -> Read {
    let bytes = try await bytes(of: source, for: owner)
    let file = try CardFile.read(bytes)
    let card = try CardReader.read(file)
    try PersonaRules.check(card.persona)
    return Read(file: bytes, wrapping: file.wrapping, card: card)
  }

  private func bytes(of source: ImportSource, for owner: Owner) async throws(EngineError) -> [UInt8] {
    let limit = CardDesk.largestFile
    switch source {
    case .data(let data):
      guard !data.isEmpty else { throw .invalid(path: "data", expected: "a file with something in it") }
      guard data.count <= limit else { throw .tooLarge(what: "A card", limit: Int64(limit)) }
      return [UInt8](data)
    case .upload(let id):
      guard try await uploads.size(of: id, for: owner) <= Int64(limit) else {
        throw .tooLarge(what: "A card", limit: Int64(limit))
      }
      return try await uploads.read(id, from: 0, atMost: limit, for: owner)
    }
  }

  func write(
    _ order: CardDesk.Order, _ found: CardDesk.Found, for owner: Owner,
    _ encode: @Sendable (CardDesk.Exported) throws -> [UInt8]
  ) async throws(EngineError) -> [UInt8] {
    let writer = CardWriter(
      persona: found.persona, tags: found.companion.tags, tagline: found.companion.tagline)
    let newest = writer.card(order.isOlder ? .two : .three)
    var result = CardDesk.Exported(
      name: "\(found.companion.handle).\(order.format.rawValue)", mime: "application/json", data: Data(),
      warnings: [])
    switch order.format {
    case .json: result.data = Data(try CardWriter.text(newest, spread: true))
    case .png:
      result.mime = "image/png"
      let picture = try await picture(order, found, for: owner, &result.warnings)
      var texts = [("chara", try Self.base64(writer.card(.two)))]
      if !order.isOlder { texts.append(("ccv3", try Self.base64(newest))) }
      result.data = Data(picture.replacing(textsNamed: ["chara", "ccv3"], by: texts))
    case .charx:
      result.mime = "application/zip"
      result.data = Data(archive(try CardWriter.text(newest, spread: true), found.original))
    }
    do {
      return try encode(result)
    } catch {
      throw .fault("\(error)")
    }
  }

  private static func base64(_ card: JSONValue) throws(EngineError) -> [UInt8] {
    Array(Data(try CardWriter.text(card, spread: false)).base64EncodedData())
  }

  /// The one that was given, the one the card came in, or a plain one.
  private func picture(
    _ order: CardDesk.Order, _ found: CardDesk.Found, for owner: Owner, _ warnings: inout [String]
  ) async throws(EngineError) -> PNGFile {
    if let given = order.picture {
      let bytes = try await bytes(of: given, for: owner)
      guard let file = try? PNGFile(bytes), !file.isCut else {
        throw .unsupported("The picture for the card is no PNG, or not whole.")
      }
      return file
    }
    if found.original?.kind == "png", let file = found.original.flatMap({ try? PNGFile($0.file) }) {
      return file
    }
    warnings.append("There is no picture of \(found.companion.name) yet; the card is in a plain one.")
    guard let plain = try? PNGFile(PlainPNG.make()) else { throw .fault("the plain picture is none") }
    return plain
  }

  /// With whatever else was in the archive that the card came from.
  private func archive(_ card: [UInt8], _ original: StoredCard?) -> [UInt8] {
    var writer = ZipWriter()
    writer.add("card.json", card)
    if original?.kind == "charx", let old = original.flatMap({ try? ZipFile($0.file) }) {
      var names: Set = ["card.json"]
      for entry in old.entries where entry.isSafe && names.insert(entry.name).inserted {
        writer.add(entry, of: old)
      }
    }
    return writer.finished()
  }
}
