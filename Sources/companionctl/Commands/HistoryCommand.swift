import Base
import Client
import Model
import Wire

extension Commands {
  static let history = CommandSpec(
    name: "history",
    summary: "Print what was said, the oldest first",
    takes: Place.words,
    words: 0...1,
    options: [
      OptionSpec("--limit", "N", "how many messages at most; 50 when absent"),
      OptionSpec("--before", "MESSAGE", "only what is older than this one"),
      OptionSpec("--leaf", "MESSAGE", "the branch that ends here, instead of the chat's own"),
      OptionSpec("--ids", nil, "each with its id and time"),
    ],
    discussion: Place.explained,
    examples: [
      .init("companionctl history ada", "The last fifty messages."),
      .init(
        "companionctl history --limit 200 --ids ada", "More of them, with what other commands call them."),
    ]
  ) { invocation in
    let client = invocation.client()
    let place = try Place.find(invocation.words.first, client)
    let params = ChatHistory.Params(
      chat: place.chat.id, leaf: try invocation.id("--leaf"), before: try invocation.id("--before"),
      limit: Int(try invocation.number("--limit", in: 1...200, whole: true) ?? 50))
    let reply = try client.call(CallRequest(ChatHistory.self, params), timeout: Invocation.patience)
    if invocation.json {
      invocation.print(reply.json)
      return .done
    }
    let history = try reply.decoded(as: ChatHistory.self)
    let user = try client.call(SettingsGet.self, timeout: Invocation.patience).settings.user
    var view = ConversationView(
      place: place, personName: user?.name, out: invocation.out, err: invocation.err)
    if history.more, let first = history.messages.first {
      view.note("there is more before: companionctl history --before \(first.id) \(place.chat.id)")
    }
    for message in history.messages {
      if invocation.has("--ids") {
        invocation.out.line(invocation.out.styled("\(message.id)  \(message.createdAt)", .dim))
      }
      view.show(message)
      if message.status == .streaming { view.note("a reply is being written: companionctl follow") }
    }
    if history.messages.isEmpty { view.note("nothing was said yet") }
    return .done
  }
}

extension Invocation {
  /// An option that names a row by its id.
  func id(_ name: String) throws(UsageError) -> ULID? {
    guard let word = value(name) else { return nil }
    guard let id = ULID(word) else {
      throw UsageError("\(name) takes an id of 26 characters, not \(word.escaped).", seeHelpOf: line.names)
    }
    return id
  }
}
