import Base
import Client
import Model
import Wire

extension Commands {
  static let send = CommandSpec(
    name: "send",
    summary: "Say something and print the reply as it is written",
    takes: "COMPANION|CHAT TEXT …|-",
    words: 2...4096,
    options: [
      OptionSpec("--wait", nil, "print the reply when it is stored, all at once"),
      OptionSpec("--no-reply", nil, "only store the line"),
      OptionSpec("--model", "NAME", "another model for this reply"),
      OptionSpec("--leaf", "MESSAGE", "answer this message instead of the chat's last"),
      OptionSpec("--key", "KEY", "says the same once, however often it is tried"),
    ],
    discussion: """
      A companion is a handle, its beginning or an id: the line goes to the most recent chat with them, or a new one. \
      The text is the words, or with - what comes on stdin. Only the reply goes to stdout. When this command is \
      interrupted the reply is finished all the same; companionctl cancel stops it. The exit status is 1 when the reply \
      failed or was cut short.
      """,
    examples: [
      .init("companionctl send ada \"Is the lamp lit?\"", "Streams the answer."),
      .init("git diff | companionctl send ada --wait -", "From a pipe."),
      .init("companionctl --json send --wait ada Hello | jq -r .reply.parts[0].text", "For a script."),
    ]
  ) { invocation in
    let client = invocation.client(reconnect: ReconnectPolicy(attempts: 30))
    let request = try CallRequest(
      MessageSend.self, line(invocation, client), key: invocation.value("--key"))
    let reply = try client.call(request)
    let sent = try reply.decoded(as: MessageSend.self)
    if invocation.json { invocation.print(reply.json) }
    guard let turn = sent.turn else {
      if !invocation.json { invocation.err.line("stored as \(sent.message.id)") }
      return .done
    }
    if invocation.has("--wait") { return finished(turn, sent.reply, invocation) }
    return try ReplyPrinter.print(turn, client, invocation)
  }

  private static func line(_ invocation: Invocation, _ client: BlockingClient) throws -> MessageSend.Params {
    let words = invocation.words
    let wait = invocation.has("--wait")
    var params = MessageSend.Params(
      text: try invocation.text(behind: 1), leaf: try invocation.id("--leaf"),
      model: invocation.value("--model"),
      respond: invocation.has("--no-reply") ? false : nil, attach: wait ? false : nil, wait: wait ? true : nil
    )
    // An id may be a chat's or a companion's.
    if ULID(words[0]) != nil {
      params.chat = try Place.findOrOpen(words[0], client).chat.id
    } else {
      params.companion = words[0]
    }
    return params
  }

  private static func finished(_ turn: Turn, _ reply: Message?, _ invocation: Invocation) -> ExitCode {
    if !invocation.json {
      if let reply { invocation.out.line(reply.text.speech) }
      let end = StreamEnd.Params(
        turn: turn, finish: turn.finish ?? .interrupted, reply: reply, error: turn.error,
        timing: turn.timing ?? Timing(queuedMs: 0, totalMs: 0))
      if let sentence = ConversationView.sentence(on: end) {
        invocation.err.line("companionctl: \(sentence)")
      }
    }
    return turn.finish == .stop || turn.finish == .length ? .done : .refused
  }
}

/// The text of one reply on stdout and nothing else.
struct ReplyPrinter {
  private let turn: ULID
  private let invocation: Invocation
  private var end: Finish?
  private var isMidLine = false

  private init(turn: ULID, invocation: Invocation) {
    self.turn = turn
    self.invocation = invocation
  }

  /// Until the turn has ended; over a restart of the daemon, too.
  static func print(_ turn: Turn, _ client: BlockingClient, _ invocation: Invocation) throws -> ExitCode {
    var printer = ReplyPrinter(turn: turn.id, invocation: invocation)
    while printer.end == nil, let news = try client.nextNews() {
      if case .stream(let stream) = news, stream.turn == turn.id { try printer.show(stream) }
    }
    return printer.end == .stop || printer.end == .length ? .done : .refused
  }

  private mutating func show(_ stream: StreamNews) throws {
    if invocation.json { try invocation.print(StreamLine.stream(stream)) }
    switch stream {
    case .delta(let delta) where delta.kind == nil && !invocation.json:
      let text = delta.text.speech
      invocation.out.write(Array(text.utf8))
      if let end = text.utf8.last { isMidLine = end != UInt8(ascii: "\n") }
    case .ended(let ended):
      end = ended.finish
      tell(ConversationView.sentence(on: ended))
    case .reset:
      tell("the daemon was ended before it had stored all of this; from the beginning:")
    case .gone(_, let error): throw ClientError.daemon(error)
    case .began, .delta, .phase: break
    }
  }

  private mutating func tell(_ sentence: String?) {
    guard !invocation.json else { return }
    if isMidLine { invocation.out.write([UInt8(ascii: "\n")]) }
    isMidLine = false
    if let sentence { invocation.err.line("companionctl: \(sentence)") }
  }
}
