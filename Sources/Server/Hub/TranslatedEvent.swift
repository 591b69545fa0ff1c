import Base
import FoundationEssentials
import Model
import Posix
import Wire

/// How an engine event is told on the wire: the only place that knows both.
struct TranslatedEvent: Sendable {
  /// What listeners choose by; kept as long as the event's line.
  struct About: Sendable {
    /// Nil for what only those hear who listen to the turn itself.
    let topic: String?
    /// Later events with the same word replace unsent earlier ones.
    let replaces: String?
    let chat: ULID?
    let companion: ULID?
    /// What it is to those who listen to a turn.
    var news: StreamNews?
  }

  var about: About
  private let payload: any Encodable & Sendable
  /// The same without what a listener can ask for, sent when the whole does not fit into an event.
  private let brief: any Encodable & Sendable
  /// About how long the line will be, where that is known without writing it: then it need not be before somebody reads it.
  private(set) var likelyBytes: Int?
  /// Of an event's members that have no length of their own to speak of.
  private static let usualBytes = 1536

  init(_ event: Event) {
    switch event.subject {
    case .settingsChanged(let settings, let changed):
      let (revision, change) = (settings.revision, settings.change)
      self.init(
        SettingsChanged.self,
        .init(revision: revision, change: change, changed: changed, settings: settings),
        brief: .init(revision: revision, change: change, changed: changed), about: "")
    case .companionCreated(let companion): self.init(CompanionCreated.self, companion)
    case .companionUpdated(let companion): self.init(CompanionUpdated.self, companion)
    case .companionPublished(let companion): self.init(CompanionPublished.self, companion)
    case .companionDeleted(let companion): self.init(CompanionDeleted.self, companion)
    case .chatCreated(let chat): self.init(ChatCreated.self, chat)
    case .chatUpdated(let chat): self.init(ChatUpdated.self, chat)
    case .chatArchived(let chat): self.init(ChatArchived.self, chat)
    case .chatDeleted(let chat): self.init(ChatDeleted.self, chat)
    case .chatHead(let chat): self.init(ChatHead.self, chat)
    case .chatRead(let chat): self.init(ChatReadOn.self, chat)
    case .messageCreated(let message, let chat): self.init(MessageCreated.self, message, chat)
    case .messageUpdated(let message, let chat): self.init(MessageUpdated.self, message, chat)
    case .messageDeleted(let message, let chat, let withChildren):
      let children: MessageDelete.Children? = withChildren ? .delete : nil
      let brief = MessageDeleted.Payload(
        message: message.withoutText, chat: chat.withoutSettings, children: children, cut: true)
      self.init(
        MessageDeleted.self,
        message.isLong ? brief : .init(message: message, chat: chat, children: children), brief: brief,
        chat: chat.id, companion: chat.companion)
    case .stateChanged(let state, let message, let chat, let changed):
      self.init(
        StateChanged.self, .init(chat: chat.id, message: message, state: state, changed: changed),
        brief: .init(chat: chat.id, message: message, state: nil, changed: changed),
        about: message.description, chat: chat.id, companion: chat.companion)
    case .imageCreated(let image): self.init(ImageCreated.self, image)
    case .imageUpdated(let image): self.init(ImageUpdated.self, image)
    case .imageDeleted(let image): self.init(ImageDeleted.self, image)
    case .jobCreated(let job): self.init(JobCreated.self, job)
    case .jobStarted(let job): self.init(JobStarted.self, job)
    case .jobProgress(let job): self.init(JobProgress.self, job)
    case .jobEnded(let job): self.init(JobEnded.self, job)
    case .jobSkipped(let job): self.init(JobSkipped.self, job)
    case .turnStarted(let turn): self.init(TurnStarted.self, turn)
    case .turnPhase(let turn, _): self.init(TurnPhase.self, turn)
    case .turnEnded(let turn): self.init(TurnEnded.self, turn)
    case .streamBegan(let turn, _, _, _), .streamEnded(let turn, _):
      self.init(forListenersOf: turn)
    }
  }

  private init(forListenersOf turn: Turn) {
    about = About(topic: nil, replaces: nil, chat: turn.chat, companion: turn.companion)
    payload = Empty()
    brief = Empty()
  }

  private init<T: Topic>(_ topic: T.Type, _ companion: Companion)
  where T.Payload == CompanionCreated.Payload {
    self.init(
      topic, .init(companion: companion), brief: .init(companion: companion.withoutWords, cut: true),
      companion: companion.id)
  }

  private init<T: Topic>(_ topic: T.Type, _ chat: Chat) where T.Payload == ChatCreated.Payload {
    self.init(
      topic, .init(chat: chat), brief: .init(chat: chat.withoutSettings, cut: true), chat: chat.id,
      companion: chat.companion)
    expect(chat.wordBytes)
  }

  private init<T: Topic>(_ topic: T.Type, _ message: Message, _ chat: Chat)
  where T.Payload == MessageCreated.Payload {
    let brief = MessageCreated.Payload(message: message.withoutText, chat: chat.withoutSettings, cut: true)
    self.init(
      topic, message.isLong ? brief : .init(message: message, chat: chat), brief: brief, chat: chat.id,
      companion: chat.companion)
    if let words = message.wordBytes { expect(chat.wordBytes.map { $0 + words }) }
  }

  private init<T: Topic>(_ topic: T.Type, _ image: Image) where T.Payload == ImageCreated.Payload {
    self.init(
      topic, .init(image: image), brief: .init(image: image.withoutWords, cut: true), chat: image.chat,
      companion: image.companion)
  }

