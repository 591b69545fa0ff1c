import Base
import Model
import Posix

/// What one `events.subscribe` asked for, and how far it has been served.
@Loop
final class Subscription {
  let id: String
  private let topics: [String]
  private let chats: Set<ULID>?
  private let companions: Set<ULID>?
  /// The chat of a `chat.follow`, which is a subscription too; nil for those of `events.subscribe`.
  let followed: ULID?
  /// The first event this subscription answers for.
  let from: UInt64
  /// The first event it has not considered yet.
  var next: UInt64
  /// False until the reply to its call stands in the outbox: nothing may come before that.
  var isActive = false

  init(id: String, topics: [String], chats: [ULID]?, companions: [ULID]?, from: UInt64) {
    self.id = id
    self.topics = topics
    self.chats = chats.map { Set($0) }
    self.companions = companions.map { Set($0) }
    followed = nil
    self.from = from
    next = from
  }

  /// What a `chat.follow` hears beside the streams.
  init(following chat: ULID, from: UInt64) {
    id = ""
    topics = ["chat", "message", "turn", "state", "image"]
    chats = [chat]
    companions = nil
    followed = chat
    self.from = from
    next = from
  }

  func wants(_ event: TranslatedEvent.About) -> Bool {
    guard let topic = event.topic, wants(topic: topic) else { return false }
    if let followed { return event.chat == followed }
    if let chats, let chat = event.chat, !chats.contains(chat) { return false }
    if let companions, let companion = event.companion, !companions.contains(companion) { return false }
    return true
  }

  /// Events of one topic come in a row, and all topics are constants: then this compares two addresses instead of the
  /// prefixes' bytes, a twentieth of what it costs to tell a thousand listeners something.
  private func wants(topic: String) -> Bool {
    if let judged, judged.topic == topic { return judged.wanted }
    let wanted = topics.contains { topic.isTopic(under: $0) }
    judged = (topic, wanted)
    return wanted
  }
  private var judged: (topic: String, wanted: Bool)?
}

extension String {
  /// `settings` and `settings.changed` are prefixes of `settings.changed`; `sett` is not. The empty prefix means all.
  fileprivate func isTopic(under prefix: String) -> Bool {
    if prefix.isEmpty || self == prefix { return true }
    return utf8.count > prefix.utf8.count && utf8.starts(with: prefix.utf8)
      && (prefix.hasSuffix(".") || utf8.dropFirst(prefix.utf8.count).first == UInt8(ascii: "."))
  }
}
