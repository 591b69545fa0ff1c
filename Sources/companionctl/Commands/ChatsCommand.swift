import Base
import Client
import FoundationEssentials
import Model
import Wire

extension Commands {
  static let chats = CommandSpec(
    name: "chats",
    summary: "List and look after your chats",
    takes: "[COMPANION]",
    words: 0...1,
    options: chatsList.options,
    discussion:
      "Alone it is list. CHAT is a chat's id; a companion's handle means the most recent chat with them.",
    examples: [
      .init("companionctl chats ada", "Those with one companion."),
      .init("companionctl chats rename ada \"A night at sea\"", "The most recent one with Ada."),
      .init("companionctl chats set ada model home/gemma", "Who answers there."),
    ],
    subcommands: [
      chatsList, chatsShow, chatsRename, chatsSet, chatsUnset, chatsPin, chatsRead, chatsArchive, chatsDelete,
    ],
    run: chatsList.run)

  private static let chatsList = CommandSpec(
    name: "list",
    summary: "Your chats with their ids, the latest first",
    takes: "[COMPANION]",
    words: 0...1,
    options: [
      OptionSpec("--query", "TEXT", "those whose title holds this"),
      OptionSpec("--limit", "N", "how many at most; 50 when absent"),
    ]
  ) { invocation in
    var left = Int(try invocation.number("--limit", in: 1...10_000, whole: true) ?? 50)
    let client = invocation.client()
    let names = Names(client)
    var params = ChatList.Params(companion: invocation.words.first, query: invocation.value("--query"))
    var table = Table()
    // For the eye alone; a script reads rows.
    if invocation.out.isTerminal { heads(&table, invocation.out) }
    var isEmpty = true
    repeat {
      params.limit = min(left, 200)
      let reply = try client.call(CallRequest(ChatList.self, params), timeout: Invocation.patience)
      let page = try reply.decoded(as: ChatList.self)
      if invocation.json {
        invocation.print(reply.json)
      } else {
        for chat in page.chats { row(chat, try names.name(of: chat.companion), &table, invocation.out) }
      }
      left -= page.chats.count
      if !page.chats.isEmpty { isEmpty = false }
      params.cursor = page.next
    } while params.cursor != nil && left > 0
    guard !invocation.json else { return .done }
    if isEmpty { invocation.out.line("There is no chat yet.") } else { invocation.out.table(table) }
    if params.cursor != nil { invocation.err.line(invocation.err.styled("(there are more: --limit)", .dim)) }
    return .done
  }

  private static func heads(_ table: inout Table, _ out: Output) {
    func head(_ text: String) -> Table.Cell { Table.Cell(text, shown: out.styled(text, .dim)) }
    table.row(head("chat"), head("with"), head("title"), head("said"), head("last"))
  }

  private static func row(_ chat: Chat, _ companion: String, _ table: inout Table, _ out: Output) {
    let notes = [
      chat.unread > 0 ? "\(chat.unread) unread" : nil, chat.archived ? "archived" : nil,
      chat.turn == nil ? nil : "being answered",
    ].compactMap(\.self).joined(separator: ", ")
    table.row(
      Table.Cell(chat.id.description, shown: out.styled(chat.id.description, .dim)),
      .yielding(companion.escaped), .yielding(chat.title.escaped), .figure("\(chat.messages)"),
      "\(chat.updatedAt.day)", Table.Cell(notes, shown: out.styled(notes, .yellow)))
  }

  private static let chatsShow = CommandSpec(
    name: "show",
    summary: "One chat with its settings",
    takes: "CHAT",
    words: 1...1,
    discussion: "What was said in it is history's to tell."
  ) { invocation in
    let client = invocation.client()
    let place = try Place.find(invocation.words[0], client)
    let (chat, out) = (place.chat, invocation.out)
    guard !invocation.json else {
      try invocation.print(["chat": chat])
      return .done
    }
    out.line(out.styled(chat.title.escaped, .bold))
    var table = Table(indent: "  ")
    table.row("id", "\(chat.id)")
    table.row(
      "with",
      "\(place.companion.name.escaped), \(chat.version == 0 ? "the draft" : "version \(chat.version)")")
    table.row("mode", "\(chat.mode.rawValue)")
    table.row("messages", "\(chat.messages)\(chat.unread > 0 ? ", \(chat.unread) unread" : "")")
    table.row("made", "\(chat.createdAt.minute)")
    table.row("last", "\(chat.updatedAt.minute)")
    if chat.archived { table.row("archived", "yes") }
    let settings = JSONText.value(chat.settings)
    for name in SettingName.ofChat {
      guard let value = settings.at(name.path[...]), value != .null else { continue }
      table.row("\(name.path)", "\(value.shown.escaped)")
    }
    out.line(table.text)
    return .done
  }

