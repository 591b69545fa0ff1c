import Base
import Model

@testable import Store

/// A vault with a companion and a chat, and short words for what tests do with them.
struct Cast: Sendable {
  let folder: TemporaryFolder
  let vault: Vault
  let ids = ULIDMaker()
  let companion: ULID
  let chat: ULID

  static func open(wallClock: WallClock = .system) async throws -> Cast {
    let folder = TemporaryFolder()
    let vault = try await Vault.open(folder.path, owner: someone, environment(wallClock: wallClock))
    let ids = ULIDMaker()
    let (companion, chat) = (ids.make(), ids.make())
    try await vault.write { transaction in
      _ = try transaction.insert(NewCompanion(id: companion, handle: "ada", persona: Persona(name: "Ada")))
      _ = try transaction.insert(NewChat(id: chat, companion: companion, version: 1))
    }
    return Cast(folder: folder, vault: vault, companion: companion, chat: chat)
  }

  private init(folder: TemporaryFolder, vault: Vault, companion: ULID, chat: ULID) {
    self.folder = folder
    self.vault = vault
    self.companion = companion
    self.chat = chat
  }

  func say(
    _ text: String, under parent: ULID? = nil, _ role: Message.Role = .user, in other: ULID? = nil,
    head: Bool = true
  ) async throws -> Message {
    var new = NewMessage(
      id: ids.make(), chat: other ?? chat, parent: parent, role: role, parts: [.text(text)])
    new.becomesHead = head
    let line = new
    return try await vault.write { try $0.insert(line) }
  }

  func chatNow() async throws -> Chat { try await vault.read { try $0.chat(chat) } }

  /// What the closure of a failed operation threw.
  func refusal<Failure: Error>(
    _ type: Failure.Type, _ body: @escaping @Sendable (Transaction) throws -> Void
  ) async -> Failure? {
    do {
      try await vault.write(.acknowledged, body)
      return nil
    } catch StoreError.body(let error) {
      return error as? Failure
    } catch {
      return error as? Failure
    }
  }
}
