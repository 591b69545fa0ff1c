package import Base
package import Engine
package import Model
package import Posix

/// Engine's desks for conversations, as handlers see them. Tests stand in for them.
@Loop
package struct Doors {
  package let companions: any CompanionDoor
  package let chats: any ChatDoor
  package let messages: any MessageDoor
  package let turns: any TurnDoor

  package init(
    companions: any CompanionDoor, chats: any ChatDoor, messages: any MessageDoor, turns: any TurnDoor
  ) {
    self.companions = companions
    self.chats = chats
    self.messages = messages
    self.turns = turns
  }
}

package protocol CompanionDoor: AnyObject, Sendable {
  func create(
    persona: Persona, handle: String?, tags: [String], header: ULID?, of owner: Owner,
    recording: Recording<Companion>?, origin: Origin
  ) async throws(EngineError) -> Recorded<Companion>

  func list(
    of owner: Owner, query: String?, archived: Bool, cursor: String?, limit: Int
  ) async throws(EngineError) -> (items: [Companion], next: String?)

  /// By id, handle or unambiguous prefix.
  func get(
    _ name: String, of owner: Owner
  ) async throws(EngineError) -> (companion: Companion, version: CompanionVersion)
}

package protocol ChatDoor: AnyObject, Sendable {
  func create(
    companion: String, title: String?, mode: Chat.Mode?, settings: ChatSettings?, version: Int?,
    greeting: Int?, defaults: NewChatDefaults, of owner: Owner, recording: Recording<Chat>?, origin: Origin
  ) async throws(EngineError) -> Recorded<Chat>

  func list(
    companion: String?, of owner: Owner, query: String?, cursor: String?, limit: Int
  ) async throws(EngineError) -> (items: [Chat], next: String?)

  func get(_ chat: ULID, of owner: Owner) async throws(EngineError) -> Chat

  func history(
    of chat: ULID, leaf: ULID?, before: ULID?, after: ULID?, limit: Int, owner: Owner
  ) async throws(EngineError) -> HistoryPage

  func update(
    _ id: ULID, _ edit: ChatDesk.Edit, of owner: Owner, recording: Recording<Chat>?, origin: Origin
  ) async throws(EngineError) -> Recorded<Chat>

  func select(
    _ id: ULID, leaf: ULID, of owner: Owner, recording: Recording<Chat>?, origin: Origin
  ) async throws(EngineError) -> Recorded<Chat>

  func read(
    _ id: ULID, upTo message: ULID?, of owner: Owner, recording: Recording<Chat>?, origin: Origin
  ) async throws(EngineError) -> Recorded<Chat>

  func delete(
    _ id: ULID, of owner: Owner, recording: Recording<Deleted>?, origin: Origin
  ) async throws(EngineError) -> Recorded<Deleted>

  func tree(
    of chat: ULID, root: ULID?, depth: Int, limit: Int, owner: Owner
  ) async throws(EngineError) -> ChatDesk.Tree

  func leaves(
    of chat: ULID, cursor: String?, limit: Int, owner: Owner
  ) async throws(EngineError) -> (items: [Message], next: String?)
}

/// Single messages; what writes one is the turns' door.
package protocol MessageDoor: AnyObject, Sendable {
  func get(_ id: ULID, of owner: Owner) async throws(EngineError) -> Message

  func siblings(
    of id: ULID, cursor: String?, limit: Int, owner: Owner
  ) async throws(EngineError) -> (items: [(message: Message, tip: ULID)], next: String?)

  func delete(
    _ id: ULID, children: ChildrenFate?, of owner: Owner, recording: Recording<Deleted>?, origin: Origin
  ) async throws(EngineError) -> Recorded<Deleted>

  func hide(
    _ id: ULID, _ hidden: Bool, of owner: Owner, recording: Recording<Message>?, origin: Origin
  ) async throws(EngineError) -> Recorded<Message>

  func mark(
    _ id: ULID, _ name: String?, of owner: Owner, recording: Recording<Message>?, origin: Origin
  ) async throws(EngineError) -> Recorded<Message>
}

/// The running turns and those of the past.
@Loop
package protocol TurnDoor: AnyObject {
  /// Writes what the act writes, and begins the turns that follow; answers when that is stored.
  func perform(
    _ act: TurnAct, of owner: Owner, recording: Recording<Sent>?, origin: Origin
  ) async throws(EngineError) -> Recorded<Sent>

  func list(
    chat: ULID?, activeOnly: Bool, cursor: String?, limit: Int, of owner: Owner
  ) async throws(EngineError) -> (items: [Turn], next: String?)

  func get(_ turn: ULID, of owner: Owner) async throws(EngineError) -> Turn

  func cancel(_ turn: ULID, of owner: Owner) async throws(EngineError) -> Turn

  /// Returns when the reply is stored, or will never be.
  func waitForReply(
    _ turn: ULID, of owner: Owner
  ) async throws(EngineError) -> (turn: Turn, reply: Message?)

  /// Returns when nothing more comes of a turn whose reply is stored: its tail is over.
  func waitForEnd(_ turn: ULID, of owner: Owner) async

  /// What a turn has produced: running, or rebuilt from what it stored.
  func stream(_ turn: ULID, of owner: Owner) async throws(EngineError) -> StreamSource

  /// The turn that generates in a chat now.
  func running(in chat: ULID, of owner: Owner) -> StreamSource?

  /// Called when a turn's log has more; the server is the only one who sets it.
  var onGrowth: (@Loop (ULID) -> Void)? { get set }
}
