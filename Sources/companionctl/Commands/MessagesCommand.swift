import Base
import Client
import Model
import Wire

extension Commands {
  static let messages = CommandSpec(
    name: "messages",
    summary: "Look at single messages and change them",
    discussion: "MESSAGE is an id, as history --ids, tree --ids and search print it.",
    examples: [
      .init("companionctl messages edit 01KAJ6B4T2RWFZMVM7Q3W9G9A1 \"Is it lit now?\"", "In other words."),
      .init("companionctl messages mark 01KAJ6B4T2RWFZMVM7Q3W9G9A1 \"The first storm\"", "To find it again."),
    ],
    subcommands: [
      messagesShow, messagesEdit, messagesRegenerate, messagesContinue, messagesSwitch, messagesMark,
      messagesHide, messagesAdd, messagesDelete,
    ])

  private static let messagesShow = CommandSpec(
    name: "show",
    summary: "One message, whole",
    takes: "MESSAGE",
    words: 1...1
  ) { invocation in
    let params = MessageGet.Params(message: try message(invocation))
    guard let got = try invocation.ask(MessageGet.self, params)?.message else { return .done }
    let out = invocation.out
    var table = Table()
    table.row("chat", "\(got.chat)")
    if let parent = got.parent { table.row("answers", "\(parent)") }
    table.row("role", "\(got.role.rawValue)\(got.author.map { ", \($0.escaped)" } ?? "")")
    table.row("said", "\(got.createdAt.minute)\(got.editedAt.map { ", edited \($0.minute)" } ?? "")")
    if got.siblings.count > 1 { table.row("branch", "\(got.siblings.index + 1) of \(got.siblings.count)") }
    if let model = got.model { table.row("model", "\(model.escaped)") }
    if let finish = got.finish, finish != .stop { table.row("ended", "\(finish.rawValue)") }
    if let mark = got.mark { table.row("mark", "\(mark.escaped)") }
    if got.hidden == true { table.row("hidden", "yes, from the model") }
    out.line(table.text)
    out.line("\n\(got.text.speech)")
    return .done
  }

  private static let messagesEdit = CommandSpec(
    name: "edit",
    summary: "Say a message in other words",
    takes: "MESSAGE TEXT …|-",
    words: 2...4096,
    options: [
      OptionSpec("--replace", nil, "instead of the old wording, and what follows it stays"),
      OptionSpec("--no-reply", nil, "only store it"),
    ],
    discussion: """
      The new wording is a branch beside the old one, and the chat goes on there; a line of yours is answered, and the answer \
      printed as it is written. The text is the words, or with - what comes on stdin.
      """
  ) { invocation in
    var params = MessageEdit.Params(message: try message(invocation), text: try invocation.text(behind: 1))
    if invocation.has("--replace") { params.as = .replace }
    if invocation.has("--no-reply") { params.respond = false }
    return try generate(MessageEdit.self, params, invocation) { result in
      if result.turn == nil { invocation.err.line("stored as \(result.message.id)") }
      return result.turn
    }
  }

  private static let messagesRegenerate = CommandSpec(
    name: "regenerate",
    summary: "Have another reply written, beside this one or under this line",
    takes: "MESSAGE",
    words: 1...1,
    options: [
      OptionSpec("--model", "NAME", "another model for this reply"),
      OptionSpec("--how", "TEXT", "tell the model what is wanted"),
    ]
  ) { invocation in
    let params = MessageRegenerate.Params(
      message: try message(invocation), model: invocation.value("--model"),
      instruction: invocation.value("--how"))
    return try generate(MessageRegenerate.self, params, invocation) { $0.turn }
  }

  private static let messagesContinue = CommandSpec(
    name: "continue",
    summary: "Let a reply go on",
    takes: "MESSAGE",
    words: 1...1,
    discussion:
      "In place where nothing follows it; else as a branch that begins with a copy. Only what is new is printed."
  ) { invocation in
    let params = MessageContinue.Params(message: try message(invocation))
    return try generate(MessageContinue.self, params, invocation) { $0.turn }
  }

  /// Makes a call that has the companion write, and prints what is written.
  private static func generate<M: Method>(
    _ method: M.Type, _ params: M.Params, _ invocation: Invocation, turn: (M.Result) -> Turn?
  ) throws -> ExitCode {
    let client = invocation.client(reconnect: ReconnectPolicy(attempts: 30))
    let reply = try client.call(CallRequest(method, params))
    if invocation.json { invocation.print(reply.json) }
    guard let turn = turn(try reply.decoded(as: method)) else { return .done }
    return try ReplyPrinter.print(turn, client, invocation)
  }

  private static let messagesSwitch = CommandSpec(
    name: "switch",
    summary: "Have the chat go on from this message",
    takes: "MESSAGE",
    words: 1...1,
    discussion:
      "Every client that follows the chat goes along. Nothing is lost: tree shows the other branches."
  ) { invocation in
    let client = invocation.client()
    let leaf = try message(invocation)
    let chat = try client.call(
      MessageGet.self, MessageGet.Params(message: leaf), timeout: Invocation.patience
    )
    .message.chat
    let reply = try client.call(
      CallRequest(ChatSelect.self, ChatSelect.Params(chat: chat, leaf: leaf)), timeout: Invocation.patience)
    if invocation.json {
      invocation.print(reply.json)
    } else {
      invocation.out.line("The chat goes on there now.")
    }
    return .done
  }

