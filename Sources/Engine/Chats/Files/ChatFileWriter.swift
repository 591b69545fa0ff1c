import Base
import FoundationEssentials
import Model
import Store

/// Writes a chat for other programs, read page by page, on the files' thread.
actor ChatFileWriter {
  /// What a client fetches in pieces, and the daemon holds until then.
  static let largest = 64 << 20
  private static let page = 100

  private let chat: ULID
  private let owner: Owner
  private let surroundings: Engine.Surroundings
  private var bytes = 0

  nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe surroundings.files.asUnownedSerialExecutor()
  }

  init(_ chat: ULID, of owner: Owner, _ surroundings: Engine.Surroundings) {
    self.chat = chat
    self.owner = owner
    self.surroundings = surroundings
  }

  /// What stands above the messages.
  private struct Head: Sendable {
    var chat: Chat
    var companion: Companion
    var persona: Persona

    var companionName: String { persona.nickname ?? persona.name }
    var userName: String { chat.settings.user?.name ?? PromptBuilder.nobody }
  }

  func write(
    _ format: ChatTransferDesk.Format, leaf: ULID?,
    _ encode: @Sendable (ChatTransferDesk.Exported) throws -> [UInt8]
  ) async throws(EngineError) -> [UInt8] {
    let chat = chat
    let head = try await surroundings.reading(owner) { snapshot in
      let stored = try snapshot.chat(chat)
      if let leaf { _ = try snapshot.tip(belowLeaf: leaf, in: stored) }
      return Head(
        chat: stored, companion: try snapshot.companion(stored.companion),
        persona: try snapshot.version(stored.version, of: stored.companion).persona)
    }
    let text: String
    let (mime, ending): (String, String)
    switch format {
    case .jsonl: (mime, ending, text) = ("application/jsonl", "jsonl", try await tavern(head, leaf))
    case .markdown: (mime, ending, text) = ("text/markdown", "md", try await markdown(head, leaf))
    case .json: (mime, ending, text) = ("application/json", "json", try await own(head))
    }
    let day = (head.chat.createdAt.description).prefix(10)
    do {
      return try encode(.init(name: "\(head.companion.handle)-\(day).\(ending)", mime: mime, text: text))
    } catch {
      throw .fault("\(error)")
    }
  }

  // MARK: One branch

  /// From the root to the leaf, each message with those beside it.
  private func branch(_ leaf: ULID?) async throws(EngineError) -> [[Message]] {
    var result: [[Message]] = []
    var before: ULID?
    let chat = chat
    while true {
      let edge = before.map { HistoryEdge.before($0) } ?? .newest
      let page = try await surroundings.reading(owner) { snapshot in
        let history = try snapshot.history(of: chat, leaf: leaf, edge, limit: Self.page)
        let rows = try history.messages.map { message in
          guard message.siblings.count > 1 else { return [message] }
          let beside = try snapshot.siblings(of: message.id, limit: 200).items.map(\.message)
          // The branch's own stands first, so that it is known.
          return [message] + beside.filter { $0.role == message.role && $0.status != .streaming }
        }
        return (rows: rows, more: history.more)
      }
      for row in page.rows { for message in row { try charge(message.text.utf8.count + 256) } }
      result += page.rows.reversed()
      guard page.more, let oldest = page.rows.first?.first else { break }
      before = oldest.id
    }
    return result.reversed()
  }

  private func charge(_ count: Int) throws(EngineError) {
    bytes += count
    guard bytes <= Self.largest else { throw .tooLarge(what: "An exported chat", limit: Int64(Self.largest)) }
  }

  private func tavern(_ head: Head, _ leaf: ULID?) async throws(EngineError) -> String {
    let writer = SillyTavernWriter(user: head.userName, companion: head.companionName)
    var lines = [try Self.line(writer.header(head.chat))]
    for row in try await branch(leaf) where row[0].status != .streaming {
      lines.append(try Self.line(writer.message(row[0], beside: Array(row.dropFirst()))))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func markdown(_ head: Head, _ leaf: ULID?) async throws(EngineError) -> String {
    var text = "# \(head.chat.title.replacing("\n", with: " "))\n\n"
    text +=
      "\(head.companionName) and \(head.userName), begun \(head.chat.createdAt.description.prefix(10))\n"
    for row in try await branch(leaf) {
      let message = row[0]
      let name =
        switch message.role {
        case .user: message.author ?? head.userName
        case .assistant: message.author ?? head.companionName
        case .system: "System"
        case .narrator: "Narrator"
        }
      let moment = message.createdAt.description.prefix(16).replacing("T", with: " ")
      let hidden = message.hidden == true ? ", hidden from the model" : ""
      text += "\n**\(name)** (\(moment)\(hidden))\n\n\(message.text)\n"
    }
    return text
  }

  // MARK: The whole tree

  private func own(_ head: Head) async throws(EngineError) -> String {
    var top = OwnChat.Head(companion: head.persona.name, title: head.chat.title, mode: head.chat.mode)
    (top.user, top.note, top.head) = (head.chat.settings.user?.name, head.chat.settings.note, head.chat.head)
    var text = try Self.line(top)
    text.removeLast()
    text += ",\"messages\":["
    var (after, isFirst): (Int64?, Bool) = (nil, true)
    let chat = chat
    repeat {
      let from = after
      let page = try await surroundings.reading(owner) { snapshot in
        try snapshot.messages(of: chat, after: from, limit: Self.page)
      }
      for message in page.items where message.status != .streaming {
        let line: String
        do { line = try Self.line(try OwnChat.written(message)) } catch { throw .fault("\(error)") }
        try charge(line.utf8.count)
        text += isFirst ? "\n" + line : ",\n" + line
        isFirst = false
      }
      after = page.next
    } while after != nil
    return text + "\n]}\n"
  }

  private static func line(_ value: some Encodable) throws(EngineError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(value), as: UTF8.self)
    } catch {
      throw .fault("a chat cannot be written: \(error)")
    }
  }
}
