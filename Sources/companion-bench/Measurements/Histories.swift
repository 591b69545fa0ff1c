import Base
import Glibc
import Model
import Posix
import Wire

/// `history`: the last page of 50 messages of a conversation 5,000 deep, in a vault of a million messages: what Store takes for it
/// beside the same statements through the sqlite3 C library, and what it takes over the socket, beside the same page of a vault with
/// little else in it.
struct Histories {
  private let bench: Bench
  private let messages: Int
  private let pages: Int
  private static let few = 10_000
  private static let depth = 5000
  private static let page = 50

  init(_ bench: Bench) {
    self.bench = bench
    messages = bench.amount(1_000_000)
    pages = bench.amount(1000)
  }

  func measure() async throws -> [Figure] {
    let large = try vault(messages: messages)
    let small = try vault(messages: Self.few)
    return try await inStore(large) + overSocket(large, small)
  }

  private func name(_ place: String) -> String {
    "page of \(Self.page), \(shown(Double(Self.depth))) deep, \(shown(Double(messages))) messages, \(place), p50"
  }

  // MARK: In Store

  private func inStore(_ stage: Conversations) async throws -> [Figure] {
    var figure = Figure(
      name("in Store"), .microseconds, aims: [.ratioAtMost(1.5, of: SQLitePeer.name)])
    let recording = try bench.sqlite.map { (peer: $0, of: try record($0, stage)) }
    let data = stage.running.folder + "/data"
    let pages = try await StorePages(data, chat: stage.chats[0], limit: Self.page)
    try await bench.rounds(warmUps: 1).alternate(recording == nil ? [false] : [false, true]) { isPeer in
      if isPeer, let recording {
        return try recording.peer.page(
          after: recording.of.byte, times: self.pages, recorded: recording.of.path,
          database: data + "/companion.db", bench: bench)
      }
      try pinThisProcess(to: bench.options.cpus.subject)
      defer { try? pinThisProcess(to: bench.options.cpus.bench) }
      return try await pages.times(self.pages)
    } keep: { index, times in
      figure.add(times.median, for: index == 0 ? "companiond" : SQLitePeer.name)
    }
    await pages.close()
    return [figure]
  }

  /// The statements of a page as the daemon runs them; where they begin.
  private func record(_ peer: SQLitePeer, _ stage: Conversations) throws -> (path: String, byte: Int) {
    let path = try bench.scratch.folder("recorded") + "/statements"
    let subject = peer.recording(stage.running.subject, to: path)
    let running = try bench.launch(subject, in: stage.running.folder)
    let socket = try running.connect()
    try socket.exchange(running.subject.ping(1))
    let byte = size(of: path)
    try socket.exchange(request(stage))
    running.stop()
    return (path, byte)
  }

  // MARK: Over the socket

  private func overSocket(_ large: Conversations, _ small: Conversations) throws -> [Figure] {
    let few = "\(shown(Double(Self.few))) messages"
    var pages = Figure(name("over the socket"), .microseconds, aims: [.ratioAtMost(1.2, of: few)])
    var each = Figure(
      "a message of that page, the ping's round trip left out", .microseconds, aims: [.atMost(12)])
    let stages = try [large, small].map { try $0.restarted(bench) }
    let sockets = try stages.map { try $0.running.connect() }
    for (stage, socket) in zip(stages, sockets) { try look(at: stage, socket) }
    try pinThisProcess(to: bench.options.cpus.subject)
    try bench.rounds(warmUps: 1).alternate([0, 1]) { vault in
      (
        ping: try time(stages[vault].running.subject.ping(1), sockets[vault]),
        page: try time(request(stages[vault]), sockets[vault])
      )
    } keep: { vault, found in
      pages.add(found.page, for: vault == 0 ? "companiond" : few)
      if vault == 0 { each.add((found.page - found.ping) / Double(Self.page), for: "companiond") }
    }
    try pinThisProcess(to: bench.options.cpus.bench)
    for stage in stages { stage.running.stop() }
    return [pages, each]
  }

  /// The middle of as many as a round has, in microseconds. Both programs are on one processor, as for any round trip.
  private func time(_ request: [UInt8], _ socket: LineSocket) throws -> Double {
    try (0..<pages).map { _ in
      let start = now()
      try socket.exchange(request)
      return Double(now() - start) / 1000
    }.median
  }

  private func look(at stage: Conversations, _ socket: LineSocket) throws {
    let reader = LineReader(socket)
    try reader.send(request(stage))
    let answer = try reader.line()
    guard !answer.starts(with: LineKind.error), answer.count > Self.page * 100 else {
      throw Trouble("The page is not there: \(String(decoding: answer.prefix(300), as: UTF8.self))")
    }
  }

  private func request(_ stage: Conversations) -> [UInt8] {
    let params = ChatHistory.Params(chat: stage.chats[0], limit: Self.page)
    return MessageLine.request(ChatHistory.name, id: .number(1), params: JSONText.bytes(params))
  }

  private func vault(messages: Int) throws -> Conversations {
    let stage = try Conversations(bench, chats: max(1, messages / Self.depth), upstream: nil)
    stage.running.stop()
    try FilledVault.fill(stage.running.folder + "/data/companion.db", messages: messages)
    return stage
  }
}
