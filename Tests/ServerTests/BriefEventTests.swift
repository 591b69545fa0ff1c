import Base
import Model
import Posix
import Testing

@testable import Server

/// An event that would be too large is told without what has no small limit, and fits then, whatever else is at its limit.
@Suite struct BriefEventTests {
  private let limit = Limits().maxEventBytes
  private let owner = Owner(uid: 1)
  private let now = Timestamp(milliseconds: 1_800_000_000_000)
  /// As many bytes in JSON as a control character can need.
  private func text(_ bytes: Int) -> String { String(repeating: "\u{1}", count: bytes) }

  private func id() -> ULID { ULIDMaker().make() }

  private var chat: Chat {
    var chat = Chat(
      id: id(), companion: id(), version: 1, title: text(1 << 20), revision: 1, head: id(),
      turn: id(), createdAt: now, updatedAt: now, change: .max)
    chat.settings.model = text(1 << 20)
    return chat
  }

  private var message: Message {
    var message = Message(
      id: id(), chat: id(), parent: id(), role: .assistant, parts: [.text(text(1 << 20))], finish: .error,
      turn: id(), images: (0..<1000).map { _ in id() }, createdAt: now, change: .max)
    (message.model, message.author, message.mark) = (text(1 << 16), text(1 << 16), text(1 << 16))
    message.usage = Usage(promptTokens: .max, completionTokens: .max, cachedTokens: .max, estimated: true)
    return message
  }

  private var turn: Turn {
    var turn = Turn(
      id: id(), chat: id(), companion: id(), kind: .impersonate, phase: .responding, replyId: id(),
      base: .max, next: .max, retryOf: id(), startedAt: now, model: text(1 << 20))
    turn.error = TurnError(
      code: 14, message: text(1 << 20),
      data: ["reason": .string(text(1 << 10)), "retryable": true, "body": .string(text(1 << 20))])
    turn.result = .string(text(1 << 20))
    turn.timing = Timing(queuedMs: .max, firstTokenMs: .max, totalMs: .max)
    return turn
  }

  private var companion: Companion {
    Companion(
      id: id(), handle: String(repeating: "h", count: 64), name: text(100), revision: 1, version: 1,
      tagline: text(1 << 16), portrait: id(), header: id(), tags: [text(1 << 16)], createdAt: now,
      updatedAt: now, change: .max)
  }

  @Test func `whatever an event is about, its line is at most 8 KiB`() async {
    let subjects: [Event.Subject] = [
      .turnStarted(turn), .turnPhase(turn), .turnEnded(turn), .chatCreated(chat), .chatUpdated(chat),
      .messageCreated(message, in: chat), .messageUpdated(message, in: chat),
      .messageDeleted(message, in: chat, withChildren: true), .companionUpdated(companion),
    ]
    for subject in subjects {
      let line = TranslatedEvent(Event(owner: owner, subject)).line(seq: .max, maxBytes: limit)
      #expect(!line.isEmpty && line.count <= limit, "\(line.count) bytes")
    }
  }
}
