import Base
import Glibc
import Model
import TestSupport
import Testing

extension EndToEnd {
  /// Many clients in one chat, each doing what comes to its mind.
  @Suite struct ChatCrowdTests {
    private static let clients = 20

    @Test func `twenty clients at one chat leave a whole tree, one reply after another, and no lock`()
      async throws
    {
      let seconds = Extent.of("CHATCROWD", share: 4)
      let seed = UInt64(Extent.of("SEED", share: Int.random(in: 0...Int(Int32.max))))
      let talk = try Conversation()
      let lengths = Lock(RandomSource.seeded(seed))
      talk.upstream.otherwise { _ in
        let count = lengths.withLock { lengths in Int.random(in: 1...12, using: &lengths) }
        return .reply((0..<count).map { "wörd\($0) " }, perSecond: 100)
      }
      let beginning = try talk.daemon.lines().ask(
        "message.send", talk.line("The beginning.", #","respond":false"#))
      #expect(beginning.result != nil)

      let total = Lock(CrowdTally())
      let left = Lock(Self.clients)
      let (socket, chat) = (talk.daemon.socket, talk.chat)
      await onThreads(Self.clients + 1) { number in
        var tally = CrowdTally()
        do {
          if number == Self.clients {
            tally = try CrowdTally.watching(socket, chat) { left.withLock { $0 > 0 } }
          } else {
            defer { left.withLock { $0 -= 1 } }
            tally = try CrowdClient.run(
              socket, chat, .seeded(seed &+ UInt64(number) &+ 1), follows: number % 4 == 0,
              for: .seconds(seconds))
          }
        } catch {
          tally.faults.append("client \(number): \(error)")
        }
        total.withLock { $0.add(tally) }
      }

      var tally = total.withLock { $0 }
      // What still ran when the last client left has ended by itself, or does so now; then the chat is free.
      let last = try talk.daemon.lines().ask("chat.get", "{\"chat\":\"\(chat)\"}").result?["chat"]?["turn"]
      if let turn = last?.string {
        _ = try talk.daemon.lines().ask("turn.wait", "{\"turn\":\"\(turn)\",\"until\":\"done\"}")
      }
      let tree = try ChatTree(talk)
      tally.faults += tree.faults
      tally.faults += tally.told.subtracting(tree.ever).map { "\($0) was told of and never was" }
      let next = try talk.daemon.lines().ask(
        "message.send", talk.line("After.", #","wait":true,"attach":false"#))
      #expect(next.result?["reply"] != nil, "\(next)")
      #expect(try talk.daemon.lines().ask("storage.check").result?["ok"] == true, "seed \(seed)")
      #expect(tally.faults.isEmpty, "seed \(seed): \(tally.faults.prefix(20).joined(separator: "\n"))")
      #expect(tally.busy > 0 && tally.done > 0, "nobody met anybody: this showed nothing")
      figure(
        "\(Self.clients) clients for \(seconds) s, seed \(seed): \(tally.done) acts done, \(tally.busy) busy, \(tally.refused) "
          + "refused for what others had changed, \(tally.cancelled) cancels; \(tally.streams) streams one after another; "
          + "\(tree.nodes.count) messages in \(tree.leaves) branches are there, \(tree.ever.count) ever were")
    }
  }
}

/// What was met in the crowd.
struct CrowdTally: Sendable {
  var done = 0
  var busy = 0
  var refused = 0
  var cancelled = 0
  var streams = 0
  /// Messages that an answer told of.
  var told: Set<String> = []
  var faults: [String] = []

  mutating func add(_ other: CrowdTally) {
    (done, busy, refused) = (done + other.done, busy + other.busy, refused + other.refused)
    (cancelled, streams) = (cancelled + other.cancelled, streams + other.streams)
    told.formUnion(other.told)
    faults += other.faults
  }

  /// What a follower sees that does nothing else: each stream begins when the one before has ended, and ends once.
  static func watching(_ socket: String, _ chat: String, while goesOn: () -> Bool) throws -> CrowdTally {
    var (tally, running, ended) = (CrowdTally(), String?.none, Set<String>())
    let client = try LineClient(path: socket)
    try client.call("chat.follow", "{\"chat\":\"\(chat)\"}", id: 1)
    func take(_ message: JSONValue) {
      guard let turn = message["params"]?["turn"]?["id"]?.string else { return }
      if message["method"] == "stream.begin" {
        if let running { tally.faults.append("\(turn) begins while \(running) streams") }
        running = turn
        tally.streams += 1
      } else if message["method"] == "stream.end" {
        if running == turn { running = nil }
        if !ended.insert(turn).inserted { tally.faults.append("\(turn) ends twice") }
      }
    }
    while goesOn() {
      let until = ContinuousClock.now + .milliseconds(50)
      while let message = try client.happening(until: until) { take(message) }
    }
    return tally
  }
}

extension LineClient {
  /// The next reply, or beginning, end or new message; nil when the time is over. What else is told is not even decoded: it is
  /// much, and the machine is small.
  fileprivate func happening(until deadline: ContinuousClock.Instant) throws -> JSONValue? {
    while case let rest = deadline - ContinuousClock.now, rest > .zero {
      do {
        let line = try line(within: rest)
        if line.hasPrefix(#"{"jsonrpc":"2.0","method":"stream.delta""#) { continue }
        if line.hasPrefix(#"{"jsonrpc":"2.0","method":"turn.phase""#) { continue }
        if line.hasPrefix(#"{"jsonrpc":"2.0","method":"event""#),
          !line.hasSuffix(#""topic":"message.created"}}"#)
        {
          continue
        }
        return try JSONValue(parsing: line)
      } catch LineClient.Failure.timedOut {
        return nil
      }
    }
    return nil
  }
}

/// One client that looks at the chat, or follows it, and acts on what it sees there.
private struct CrowdClient {
  private let client: LineClient
  private let chat: String
  private var random: RandomSource
  private var tally = CrowdTally()
  /// The newest messages it knows of.
  private var known: [String] = []
  private var running: String?
  private var ended: Set<String> = []
  private var calls = 1

  static func run(
    _ socket: String, _ chat: String, _ random: RandomSource, follows: Bool, for time: Duration
  ) throws -> CrowdTally {
    let client = try LineClient(path: socket)
    var member = CrowdClient(client: client, chat: chat, random: random)
    let until = ContinuousClock.now + time
    // Not all: what everybody is told is the daemon's least trouble here and the clients' greatest.
    if follows { _ = try member.ask("chat.follow", "{\"chat\":\"\(chat)\"}") }
    while ContinuousClock.now < until {
      if member.calls % 8 == 1 { try member.look() }
      try member.act()
    }
    return member.tally
  }

  private init(client: LineClient, chat: String, random: RandomSource) {
    (self.client, self.chat, self.random) = (client, chat, random)
  }

  private mutating func act() throws {
    // People read a little before they do something.
    let pause = ContinuousClock.now + .milliseconds(Int.random(in: 0...60, using: &random))
    while let message = try client.happening(until: pause) { take(message) }

    guard let message = known.randomElement(using: &random) else {
      // Everything has been deleted.
      return try perform("message.send", "{\"chat\":\"\(chat)\",\"text\":\"Is anybody there?\"}")
    }
    let about = "{\"message\":\"\(message)\""
    switch Int.random(in: 0...20, using: &random) {
    case 0...3: try perform("message.send", "{\"chat\":\"\(chat)\",\"text\":\"Hello.\"}")
    case 4: try perform("message.send", "{\"chat\":\"\(chat)\",\"text\":\"And?\",\"leaf\":\"\(message)\"}")
    case 5, 6: try perform("message.regenerate", about + "}")
    case 7: try perform("message.regenerate", about + ",\"count\":2}")
    case 8, 9: try perform("message.edit", about + ",\"text\":\"Or so.\"}")
    case 10: try perform("message.edit", about + ",\"text\":\"No.\",\"as\":\"replace\"}")
    case 11, 12: try perform("message.continue", about + "}")
    case 13: try perform("message.delete", about + "}")
    case 14: try perform("message.delete", about + ",\"children\":\"lift\"}")
    case 15: try perform("message.delete", about + ",\"children\":\"delete\"}")
    case 16, 17: try perform("chat.select", "{\"chat\":\"\(chat)\",\"leaf\":\"\(message)\"}")
    default: try cancel()
    }
  }

  private mutating func ask(_ method: String, _ params: String) throws -> JSONValue {
    calls += 1
    try client.call(method, params, id: calls)
    let deadline = ContinuousClock.now + LineClient.patience
    while let message = try client.happening(until: deadline) {
      if message["id"]?.integer == Int64(calls) { return message }
      take(message)
    }
    throw LineClient.Failure.timedOut("\(method) \(params)")
  }

  /// What is there now.
  private mutating func look() throws {
    let page = try ask("chat.history", "{\"chat\":\"\(chat)\",\"limit\":12}").result
    known = (page?["messages"]?.array ?? []).compactMap { $0["id"]?.string }
  }

  private mutating func take(_ message: JSONValue) {
    guard let method = message["method"]?.string, let params = message["params"] else { return }
    switch (method, params["topic"]?.string) {
    case ("stream.begin", _): running = params["turn"]?["id"]?.string
    case ("stream.end", _):
      guard let turn = params["turn"]?["id"]?.string else { break }
      ended.insert(turn)
      if running == turn { running = nil }
    case ("event", "message.created"): remember(params["data"]?["message"]?["id"]?.string)
    default: break
    }
  }

  private mutating func remember(_ id: String?) {
    guard let id else { return }
    known = known.suffix(11) + [id]
  }

  private mutating func perform(_ method: String, _ params: String) throws {
    let over = ended
    let reply = try ask(method, params)
    if let result = reply.result {
      tally.done += 1
      if let id = result["message"]?["id"]?.string { tally.told.insert(id) }
      remember(result["message"]?["id"]?.string)
      return
    }
    switch reply.reason {
    case "busy":
      tally.busy += 1
      guard let turn = reply["error"]?["data"]?["turn"]?.string else {
        return fault("busy with nothing: \(reply)")
      }
      // Its end came, so its lock is free: whoever calls after that must not hear of it.
      if over.contains(turn) { return fault("\(method) is busy with \(turn), whose end was told before") }
      let found = try ask("turn.get", "{\"turn\":\"\(turn)\"}").result?["turn"]
      if found?["chat"]?.string != chat { fault("busy names \(turn), which is \(String(describing: found))") }
    // Others change the tree meanwhile: gone, or with answers by now, or not the companion's line.
    case "not_found", "conflict": tally.refused += 1
    case "invalid_params" where method == "message.continue": tally.refused += 1
    default: fault("\(method) \(params): \(reply)")
    }
  }

  /// When the answer is there, the turn holds nothing any more.
  private mutating func cancel() throws {
    guard let turn = running else { return }
    let answer = try ask("turn.cancel", "{\"turn\":\"\(turn)\"}")
    guard let found = answer.result?["turn"] else { return fault("cancel: \(answer)") }
    tally.cancelled += 1
    if found["endedAt"] == nil { fault("cancelled and not over: \(found)") }
    ended.insert(turn)
    if running == turn { running = nil }
  }

  private mutating func fault(_ what: String) { tally.faults.append(what) }
}
