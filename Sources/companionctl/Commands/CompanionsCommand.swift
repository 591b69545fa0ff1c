import Base
import Client
import Model
import Wire

extension Commands {
  static let companions = CommandSpec(
    name: "companions",
    summary: "Your companions, those you talked with last first",
    takes: "[QUERY]",
    words: 0...1,
    options: [OptionSpec("--archived", nil, "the archived ones instead of the others")],
    discussion: "With a query, those whose name, handle or tags hold it.",
    examples: [
      .init("companionctl companions", "Who is there?"),
      .init("companionctl --json companions | jq -r '.companions[].handle'", "For a script."),
    ]
  ) { invocation in
    var table = Table()
    let client = invocation.client()
    var cursor: String?
    repeat {
      let params = CompanionList.Params(
        query: invocation.words.first, archived: invocation.has("--archived") ? true : nil, cursor: cursor,
        limit: 200)
      let reply = try client.call(CallRequest(CompanionList.self, params), timeout: Invocation.patience)
      let page = try reply.decoded(as: CompanionList.self)
      if invocation.json { invocation.print(reply.json) }
      for companion in page.companions { row(companion, &table, invocation.out) }
      cursor = page.next
    } while cursor != nil
    guard !invocation.json else { return .done }
    if table.isEmpty {
      invocation.out.line("There is nobody yet. Make a companion with: companionctl new NAME")
    } else {
      invocation.out.line(table.text)
    }
    return .done
  }

  private static func row(_ companion: Companion, _ table: inout Table, _ out: Output) {
    let last = companion.lastMessageAt.map { "last \($0.day)" } ?? "never talked"
    table.row(
      Table.Cell(companion.handle.escaped, shown: out.styled(companion.handle.escaped, .cyan)),
      .yielding(companion.name.escaped), "\(Amounts.count(companion.chats, "chat"))",
      Table.Cell(last, shown: out.styled(last, .dim)), .yielding((companion.tagline ?? "").escaped))
  }

  static let chats = CommandSpec(
    name: "chats",
    summary: "Your chats with their ids, the latest first",
    takes: "[COMPANION]",
    words: 0...1,
    options: [OptionSpec("--limit", "N", "how many at most; 50 when absent")],
    examples: [.init("companionctl chats ada", "Those with one companion.")]
  ) { invocation in
    let limit = Int(try invocation.number("--limit", in: 1...200, whole: true) ?? 50)
    let params = ChatList.Params(companion: invocation.words.first, limit: limit)
    guard let list = try invocation.ask(ChatList.self, params) else { return .done }
    var table = Table()
    for chat in list.chats {
      let unread = chat.unread > 0 ? "\(chat.unread) unread" : ""
      table.row(
        Table.Cell(chat.id.description, shown: invocation.out.styled(chat.id.description, .dim)),
        .yielding(chat.title.escaped), "\(Amounts.count(chat.messages, "message"))", "\(chat.updatedAt.day)",
        Table.Cell(unread, shown: invocation.out.styled(unread, .yellow)))
    }
    invocation.out.line(table.isEmpty ? "There is no chat yet." : table.text)
    return .done
  }
}

extension Timestamp {
  /// The day alone, in UTC as the wire has it.
  var day: String { String(description.prefix(10)) }
  /// Day and time of day, in UTC.
  var minute: String { String(description.prefix(16)).replacing("T", with: " ") }
}
