import Base
import FoundationEssentials
import Model
import Posix
import Wire

/// How an engine event is told on the wire: the only place that knows both.
struct TranslatedEvent: Sendable {
  /// What subscriptions choose by; kept as long as the event's line.
  struct About: Sendable {
    let topic: String
    /// Later events with the same word replace unsent earlier ones.
    let replaces: String?
    let chat: ULID?
    let companion: ULID?
  }

  let about: About
  private let payload: any Encodable & Sendable
  /// The same without what a listener can ask for, sent when the whole does not fit into an event.
  private let brief: any Encodable & Sendable

  init(_ event: Event) {
    switch event.subject {
    case .settingsChanged(let settings, let changed):
      let (revision, change) = (settings.revision, settings.change)
      self.init(
        SettingsChanged.self,
        .init(revision: revision, change: change, changed: changed, settings: settings),
        brief: .init(revision: revision, change: change, changed: changed), about: "")
    }
  }

  init<T: Topic>(
    _ topic: T.Type, _ payload: T.Payload, brief: T.Payload? = nil, about thing: String, chat: ULID? = nil,
    companion: ULID? = nil
  ) {
    about = About(
      topic: T.name, replaces: T.isState ? "\(T.name) \(thing)" : nil, chat: chat, companion: companion)
    self.payload = payload
    self.brief = brief ?? payload
  }

  private struct Params: Encodable {
    let data: any Encodable
    let seq: UInt64
    let topic: String

    enum CodingKeys: String, CodingKey { case data, seq, topic }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(data, forKey: .data)
      try container.encode(seq, forKey: .seq)
      try container.encode(topic, forKey: .topic)
    }
  }

  /// A whole notification line.
  func line(seq: UInt64, maxBytes: Int) -> [UInt8] {
    if let line = encode(payload, seq: seq), line.count <= maxBytes { return line }
    return encode(brief, seq: seq) ?? []
  }

  private func encode(_ data: any Encodable, seq: UInt64) -> [UInt8]? {
    guard let params = try? JSONText.encoder().encode(Params(data: data, seq: seq, topic: about.topic)) else {
      return nil
    }
    return MessageLine.notification(EventNotification.name, params: params)
  }
}
