import Base
import Client
import FoundationEssentials
import Model
import Wire

/// A conversation as it is printed: lines that were said, replies while they grow, and quiet notes about what else happens.
///
/// Everything is printed once, whether it is told by history, by an event or by a stream. What is said goes to stdout; the notes
/// go to stderr, so that a pipe has the conversation alone.
struct ConversationView {
  let out: Output
  let err: Output
  let chat: ULID
  let companionName: String
  let personName: String
  /// The last message of the branch that is shown.
  private(set) var last: ULID?
  /// The last line of the person's, and the companion's.
  private(set) var lastLine: ULID?
  private(set) var lastReply: ULID?
  /// The turn whose reply is being printed.
  private(set) var streaming: ULID?
  /// The cursor stands behind text of a reply.
  private(set) var isMidLine = false
  /// Whose reply it is, while no word of it has come. On a screen that can forget, it stands there already.
  private var label: String?
  private var shown = Seen()
  /// What became of the scene while a reply was being printed, and pictures that came then.
  private var lateScene: String?
  private var latePictures: [Image] = []
  /// Where pictures are drawn; nil where they are only told of.
  private let pictures: PictureScreen?

  init(place: Place, personName: String?, out: Output, err: Output, pictures: PictureScreen? = nil) {
    self.out = out
    self.err = err
    self.pictures = pictures
    chat = place.chat.id
    companionName = place.companion.name
    self.personName = personName ?? "you"
  }

  // MARK: Lines

  mutating func show(_ messages: [Message]) {
    for message in messages { show(message) }
  }

  /// Prints a message that was not printed yet. What is being streamed is left to its stream.
  mutating func show(_ message: Message) {
    guard message.status != .streaming, message.turn.map({ $0 != streaming }) ?? true else { return }
    defer { went(to: message) }
    guard shown.insert(message.id) else { return }
    closeLine()
    let text = message.text.speech
    let more = message.siblings.count > 1 ? " (\(message.siblings.index + 1)/\(message.siblings.count))" : ""
    out.line("\(label(message.role, author: message.author))\(out.styled(more, .dim)) \(text)")
  }

  /// What this client said itself stands on the screen already.
  mutating func said(_ message: Message) {
    _ = shown.insert(message.id)
    went(to: message)
  }

  private mutating func went(to message: Message) {
    last = message.id
    if message.role == .user { lastLine = message.id }
    if message.role == .assistant { lastReply = message.id }
  }

  /// What was printed may be printed once more.
  mutating func forgetShown() {
    shown = Seen()
    (last, lastLine, lastReply) = (nil, nil, nil)
  }

  func label(_ role: Message.Role, author: String? = nil) -> String {
    switch role {
    case .assistant: out.styled("\(companionName.escaped):", .cyan)
    case .user: out.styled("\((author ?? personName).escaped):", .green)
    case .system: out.styled("system:", .dim)
    case .narrator: out.styled("narrator:", .dim)
    }
  }

  // MARK: Streams

  mutating func show(_ stream: StreamNews) {
    switch stream {
    case .began(let begin): began(begin)
    case .delta(let delta):
      guard delta.kind == nil, delta.turn == streaming, !delta.text.isEmpty else { return }
      let text = delta.text.speech
      if let label, !isMidLine { out.write(Array(label.utf8)) }
      label = nil
      out.write(Array(text.utf8))
      if let end = text.utf8.last { isMidLine = end != UInt8(ascii: "\n") }
    case .reset(let turn):
      guard turn == streaming else { return }
      streaming = nil
      closeLine()
      label = nil
      note("the daemon was ended before it had stored all of this; from the beginning:")
    case .phase(let phase):
      guard phase.turn == streaming, let detail = phase.detail else { return }
      note("waiting: \(detail.escaped)")
      showLabel()
    case .ended(let end): ended(end)
    case .gone(let turn, let error):
      guard turn == streaming else { return }
      streaming = nil
      closeLine()
      label = nil
      note("the rest cannot be read: \(error.message.printable(limit: 1024))")
    }
  }

  private mutating func began(_ begin: StreamBegin.Params) {
    if let line = begin.message { show(line) }
    guard begin.turn.chat == chat else { return }
    closeLine()
    streaming = begin.turn.id
    let kind = begin.turn.kind == .continue ? " (goes on)" : ""
    label = "\(label(.assistant))\(out.styled(kind, .dim)) "
    showLabel()
  }

  private mutating func ended(_ end: StreamEnd.Params) {
    guard end.turn.chat == chat else { return }
    let isOurs = streaming == end.turn.id
    if isOurs { streaming = nil }
    if let reply = end.reply {
      // A reply whose stream began before this client listened is printed whole.
      if isOurs { said(reply) } else { show(reply) }
    }
    closeLine()
    if isOurs { label = nil }
    if let scene = lateScene {
      lateScene = nil
      note(scene)
    }
    for picture in latePictures { show(picture) }
    latePictures = []
    if let sentence = Self.sentence(on: end) { note(sentence) }
    if end.turn.kind == .regenerate, let siblings = end.reply?.siblings, siblings.count > 1 {
      note("\(siblings.index + 1) of \(siblings.count) replies")
    }
  }

