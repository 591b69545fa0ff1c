import Base
package import FoundationEssentials
package import Model
package import Providers
import Store

/// Characters that come in as cards and go out as cards.
///
/// A stranger's file is read and written on the files' thread: unpacking a hostile one may take a tenth of a second, which the loop has not.
@Loop
package final class CardDesk {
  /// As it is uploaded, picture and all.
  package nonisolated static let largestFile = 16 << 20

  private let surroundings: Engine.Surroundings
  private let bench: CardBench

  init(_ surroundings: Engine.Surroundings, uploads: UploadDesk) {
    self.surroundings = surroundings
    bench = CardBench(surroundings, uploads: uploads)
  }

  package struct Imported: Sendable {
    /// Nil when it was only looked at.
    package var companion: Companion?
    package var persona: Persona
    package var tags: [String]
    package var warnings: [String]
  }

  /// What a card would become; nothing is stored, and an upload stays.
  package func look(at source: ImportSource, of owner: Owner) async throws(EngineError) -> Imported {
    let read = try await bench.read(source, for: owner)
    return Imported(persona: read.card.persona, tags: read.card.tags, warnings: read.card.warnings)
  }

  /// Makes a companion of a card. The file is kept with it, so that nothing of it is lost and its picture can go out again.
  package func `import`(
    _ source: ImportSource, handle: String?, of owner: Owner, recording: Recording<Imported>?, origin: Origin
  ) async throws(EngineError) -> Recorded<Imported> {
    // The first call has used the upload up.
    if let recording, let known = try await surroundings.replay(recording, of: owner) { return known }
    if let handle, !Handle.isValid(handle) {
      throw .invalid(
        path: "handle", expected: "1 to \(Handle.longest) lower-case letters, digits and hyphens")
    }
    let read = try await bench.read(source, for: owner)
    let card = read.card
    let plan = NewCompanionPlan(
      id: surroundings.ids.make(), persona: card.persona, handle: handle, tags: card.tags,
      tagline: card.tagline)
    let original = StoredCard(kind: read.wrapping.rawValue, file: read.file)
    let written = try await surroundings.writing(
      owner, recording, events: { [Event(owner: owner, .companionCreated($0), origin: origin)] }
    ) { transaction in
      let companion = try plan.carryOut(transaction)
      try transaction.keep(original, of: companion.id)
      return companion
    } result: { companion in
      Imported(companion: companion, persona: card.persona, tags: card.tags, warnings: card.warnings)
    }
    surroundings.announce()
    if case .upload(let id) = source { await bench.uploads.use(up: id, for: owner) }
    return written.recorded
  }

  package enum Format: String, Sendable, CaseIterable { case json, png, charx }

  package struct Order: Sendable {
    package var companion: String
    package var version: Int?
    package var format: Format
    /// The version of cards before the newest.
    package var isOlder = false
    /// Goes around a PNG; without one it is the one that the card came with.
    package var picture: ImportSource?

    package init(companion: String, format: Format) {
      self.companion = companion
      self.format = format
    }
  }

  package struct Exported: Sendable {
    package var name: String
    package var mime: String
    package var data: Data
    package var warnings: [String]
  }

  /// Writes a card. `encode` makes the answer of it, on the files' thread too: a picture in base64 is long.
  package func export(
    _ order: Order, of owner: Owner, encode: @escaping @Sendable (Exported) throws -> [UInt8]
  ) async throws(EngineError) -> [UInt8] {
    let found = try await surroundings.reading(owner) { snapshot in
      let companion = try snapshot.companion(named: order.companion)
      return Found(
        companion: companion,
        persona: try snapshot.version(order.version ?? companion.version, of: companion.id).persona,
        original: order.format == .json ? nil : try snapshot.card(of: companion.id))
    }
    return try await bench.write(order, found, for: owner, encode)
  }

  struct Found: Sendable {
    var companion: Companion
    var persona: Persona
    var original: StoredCard?
  }
}
