import Base
import Client
import FoundationEssentials
import Model
import Wire

extension Commands {
  static let importing = CommandSpec(
    name: "import",
    summary: "Bring in a character card or a chat",
    takes: "FILE|-",
    words: 1...1,
    options: [
      OptionSpec("--as", "card|chat", "what it is, where that cannot be seen"),
      OptionSpec("--companion", "COMPANION", "whose chat it becomes; else the one whose name it has"),
      OptionSpec("--handle", "HANDLE", "a short name for the companion of a card"),
      OptionSpec("--dry-run", nil, "only tell what it would become"),
    ],
    discussion: """
      Cards are JSON, PNG or CHARX, of any version; chats are SillyTavern's JSONL, what companionctl export writes, and those of \
      some further programs. What was not as it should be is read as it was meant, and told.
      """,
    examples: [
      .init("companionctl import ada.png", "A companion of a card."),
      .init("companionctl import --companion ada \"Ada - 2023-6-19.jsonl\"", "An old chat with her."),
      .init("companionctl import --dry-run ada.png", "What is in it?"),
    ]
  ) { invocation in
    let word = invocation.words[0]
    let limit = Limits().maxUploadBytes
    let bytes = word == "-" ? try StandardInput.all(limit: limit) : try FileText.read(word, limit: limit)
    let isChat: Bool
    switch invocation.value("--as") {
    case "card": isChat = false
    case "chat": isChat = true
    case nil: isChat = ImportedFile.isChat(bytes, named: word)
    case let other?:
      throw UsageError("--as takes card or chat, not \(other.escaped).", seeHelpOf: invocation.line.names)
    }
    let client = invocation.client()
    // In base64 it takes a third more, and must fit into a line with room to spare.
    let upload =
      bytes.count > Limits().maxLineBytes / 2
      ? try client.upload(bytes, timeout: Invocation.patience) : nil
    let data = upload == nil ? bytes : nil
    let isDry = invocation.has("--dry-run") ? true : nil
    return isChat
      ? try bringChat(
        .init(data: data, upload: upload, companion: invocation.value("--companion"), dryRun: isDry), client,
        invocation)
      : try bringCard(
        .init(data: data, upload: upload, handle: invocation.value("--handle"), dryRun: isDry), client,
        invocation)
  }

  /// Reading a large one takes its time.
  private static let patience = Duration.seconds(600)

  private static func bringCard(
    _ params: CompanionImport.Params, _ client: BlockingClient, _ invocation: Invocation
  ) throws -> ExitCode {
    let reply = try client.call(CallRequest(CompanionImport.self, params), timeout: patience)
    if invocation.json {
      invocation.print(reply.json)
      return .done
    }
    let result = try reply.decoded(as: CompanionImport.self)
    tell(result.warnings, invocation)
    if let companion = result.companion {
      invocation.out.line(
        "\(companion.name.escaped) is here. Begin with: companionctl chat \(companion.handle.escaped)")
    } else if let persona = result.persona {
      let entries = persona.lorebook?["entries"]?.array?.count ?? 0
      var facts = ["\(persona.greetings?.count ?? 0) greetings"]
      if entries > 0 { facts.append("a book of \(entries == 1 ? "1 entry" : "\(entries) entries")") }
      if let tags = result.tags, !tags.isEmpty {
        facts.append("tags \(tags.joined(separator: ", ").escaped)")
      }
      invocation.out.line("\(persona.name.escaped): \(facts.joined(separator: ", ")).")
    }
    return .done
  }

  private static func bringChat(
    _ params: ChatImport.Params, _ client: BlockingClient, _ invocation: Invocation
  ) throws -> ExitCode {
    let reply = try client.call(CallRequest(ChatImport.self, params), timeout: patience)
    if invocation.json {
      invocation.print(reply.json)
      return .done
    }
    let result = try reply.decoded(as: ChatImport.self)
    tell(result.warnings, invocation)
    let name = result.companion?.name.escaped ?? "a new companion"
    let count = result.messages == 1 ? "1 message" : "\(result.messages) messages"
    invocation.out.line(
      result.chat.map { "\(count) with \(name), as chat \($0.id)." }
        ?? "\(count), which would be with \(name).")
    return .done
  }

  private static func tell(_ warnings: [String], _ invocation: Invocation) {
    for warning in warnings { invocation.err.line("note: \(warning.printable(limit: 1024))") }
  }
}

/// What a file is, by its beginning and its members.
enum ImportedFile {
  static func isChat(_ bytes: Data, named name: String) -> Bool {
    if name.lowercased().hasSuffix(".jsonl") { return true }
    guard let document = try? JSONDecoder().decode(JSONValue.self, from: bytes) else {
      // Several lines of JSON are no JSON; a picture begins otherwise.
      let mark = Data(#""mes""#.utf8)
      return bytes.first == UInt8(ascii: "{") && bytes.prefix(64 << 10).firstRange(of: mark) != nil
    }
    if document.array != nil { return true }
    return ["mes", "chat_metadata", "messages", "histories", "data_visible", "savedsettings", "user_name"]
      .contains {
        document[$0] != nil
      } || document["data"]?["message"] != nil
  }
}
