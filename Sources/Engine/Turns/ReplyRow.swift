import Base
import Model
import Providers
import Store

/// The message a turn writes, as it goes to the writer's thread. Its row comes with the first byte of text.
struct ReplyRow: Sendable {
  enum Outcome: Sendable {
    case created, updated
  }

  let id: ULID
  let turn: Turn
  let chat: ULID
  let parent: ULID?
  /// What the text stands among, for a message that is gone on with.
  let parts: [Part]
  let isInPlace: Bool

  /// nil for a turn that writes no message.
  @Loop init?(_ running: RunningTurn) {
    guard let id = running.turn.replyId else { return nil }
    self.id = id
    turn = running.turn
    chat = running.chat.id
    parent = running.parent
    parts = running.parts
    isInPlace = running.isInPlace
  }

  func parts(saying text: String) -> [Part] { parts.saying(text) }

  /// Stores text that streams in. The head stays where it is until the turn has ended.
  func write(_ text: String, _ transaction: Transaction) throws -> Outcome {
    if isInPlace { try transaction.takeOver(message: id, for: turn.id) }
    do {
      try transaction.stream(parts(saying: text), into: id)
      return .updated
    } catch StoreError.notFound where !isInPlace {
      var message = NewMessage(
        id: id, chat: chat, parent: parent, role: .assistant, parts: parts(saying: text))
      message.status = .streaming
      message.turn = turn.id
      message.model = turn.model
      message.companion = turn.companion
      message.becomesHead = false
      _ = try transaction.insert(message)
      return .created
    }
  }

  /// The end of the writing: the chat goes on from here.
  func complete(_ text: String, _ transaction: Transaction) throws -> Message {
    let message = try transaction.complete(
      message: id, parts: parts(saying: text),
      status: turn.finish == .stop || turn.finish == .length ? .complete : .partial,
      finish: turn.finish ?? .stop, turn: turn.id, model: turn.model, usage: turn.usage)
    try transaction.touch(chat, head: id)
    return message
  }
}