  private init<T: Topic>(_ topic: T.Type, _ job: Job) where T.Payload == JobCreated.Payload {
    self.init(
      topic, .init(job: job), brief: .init(job: job.withoutWords), about: job.id.description, chat: job.chat,
      companion: job.companion)
  }

  private init<T: Topic>(_ topic: T.Type, _ turn: Turn) where T.Payload == TurnStarted.Payload {
    self.init(
      topic, .init(turn: turn), brief: .init(turn: turn.withoutWords), chat: turn.chat,
      companion: turn.companion)
    if turn.error == nil, turn.result == nil { expect(turn.model.utf8.count) }
  }

  init<T: Topic>(
    _ topic: T.Type, _ payload: T.Payload, brief: T.Payload? = nil, about thing: String = "",
    chat: ULID? = nil,
    companion: ULID? = nil
  ) {
    about = About(
      topic: T.name, replaces: T.isState ? "\(T.name) \(thing)" : nil, chat: chat, companion: companion)
    self.payload = payload
    self.brief = brief ?? payload
  }

  /// `words` is how many bytes of text it has; what has many is written at once, and cut if need be.
  private mutating func expect(_ words: Int?) {
    if let words, words <= 4096 { likelyBytes = Self.usualBytes + words }
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
    let line = encode(brief, seq: seq) ?? []
    // What has no limit of its own is left out there: the ring would lose all older events to a single one otherwise.
    assert(line.count <= maxBytes, "a brief event of \(line.count) bytes")
    return line
  }

  private func encode(_ data: any Encodable, seq: UInt64) -> [UInt8]? {
    guard let topic = about.topic else { return nil }
    let params: [UInt8]?
    if let written = data as? any WritesJSON {
      params = try? Written(data: written, seq: seq, topic: topic).writtenJSON()
    } else {
      params = (try? JSONText.encoder().encode(Params(data: data, seq: seq, topic: topic))).map { Array($0) }
    }
    return params.map { MessageLine.notification(EventNotification.name, params: $0) }
  }

  /// The same members for what writes its own JSON.
  private struct Written {
    let data: any WritesJSON
    let seq: UInt64
    let topic: String

    func writtenJSON() throws -> [UInt8] {
      var json = JSONWriter()
      json.object { json in
        json.name("data")
        data.write(to: &json)
        json.name("seq")
        json.value(seq)
        json.name("topic")
        json.plain(topic)
      }
      if let failure = json.failure { throw failure }
      return json.bytes
    }
  }
}

extension Turn {
  /// Without what others wrote at length: a provider's account of its failure, a result.
  fileprivate var withoutWords: Turn {
    var turn = self
    turn.result = nil
    turn.model = model.cut(to: 256)
    turn.error = error?.withoutWords
    return turn
  }
}

extension TurnError {
  fileprivate var withoutWords: TurnError {
    let data = data.filter { ["reason", "retryable"].contains($0.key) }
    return TurnError(
      code: code, message: message.cut(to: 512),
      data: data.filter { $0.value.string.map { $0.utf8.count <= 64 } ?? true })
  }
}

extension Image {
  /// Without what it was asked for with, and what somebody saw in it.
  fileprivate var withoutWords: Image {
    var image = self
    (image.prompt, image.negative, image.params, image.description) = (nil, nil, nil, nil)
    image.provider = provider?.cut(to: 256)
    return image
  }
}

extension Job {
  fileprivate var withoutWords: Job {
    var job = self
    job.provider = provider.cut(to: 256)
    job.error = error?.withoutWords
    return job
  }
}

extension String {
  /// Its beginning, whole scalars.
  fileprivate func cut(to limit: Int) -> String {
    guard utf8.count > limit else { return self }
    var end = utf8.index(startIndex, offsetBy: limit)
    while end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
    return String(self[..<end])
  }
}

extension Companion {
  /// Without what has no limit of its own.
  fileprivate var withoutWords: Companion {
    var companion = self
    (companion.tags, companion.tagline) = ([], nil)
    return companion
  }
}

extension Chat {
  /// How much text it carries; nil when it has settings of its own, which may be anything.
  fileprivate var wordBytes: Int? { settings == ChatSettings() ? title.utf8.count : nil }

  /// Without what has no small limit.
  fileprivate var withoutSettings: Chat {
    var chat = self
    chat.settings = ChatSettings()
    chat.title = title.cut(to: 512)
    return chat
  }
}

extension Message {
  /// Whether its text is too much for an event.
  fileprivate var isLong: Bool { textBytes > 4096 }

  private var textBytes: Int {
    var bytes = 0
    for part in parts { bytes += part.textBytes }
    return bytes
  }

  /// How much text it carries, or nil when it carries what is not text.
  fileprivate var wordBytes: Int? {
    guard state == nil, images.isEmpty else { return nil }
    var bytes = textBytes
    for words in [author, model, mark] { bytes += words?.utf8.count ?? 0 }
    return bytes
  }

  /// As it goes into an event that could not carry the whole.
  fileprivate var withoutText: Message {
    var message = self
    message.parts = []
    message.model = model?.cut(to: 256)
    message.author = author?.cut(to: 64)
    message.mark = mark?.cut(to: 64)
    (message.state, message.images) = (nil, [])
    return message
  }
}

extension Part {
  fileprivate var textBytes: Int {
    switch self {
    case .text(let text), .reasoning(let text), .suggestedPrompt(let text), .context(_, _, let text),
      .description(_, let text):
      text.utf8.count
    case .image, .other: 0
    }
  }
}
