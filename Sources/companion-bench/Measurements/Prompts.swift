import Base
import Model
import Wire

/// `prompt`: the request of the next turn in a chat of 10,000 messages, made as every turn makes it and shown over the socket, beside
/// one of 100: what is read is what is told, however long the chat is.
struct Prompts {
  private let bench: Bench
  private let times: Int
  private static let many = 10_000
  private static let few = 100

  init(_ bench: Bench) {
    self.bench = bench
    times = bench.amount(500)
  }

  func measure() throws -> [Figure] {
    let few = "\(shown(Double(Self.few))) messages"
    var figure = Figure(
      "prompt of a chat of \(shown(Double(Self.many))) messages, over the socket, the ping's round trip left out, p50",
      .microseconds, aims: [.atMost(2000), .ratioAtMost(1.2, of: few)])
    let stages = try [Self.many, Self.few].map { messages in
      try Conversations(bench, chats: 1, upstream: nil).filled(messages, bench)
    }
    let sockets = try stages.map { try $0.running.connect() }
    for (stage, socket) in zip(stages, sockets) { try look(at: stage, socket) }
    try pinThisProcess(to: bench.options.cpus.subject)
    try bench.rounds(warmUps: 1).alternate([0, 1]) { chat in
      try time(request(stages[chat]), sockets[chat])
        - time(stages[chat].running.subject.ping(1), sockets[chat])
    } keep: { chat, found in
      figure.add(found, for: chat == 0 ? "companiond" : few)
    }
    try pinThisProcess(to: bench.options.cpus.bench)
    for stage in stages { stage.running.stop() }
    return [figure]
  }

  private func time(_ request: [UInt8], _ socket: LineSocket) throws -> Double {
    try (0..<times).map { _ in
      let start = now()
      try socket.exchange(request)
      return Double(now() - start) / 1000
    }.median
  }

  /// That it is a prompt, with all but what is told left out.
  private func look(at stage: Conversations, _ socket: LineSocket) throws {
    let reader = LineReader(socket)
    try reader.send(request(stage))
    let answer = try reader.line()
    guard !answer.starts(with: LineKind.error), answer.count > 2000 else {
      throw Trouble("The prompt is not there: \(String(decoding: answer.prefix(300), as: UTF8.self))")
    }
  }

  private func request(_ stage: Conversations) -> [UInt8] {
    let params = PromptPreview.Params(chat: stage.chats[0], text: "And what happened then?")
    return MessageLine.request(PromptPreview.name, id: .number(1), params: JSONText.bytes(params))
  }
}