  private static let chatsRename = CommandSpec(
    name: "rename",
    summary: "Give a chat another title",
    takes: "CHAT TITLE …",
    words: 2...128
  ) { invocation in
    let title = invocation.words.dropFirst().joined(separator: " ")
    return try update(invocation) {
      $0.title = title
    } done: {
      "It is called \($0.title.escaped) now."
    }
  }

  private static let chatsPin = CommandSpec(
    name: "pin",
    summary: "Move a chat to another version of its companion",
    takes: "CHAT VERSION",
    words: 2...2,
    discussion: "VERSION is a number of companions versions, or draft.",
    examples: [.init("companionctl chats pin ada 2", "As Ada was then.")]
  ) { invocation in
    let word = invocation.words[1]
    guard let version = word == "draft" ? 0 : Int(word), version >= 0 else {
      throw UsageError("VERSION is a number or draft, not \(word.escaped).", seeHelpOf: invocation.line.names)
    }
    return try update(invocation) {
      $0.version = version
    } done: {
      $0.version == 0 ? "It has the draft now." : "It has version \($0.version) now."
    }
  }

  private static func update(
    _ invocation: Invocation, _ change: (inout ChatUpdate.Params) -> Void, done: (Chat) -> String
  ) throws -> ExitCode {
    let client = invocation.client()
    var params = ChatUpdate.Params(chat: try Place.find(invocation.words[0], client).chat.id)
    change(&params)
    let reply = try client.call(CallRequest(ChatUpdate.self, params), timeout: Invocation.patience)
    if invocation.json {
      invocation.print(reply.json)
    } else {
      invocation.out.line(done(try reply.decoded(as: ChatUpdate.self).chat))
    }
    return .done
  }

  private static let chatsSet = CommandSpec(
    name: "set",
    summary: "Change a chat's settings, by name and value; the others stay",
    takes: "CHAT NAME VALUE …",
    words: 3...129,
    discussion: "All of them change together, or none. settings set defaults.… is for chats yet to come.",
    terms: ("Names", SettingName.ofChat.map { ($0.path, $0.kind.words) }),
    examples: [
      .init("companionctl chats set ada note.text \"It is night.\" note.depth 4", "A note to the model.")
    ]
  ) { invocation in
    let words = invocation.words.dropFirst()
    guard words.count % 2 == 0 else {
      throw UsageError(
        "\(words[words.endIndex - 1].escaped) has no value: names and values come in pairs.",
        seeHelpOf: invocation.line.names)
    }
    let changes = try stride(from: 1, to: invocation.words.count, by: 2).map { index in
      let name = try SettingName.named(
        invocation.words[index], among: SettingName.ofChat, seeHelpOf: invocation.line.names)
      return (name.path, try name.value(of: invocation.words[index + 1], seeHelpOf: invocation.line.names))
    }
    return try change(changes, invocation)
  }

  private static let chatsUnset = CommandSpec(
    name: "unset",
    summary: "Clear settings of a chat, or a whole group of them",
    takes: "CHAT NAME …",
    words: 2...64,
    terms: ("Names", SettingName.ofChat.map { ($0.path, $0.kind.words) }),
    examples: [.init("companionctl chats unset ada note sampling", "Two groups.")]
  ) { invocation in
    let changes = try invocation.words.dropFirst().map { word in
      let path = try SettingName.path(
        orGroup: word, among: SettingName.ofChat, seeHelpOf: invocation.line.names)
      return (path, JSONValue.null)
    }
    return try change(changes, invocation)
  }

