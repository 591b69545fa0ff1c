import Base
import Model
import Store

/// Reads a chat's file in whatever form it has, a batch of messages at a time, on the files' thread.
actor ChatFileReader {
  /// A batch is one short transaction.
  static let batch = 200
  static let batchBytes = 1 << 20
  static let mostMessages = 100_000
  /// Forms that are one JSON text are read whole.
  static let largestDocument = 32 << 20
  private static let mostValues = 1_000_000

  private let surroundings: Engine.Surroundings
  private let uploads: UploadDesk
  private let source: ImportSource
  private let owner: Owner

  private var feed: LineFeed?
  private var tavern = SillyTavernReader()
  /// What was read and not yet given.
  private var lines: [IncomingLine] = []
  private var own: [JSONValue] = []
  private var isOwn = false
  private var namedHead: String?
  private var ids: [String: ULID] = [:]
  private var count = 0
  private var unread = 0
  private var tip: ULID?
  private var lastMoment: Timestamp
  /// What the companion is called, in lower case.
  private var companions: Set<String> = []

  nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe surroundings.files.asUnownedSerialExecutor()
  }

  init(
    _ source: ImportSource, of owner: Owner, _ surroundings: Engine.Surroundings, uploads: UploadDesk
  ) {
    self.source = source
    self.owner = owner
    self.surroundings = surroundings
    self.uploads = uploads
    lastMoment = surroundings.wallClock.now()
  }

  // MARK: The beginning

  /// What the file says of itself. Refuses what is no chat before anything is written.
  func open() async throws(EngineError) -> IncomingChat {
    var feed = try await LineFeed(source, of: owner, uploads: uploads)
    var first: JSONValue?
    while first == nil, let line = try await feed.next() {
      guard case .text(let text) = line else { break }
      if text.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { continue }
      guard let value = try? ForgivingJSON.read(text) else { break }
      first = value
    }
    if let first, Self.isTavern(first) {
      self.feed = feed
      if !tavern.takeHeader(first), let line = tavern.message(first) { lines.append(line) }
      try await fill()
      guard !lines.isEmpty else { throw .unsupported("There is no message in this chat.") }
      var chat = tavern.chat
      chat.companion =
        chat.companion ?? lines.lazy.compactMap { $0.role == .assistant ? $0.author : nil }.first
      return chat
    }
    return try await openDocument(feed)
  }

  private static func isTavern(_ line: JSONValue) -> Bool {
    guard let members = line.object else { return false }
    return members["mes"] != nil || members["user_name"] != nil || members["chat_metadata"] != nil
      || members["name"]?.string != nil && members["is_user"] != nil
  }

  private func openDocument(_ feed: LineFeed) async throws(EngineError) -> IncomingChat {
    guard feed.size <= Int64(Self.largestDocument) else {
      throw .tooLarge(what: "A chat that is not in lines", limit: Int64(Self.largestDocument))
    }
    let bytes = try await feed.all()
    let document: JSONValue
    do throws(ForgivingJSON.Fault) {
      document = try ForgivingJSON.read(bytes, atMost: Self.mostValues)
    } catch {
      switch error {
      case .syntax(let at):
        throw .unsupported("This is no chat that is read here: byte \(at) makes no sense as JSON.")
      case .tooDeep: throw .unsupported("This file is nested deeper than any chat.")
      case .tooMany:
        throw .unsupported("This file has more than \(Self.mostValues) values: bring it in as JSONL.")
      }
    }
    if OwnChat.isOne(document) {
      isOwn = true
      own = (document["messages"]?.array ?? []).reversed()
      namedHead = document["head"]?.string
      guard !own.isEmpty else { throw .unsupported("There is no message in this chat.") }
      return OwnChat.chat(document)
    }
    var result: (chat: IncomingChat, lines: [IncomingLine])?
    if let items = document.array, items.contains(where: Self.isTavern) {
      let made = items.compactMap { tavern.takeHeader($0) ? nil : tavern.message($0) }
      result = (tavern.chat, made)
    }
    guard let found = result ?? OtherChats.read(document) else {
      throw .unsupported(
        document["spec"] != nil || document["first_mes"] != nil
          ? "This is a card and no chat: it comes in with companion.import."
          : "This file is no chat of a program that is known here.")
    }
    guard !found.lines.isEmpty else { throw .unsupported("There is no message in this chat.") }
    lines = found.lines
    return found.chat
  }

  // MARK: The messages

  /// What the companion is called here and there: lines by that name are its own.
  func settle(names: [String?]) { companions = Set(names.compactMap { $0?.lowercased() }) }

  /// The next messages, parents first; nil when there are no more.
  func next() async throws(EngineError) -> [ImportedMessage]? {
    let messages = isOwn ? nextOwn() : try await nextLines()
    count += messages.count
    guard count <= Self.mostMessages else {
      throw .tooLarge(what: "A chat in messages", limit: Int64(Self.mostMessages))
    }
    return messages.isEmpty ? nil : messages
  }

  struct Report: Sendable {
    var head: ULID?
    var messages: Int
    var warnings: [String]
  }

  func report() -> Report {
    var warnings = tavern.coercion.warnings
    if unread > 0 { warnings.add("\(unread) lines could not be read; they were left out.") }
    return Report(head: namedHead.flatMap { ids[$0] } ?? tip, messages: count, warnings: warnings.list)
  }

  private func nextLines() async throws(EngineError) -> [ImportedMessage] {
    if lines.isEmpty { try await fill() }
    var messages: [ImportedMessage] = []
    var taken = 0
    // Ways of one line stay together.
    while taken < lines.count, messages.count < Self.batch {
      messages += made(lines[taken])
      taken += 1
    }
    lines.removeFirst(taken)
    return messages
  }

  /// Reads on until there is a batch, or no more.
  private func fill() async throws(EngineError) {
    guard var feed else { return }
    var bytes = 0
    while lines.count < Self.batch, bytes < Self.batchBytes {
      guard let line = try await feed.next() else {
        self.feed = nil
        return
      }
      guard case .text(let text) = line else {
        unread += 1
        continue
      }
      bytes += text.count
      if text.allSatisfy({ [0x20, 0x0D, 0x09, 0].contains($0) }) { continue }
      guard let value = try? ForgivingJSON.read(text), value.object != nil else {
        unread += 1
        continue
      }
      if tavern.takeHeader(value) { continue }
      if let made = tavern.message(value) { lines.append(made) } else { unread += 1 }
    }
    self.feed = feed
  }

  private func made(_ line: IncomingLine) -> [ImportedMessage] {
    var next = tip
    let messages = line.ways.enumerated().map { number, way in
      if let at = way.at { lastMoment = at }
      var parts: [Part] = way.reasoning.map { [.reasoning($0)] } ?? []
      parts.append(.text(fitting(way.text)))
      if let rest = way.rest { parts.append(.other(rest)) }
      var message = ImportedMessage(
        id: surroundings.ids.make(), parent: tip, role: line.role, parts: parts, createdAt: lastMoment)
      message.author = author(line)
      message.isHidden = line.isHidden
      (message.model, message.mark, message.state) = (way.model, way.mark, way.state)
      if number == line.active { next = message.id }
      return message
    }
    tip = next
    return messages
  }

  private func author(_ line: IncomingLine) -> String? {
    guard let name = line.author, !companions.contains(name.lowercased()) else { return nil }
    return line.role == .assistant || line.role == .user ? name : nil
  }

  private func fitting(_ text: String) -> String {
    let limit = surroundings.limits.maxTextBytes
    guard text.utf8.count > limit else { return text }
    tavern.coercion.warnings.add("Some texts are longer than \(limit) bytes; they were cut.")
    return text.prefix(bytes: limit)
  }

  private func nextOwn() -> [ImportedMessage] {
    var messages: [ImportedMessage] = []
    while messages.count < Self.batch, let value = own.popLast() {
      guard let line = OwnChat.line(value), line.parts.contains(where: { !($0.text ?? "").isBlank }) else {
        unread += 1
        continue
      }
      let parent = line.parent.flatMap { ids[$0] }
      if line.parent != nil, parent == nil {
        tavern.coercion.warnings.add(
          "Some messages name one before them that is not there; they open the chat.")
      }
      var message = ImportedMessage(
        id: surroundings.ids.make(), parent: parent, role: line.role, parts: line.parts.map(cut),
        createdAt: line.createdAt ?? lastMoment)
      lastMoment = message.createdAt
      (message.author, message.model, message.state) = (line.author, line.model, line.state)
      message.mark = line.mark.flatMap { (1...200).contains($0.utf8.count) ? $0 : nil }
      message.isHidden = line.hidden ?? false
      ids[line.id] = message.id
      tip = message.id
      messages.append(message)
    }
    return messages
  }

  private func cut(_ part: Part) -> Part { part.text.map { .text(fitting($0)) } ?? part }
}