  /// What a person should know of a reply that did not simply stop.
  static func sentence(on end: StreamEnd.Params) -> String? {
    switch end.finish {
    case .stop: end.reply == nil && end.turn.kind.writesMessage ? "nothing was said" : nil
    case .length: "cut off at the longest reply allowed"
    case .cancelled: "cancelled"
    case .interrupted: "interrupted; what was said is kept"
    case .filtered: "the provider's filter ended this"
    case .error: "failed: \(end.error?.message.printable(limit: 1024) ?? "no reason was given")"
    }
  }

  // MARK: Events

  /// What an event of this chat says. Answers the message whose text was too long for an event and is to be fetched.
  mutating func show(_ event: EventNotification.Params) -> ULID? {
    switch event.topic {
    case MessageCreated.name:
      guard let created = event.payload(MessageCreated.self), created.message.chat == chat else { return nil }
      let message = created.message
      // A reply is told by its stream.
      guard message.turn == nil || message.role == .user, !shown.contains(message.id) else { return nil }
      if created.cut == true { return message.id }
      show(message)
    case MessageUpdated.name:
      guard let updated = event.payload(MessageUpdated.self), updated.message.chat == chat,
        updated.message.editedAt != nil, shown.contains(updated.message.id),
        updated.message.turn != streaming || streaming == nil
      else { return nil }
      closeLine()
      note("a line was edited: \(updated.message.text.prefix(60).speech.escaped)")
    case StateChanged.name:
      guard let changed = event.payload(StateChanged.self), changed.chat == chat,
        shown.contains(changed.message), let scene = Self.scene(changed)
      else { return nil }
      // Not between the words of the next reply.
      if streaming == nil { note(scene) } else { lateScene = scene }
    case ImageCreated.name:
      guard let image = event.payload(ImageCreated.self)?.image, image.chat == chat,
        shown.insert(image.id)
      else { return nil }
      if streaming == nil { show(image) } else { latePictures.append(image) }
    default: break
    }
    return nil
  }

  /// What is different in a scene, in few words.
  static func scene(_ changed: StateChanged.Payload) -> String? {
    guard let state = changed.state else { return nil }
    var facts: [String] = []
    if changed.changed.contains("outfit") {
      let worn = state.outfit.filter(\.worn).map(\.name)
      facts.append(worn.isEmpty ? "nothing on" : "wears \(worn.joined(separator: ", "))")
    }
    if changed.changed.contains("location") { facts.append(state.location ?? "nobody knows where") }
    if changed.changed.contains("action"), let action = state.action { facts.append(action) }
    return facts.isEmpty ? nil : "scene: \(facts.joined(separator: "; ").printable(limit: 512))"
  }

  /// Drawn where that is possible; told of in any case.
  private mutating func show(_ image: Image) {
    closeLine()
    // Of another user's daemon the bytes would have to be asked for, and an answer cannot be waited for here.
    if let pictures, let path = image.path, let bytes = try? FileText.read(path, limit: 64 << 20),
      let text = try? pictures.text([UInt8](bytes))
    {
      out.write(Array(text.utf8))
    }
    let file = image.path?.escaped ?? "companionctl images show \(image.id)"
    note("\(image.placeholder == true ? "a placeholder for a picture" : "a picture"): \(file)")
  }

  // MARK: Notes

  /// In brackets, quiet, on a line of its own.
  mutating func note(_ text: String) {
    closeLine()
    err.line(err.styled("(\(text))", .dim))
  }

  private mutating func showLabel() {
    guard let label, out.canErase else { return }
    out.write(Array(label.utf8))
    isMidLine = true
  }

  /// Ends a line that a reply left open. One that has nothing but a name goes, and the name comes again with the first word.
  mutating func closeLine() {
    guard isMidLine else { return }
    isMidLine = false
    guard label == nil else { return out.write(Array("\r\u{1B}[K".utf8)) }
    out.write([UInt8(ascii: "\n")])
  }
}

/// Ids of messages that were printed: the last few thousand, which is more than any burst repeats.
private struct Seen {
  private static let most = 4096
  private var order: [ULID] = []
  private var set: Set<ULID> = []

  func contains(_ id: ULID) -> Bool { set.contains(id) }

  /// False when it was there.
  mutating func insert(_ id: ULID) -> Bool {
    guard set.insert(id).inserted else { return false }
    order.append(id)
    if order.count > 2 * Self.most {
      for old in order.prefix(Self.most) { set.remove(old) }
      order.removeFirst(Self.most)
    }
    return true
  }
}

extension EventNotification.Params {
  /// The event's data as its topic declares them; nil from a daemon that means something else by it.
  func payload<T: Topic>(_ topic: T.Type) -> T.Payload? {
    guard let text = try? JSONText.encoder().encode(data) else { return nil }
    return try? JSONDecoder().decode(T.Payload.self, from: text)
  }
}
