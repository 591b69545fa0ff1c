package import Base
import FoundationEssentials
package import Model
package import Providers
import Store

/// Whole chats that come in from other programs and go out to them.
///
/// An import makes a chat of its own, so it needs no lock. It is read and stored piece by piece: the file is never held whole, no other
/// write waits for more than a few hundred rows, and nobody sees the chat before all of it is there.
@Loop
package final class ChatTransferDesk {
  private let surroundings: Engine.Surroundings
  private let uploads: UploadDesk
  private let log: Log

  init(_ surroundings: Engine.Surroundings, uploads: UploadDesk) {
    self.surroundings = surroundings
    self.uploads = uploads
    log = Log(surroundings.log, component: "transfers")
  }

  package struct Imported: Sendable {
    /// Nil when it was only looked at.
    package var chat: Chat?
    package var companion: Companion?
    package var messages: Int
    package var warnings: [String]
  }

  private struct Begun: Sendable {
    var companion: Companion
    var names: [String?]
    var isNew: Bool
    var warnings: [String] = []
  }

  /// What a file would become; nothing is stored, and an upload stays.
  package func look(
    at source: ImportSource, companion: String?, of owner: Owner
  ) async throws(EngineError) -> Imported {
    let reader = ChatFileReader(source, of: owner, surroundings, uploads: uploads)
    let incoming = try await reader.open()
    let found = try await surroundings.reading(owner) { snapshot in
      try Self.companion(named: companion, in: incoming, snapshot)
    }
    while try await reader.next() != nil {}
    let report = await reader.report()
    return Imported(companion: found, messages: report.messages, warnings: report.warnings)
  }

  /// Makes a chat of a file. Without `companion` it is the one whose name the chat has, made where there is none.
  package func `import`(
    _ source: ImportSource, companion: String?, of owner: Owner, recording: Recording<Imported>?,
    origin: Origin
  ) async throws(EngineError) -> Recorded<Imported> {
    // The first call has used the upload up.
    if let recording, let known = try await surroundings.replay(recording, of: owner) { return known }
    let reader = ChatFileReader(source, of: owner, surroundings, uploads: uploads)
    let incoming = try await reader.open()
    let (chat, entry) = (surroundings.ids.make(), surroundings.ids.make())
    let begun = try await begin(incoming, companion, chat, entry, owner, origin)
    await reader.settle(names: begun.names)
    let written: Written<Chat, Imported>
    do throws(EngineError) {
      while let messages = try await reader.next() {
        _ = try await surroundings.writing(owner, nil as Recording<Bool>?) { transaction in
          try transaction.add(messages, toImport: chat, entry: entry)
        } result: {
          true
        }
      }
      let report = await reader.report()
      guard let head = report.head else { throw .unsupported("There is no message in this chat.") }
      written = try await surroundings.writing(
        owner, recording, events: { [Event(owner: owner, .chatCreated($0), origin: origin)] }
      ) { transaction in
        try transaction.finishImport(chat, entry: entry, head: head)
      } result: { chat in
        Imported(
          chat: chat, companion: begun.companion, messages: report.messages,
          warnings: begun.warnings + report.warnings)
      }
    } catch {
      await discard(entry, of: owner)
      throw error
    }
    surroundings.announce()
    // Somebody with the same key was faster: one chat is enough.
    if written.effect == nil { await discard(entry, of: owner) }
    if case .upload(let id) = source { await uploads.use(up: id, for: owner) }
    return written.recorded
  }

  private func begin(
    _ incoming: IncomingChat, _ name: String?, _ chat: ULID, _ entry: ULID, _ owner: Owner, _ origin: Origin
  ) async throws(EngineError) -> Begun {
    let (ids, limits) = (surroundings.ids, surroundings.limits)
    let written = try await surroundings.writing(
      owner, nil as Recording<Begun>?,
      events: { $0.isNew ? [Event(owner: owner, .companionCreated($0.companion), origin: origin)] : [] }
    ) { transaction in
      var begun: Begun
      if let found = try Self.companion(named: name, in: incoming, transaction) {
        begun = Begun(companion: found, names: [], isNew: false)
      } else {
        let plan = NewCompanionPlan(id: ids.make(), persona: Persona(name: incoming.companion ?? "Unnamed"))
        begun = Begun(companion: try plan.carryOut(transaction), names: [], isNew: true)
        begun.warnings.append(
          "There was no companion called \(plan.persona.name); one was made, with nothing but the name.")
      }
      let persona = try transaction.version(begun.companion.version, of: begun.companion.id).persona
      begun.names = [persona.name, persona.nickname, incoming.companion]
      var new = NewChat(
        id: chat, companion: begun.companion.id, version: begun.companion.version,
        title: incoming.title ?? Chat.untitled, mode: incoming.mode ?? .roleplay,
        settings: Self.settings(incoming, try transaction.settings()))
      if (try? ChatSettingsRules.check(new.settings, at: "settings", limits: limits)) == nil {
        new.settings.note = nil
        begun.warnings.append("The author's note is too long; it was left out.")
      }
      try transaction.beginImport(new, entry: entry)
      return begun
    } result: {
      $0
    }
    surroundings.announce()
    guard let begun = written.effect else { throw .fault("a write without a key was answered from memory") }
    return begun
  }

  /// The one that is named, or the only one by the name that the chat has.
  private nonisolated static func companion(
    named name: String?, in chat: IncomingChat, _ snapshot: some Reading
  ) throws -> Companion? {
    if let name { return try snapshot.companion(named: name) }
    guard let wanted = chat.companion else { return nil }
    let found = try snapshot.companions(query: wanted, archived: true, limit: 200).items.filter {
      $0.name.lowercased() == wanted.lowercased()
    }
    return found.count == 1 ? found[0] : found.first { !$0.archived }
  }

  /// The owner's own for new chats, and what the chat says: who the person is in it, and its note.
  private nonisolated static func settings(_ chat: IncomingChat, _ own: Settings) -> ChatSettings {
    var settings = own.defaults ?? ChatSettings()
    settings.user = settings.user ?? own.user
    if let name = chat.user, name != PromptBuilder.nobody,
      name.lowercased() != settings.user?.name.lowercased()
    {
      settings.user = UserPersona(name: name)
    }
    settings.note = chat.note ?? settings.note
    return settings
  }

  /// What was stored of a chat that cannot be finished. Fails only where the vault does: then it stays in the trash.
  private func discard(_ entry: ULID, of owner: Owner) async {
    do throws(EngineError) {
      _ = try await surroundings.writing(owner, nil as Recording<Bool>?) {
        try $0.purge(entry)
      } result: {
        true
      }
    } catch {
      log.warning("What an unfinished import left could not be removed.", ["error": "\(error)"])
    }
  }

  // MARK: Out

  package enum Format: String, Sendable, CaseIterable { case jsonl, markdown, json }

  package struct Exported: Sendable {
    package var name: String
    package var mime: String
    package var text: String
  }

  /// Writes a chat. `encode` makes the answer of it, on the files' thread too.
  package func export(
    _ chat: ULID, _ format: Format, leaf: ULID?, of owner: Owner,
    encode: @escaping @Sendable (Exported) throws -> [UInt8]
  ) async throws(EngineError) -> [UInt8] {
    try await ChatFileWriter(chat, of: owner, surroundings).write(format, leaf: leaf, encode)
  }
}