  /// Under the revision that was read, since a group is replaced whole; an edit of somebody else in between is taken in stride.
  private static func change(_ changes: [(String, JSONValue)], _ invocation: Invocation) throws -> ExitCode {
    let client = invocation.client()
    let id = try Place.find(invocation.words[0], client).chat.id
    var attempt = 1
    while true {
      let chat = try client.call(ChatGet.self, ChatGet.Params(chat: id), timeout: Invocation.patience).chat
      let params = ChatUpdate.Params(
        chat: id, settings: try SettingsEdit.patch(chat.settings, changes, seeHelpOf: invocation.line.names),
        ifRevision: chat.revision)
      let request = try CallRequest(ChatUpdate.self, params)
      let outcome = Result { () throws(ClientError) in
        try client.call(request, timeout: Invocation.patience)
      }
      if attempt < 4, case .failure(.daemon(let error)) = outcome, error.code == .conflict {
        attempt += 1
        continue
      }
      let reply = try outcome.get()
      if invocation.json {
        invocation.print(reply.json)
      } else {
        invocation.out.line("It is so now. See companionctl chats show \(invocation.words[0].escaped)")
      }
      return .done
    }
  }

  private static let chatsRead = CommandSpec(
    name: "read",
    summary: "Mark what was said in a chat as read",
    takes: "CHAT",
    words: 1...1,
    options: [OptionSpec("--message", "MESSAGE", "only up to this one")]
  ) { invocation in
    let client = invocation.client()
    let params = ChatRead.Params(
      chat: try Place.find(invocation.words[0], client).chat.id, message: try invocation.id("--message"))
    let reply = try client.call(CallRequest(ChatRead.self, params), timeout: Invocation.patience)
    if invocation.json {
      invocation.print(reply.json)
    } else {
      let unread = try reply.decoded(as: ChatRead.self).chat.unread
      invocation.out.line(unread == 0 ? "All of it is read." : "\(unread) unread are left.")
    }
    return .done
  }

  private static let chatsArchive = CommandSpec(
    name: "archive",
    summary: "Put a chat aside, or back",
    takes: "CHAT",
    words: 1...1,
    options: [OptionSpec("--undo", nil, "back among the others")],
    discussion: "To take one back, name it by its id."
  ) { invocation in
    let undo = invocation.has("--undo")
    let client = invocation.client()
    let place = try Place.find(invocation.words[0], client)
    let params = ChatArchive.Params(chat: place.chat.id, archived: undo ? false : nil)
    let reply = try client.call(CallRequest(ChatArchive.self, params), timeout: Invocation.patience)
    if invocation.json {
      invocation.print(reply.json)
    } else {
      invocation.out.line("\(place.chat.title.escaped) is \(undo ? "back" : "archived").")
      if !undo {
        let how = "(companionctl chats archive --undo \(place.chat.id) puts it back)"
        invocation.err.line(invocation.err.styled(how, .dim))
      }
    }
    return .done
  }

  private static let chatsDelete = CommandSpec(
    name: "delete",
    summary: "Move a chat to the trash",
    takes: "CHAT",
    words: 1...1,
    discussion: "For 30 days trash restore brings all of it back."
  ) { invocation in
    let client = invocation.client()
    let place = try Place.find(invocation.words[0], client)
    let reply = try client.call(
      CallRequest(ChatDelete.self, ChatDelete.Params(chat: place.chat.id)), timeout: Invocation.patience)
    if invocation.json {
      invocation.print(reply.json)
    } else {
      let deleted = try reply.decoded(as: ChatDelete.self)
      let count = Amounts.count(deleted.chat.messages, "message")
      invocation.out.line("\(deleted.chat.title.escaped) with \(count) is in the trash.")
      invocation.tellHowToRestore(deleted.entry)
    }
    return .done
  }
}

extension JSONValue {
  /// A setting's value as a person wrote it.
  var shown: String {
    if case .string(let text) = self { return text }
    return String(decoding: (try? JSONText.encoder().encode(self)) ?? Data(), as: UTF8.self)
  }
}