  private static let messagesMark = CommandSpec(
    name: "mark",
    summary: "Put a bookmark on a message, or take it away",
    takes: "MESSAGE [NAME …]",
    words: 1...64,
    discussion: "Without a name the bookmark goes."
  ) { invocation in
    let name = invocation.words.dropFirst().joined(separator: " ")
    let params = MessageMark.Params(message: try message(invocation), name: name.isEmpty ? nil : name)
    guard let marked = try invocation.ask(MessageMark.self, params)?.message else { return .done }
    invocation.out.line(marked.mark.map { "It is marked \($0.escaped)." } ?? "It has no mark.")
    return .done
  }

  private static let messagesHide = CommandSpec(
    name: "hide",
    summary: "Keep a message from the model, or show it again",
    takes: "MESSAGE",
    words: 1...1,
    options: [OptionSpec("--undo", nil, "show it again")],
    discussion: "The chat shows it all the same."
  ) { invocation in
    let params = MessageHide.Params(message: try message(invocation), hidden: !invocation.has("--undo"))
    guard let hidden = try invocation.ask(MessageHide.self, params)?.message else { return .done }
    invocation.out.line(hidden.hidden == true ? "The model does not see it any more." : "The model sees it.")
    return .done
  }

  private static let messagesAdd = CommandSpec(
    name: "add",
    summary: "Write a line of any role, without a reply",
    takes: "COMPANION|CHAT user|assistant|system|narrator TEXT …|-",
    words: 3...4096,
    options: [OptionSpec("--leaf", "MESSAGE", "under this message instead of the chat's last")],
    examples: [.init("companionctl messages add ada narrator \"Night falls.\"", "What neither of you says.")]
  ) { invocation in
    let word = invocation.words[1]
    guard let role = Message.Role(rawValue: word) else {
      let known = Message.Role.allCases.map(\.rawValue)
      let hint = Suggestion.nearest(to: word, in: known).map { " Did you mean \($0)?" } ?? ""
      throw UsageError(
        "\(word.escaped) is no role; there are \(known.joined(separator: ", ")).\(hint)",
        seeHelpOf: invocation.line.names)
    }
    let client = invocation.client()
    let params = MessageAdd.Params(
      chat: try Place.find(invocation.words[0], client).chat.id, leaf: try invocation.id("--leaf"),
      role: role,
      text: try invocation.text(behind: 2))
    let reply = try client.call(CallRequest(MessageAdd.self, params), timeout: Invocation.patience)
    if invocation.json {
      invocation.print(reply.json)
    } else {
      invocation.err.line("stored as \(try reply.decoded(as: MessageAdd.self).message.id)")
    }
    return .done
  }

  private static let messagesDelete = CommandSpec(
    name: "delete",
    summary: "Move a message to the trash",
    takes: "MESSAGE",
    words: 1...1,
    options: [
      OptionSpec("--all-below", nil, "with everything that follows it"),
      OptionSpec("--lift", nil, "what follows it takes its place"),
    ],
    discussion:
      "One that others follow goes only with one of the two. For 30 days trash restore brings it back."
  ) { invocation in
    var params = MessageDelete.Params(message: try message(invocation))
    guard !(invocation.has("--all-below") && invocation.has("--lift")) else {
      throw UsageError("--all-below and --lift exclude each other.", seeHelpOf: invocation.line.names)
    }
    if invocation.has("--all-below") { params.children = .delete }
    if invocation.has("--lift") { params.children = .lift }
    let result: MessageDelete.Result?
    do {
      result = try invocation.ask(MessageDelete.self, params)
    } catch ClientError.daemon(let error)
      where error.code == .conflict && params.children == nil && !invocation.json
    {
      let count = error.details["count"]?.integer.map { Amounts.count(Int($0), "message") } ?? "something"
      throw Missing(
        description:
          "It is followed by \(count): say --all-below to delete all of it, or --lift to keep what follows.")
    }
    guard let deleted = result else { return .done }
    invocation.out.line("It is in the trash.")
    invocation.tellHowToRestore(deleted.entry)
    return .done
  }

  private static func message(_ invocation: Invocation) throws(UsageError) -> ULID {
    try invocation.id(of: invocation.words[0], "a message")
  }
}

extension Invocation {
  /// The words behind the first so many as one text, or with a lone dash all of stdin without its last line ends.
  func text(behind first: Int) throws -> String {
    let rest = words.dropFirst(first)
    guard rest.count == 1, rest.first == "-" else { return rest.joined(separator: " ") }
    var text = String(decoding: try StandardInput.all(), as: UTF8.self)
    while text.last?.isNewline == true { text.removeLast() }
    return text
  }
}
