import Base
import Glibc
import Model
import TestSupport
import Testing

extension EndToEnd {
  /// SIGKILL in the middle of everything that has a companion write, each act about what the kills before left behind.
  @Suite struct ActKillTests {
    @Test func `whatever act a kill cuts short, what was told stands, and the next act goes on from it`()
      throws
    {
      let kills = Extent.of("ACTKILLS", share: 15)
      let seed = Extent.of("SEED", share: Int.random(in: 0...Int(Int32.max)))
      let talk = try Conversation(settings: #"{"maxTokens":100000}"#)
      var run = KilledActs(talk, .seeded(UInt64(seed)))
      try run.begin()
      for number in 1...kills {
        try run.kill(number)
        #expect(run.faults.isEmpty, "kill \(number), seed \(seed): \(run.faults)")
        run.faults = []
      }
      let tree = try ChatTree(talk)
      #expect(tree.faults.isEmpty, "seed \(seed): \(tree.faults)")
      let check = try talk.daemon.lines().ask("storage.check").result
      #expect(check?["ok"] == true, "seed \(seed): \(String(describing: check))")
      let acts = run.acts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
      figure(
        "\(kills) kills, seed \(seed), of \(acts): \(run.told) acts told of, \(run.streaming) cut short while they streamed, "
          + "\(run.recovering) more kills in recovery; lost at most \(run.lost[true] ?? 0) bytes at 5,000 and "
          + "\(run.lost[false] ?? 0) at 50 tokens a second; \(tree.nodes.count) messages in \(tree.leaves) branches"
      )
      #expect(run.told > 0 && run.streaming > 0, "no kill came while something was told")
    }
  }
}

/// One act after another in one chat, each killed somewhere and then brought to its end by its key.
private struct KilledActs {
  private let talk: Conversation
  private var random: RandomSource
  var faults: [String] = []
  private(set) var acts: [String: Int] = [:]
  private(set) var told = 0
  private(set) var streaming = 0
  private(set) var recovering = 0
  /// By whether the tokens came fast.
  private(set) var lost: [Bool: Int] = [:]
  /// The turn of the act before, which may want to be tried again, and what its log began with.
  private var latest: (turn: String, beginning: String)?

  init(_ talk: Conversation, _ random: RandomSource) { (self.talk, self.random) = (talk, random) }

  private struct Act {
    let method: String
    let params: String
    /// What the log begins with: the text that is gone on with.
    var beginning = ""
  }

  /// What was there before an act.
  private struct Before {
    let messages: Int64
    let change: Int64
    let ids: Set<String>
  }

  func begin() throws {
    talk.upstream.answer(.reply(["Good evening."]))
    let sent = try talk.daemon.lines().ask("message.send", talk.line("Hello.", #","wait":true"#))
    #expect(sent.result?["reply"] != nil)
  }

  private func result(_ method: String, _ params: String = "{}") throws -> JSONValue? {
    try talk.daemon.lines().ask(method, params).result
  }

  private mutating func choose(_ number: Int) throws -> Act {
    let key = ",\"key\":\"act-\(number)\"}"
    let history = try talk.history(limit: 12)
    func named(_ method: String, _ message: JSONValue, _ more: String = "") -> Act {
      let id = message["id"]?.string ?? ""
      return Act(
        method: method, params: "{\"message\":\"\(id)\"\(more)\(key)",
        beginning: method == "message.continue" ? message.text : "")
    }
    let send = Act(
      method: "message.send", params: "{\"chat\":\"\(talk.chat)\",\"text\":\"Line \(number).\"\(key)")
    switch Int.random(in: 0...9, using: &random) {
    case 0...1: return send
    case 2...3:
      guard let line = history.last(where: { $0["role"] == "user" }) else { return send }
      return named("message.edit", line, ",\"text\":\"Rather \(number).\"")
    case 4...5:
      guard let line = history.suffix(3).randomElement(using: &random) else { return send }
      return named("message.regenerate", line)
    case 6...7:
      guard let line = history.suffix(4).last(where: { $0["role"] == "assistant" }) else { return send }
      return named("message.continue", line)
    default:
      guard let latest else { return send }
      return Act(
        method: "turn.retry", params: "{\"turn\":\"\(latest.turn)\"\(key)", beginning: latest.beginning)
    }
  }

  mutating func kill(_ number: Int) throws {
    let act = try choose(number)
    acts[act.method, default: 0] += 1
    let isFast = Bool.random(using: &random)
    let count = isFast ? Int.random(in: 1...3000, using: &random) : Int.random(in: 1...40, using: &random)
    talk.upstream.otherwise { _ in .reply((0..<count).map { "wör\($0) " }, perSecond: isFast ? 5000 : 50) }
    let chat = try result("chat.get", "{\"chat\":\"\(talk.chat)\"}")?["chat"]
    let before = Before(
      messages: chat?["messages"]?.integer ?? -1, change: try result("hello")?["change"]?.integer ?? -1,
      ids: try ChatTree(talk).ever)

    let client = try talk.daemon.lines()
    var (shown, answer) = (Shown(), JSONValue?.none)
    func take(_ message: JSONValue) {
      if message["id"] == 1 { answer = message }
      if let turn = answer?.result?["turn"]?["id"]?.string { shown.take(message, of: turn) }
    }
    try client.call(act.method, act.params)
    // A third of the kills come about the answer, the others anywhere in the half second that most replies take.
    let moment = Int.random(in: 0...2, using: &random) == 0 ? 10_000 : 500_000
    _ = try client.read(until: .now + .microseconds(Int.random(in: 0...moment, using: &random)), take)
    let killedAt = ContinuousClock.now
    try talk.daemon.kill()
    while let message = try? client.json() { take(message) }
    check(answer?["error"] == nil, "\(act.method) is refused: \(String(describing: answer))")
    if answer != nil { told += 1 }
    if shown.end == nil, !shown.bytes.isEmpty { streaming += 1 }
    for _ in 0..<Int.random(in: 0...2, using: &random) {
      try talk.daemon.launch()
      usleep(useconds_t(Int.random(in: 0...30_000, using: &random)))
      try talk.daemon.kill()
      recovering += 1
    }
    try talk.daemon.start()
    try examine(act, answer?.result, &shown, killedAt, isFast, before)
  }

  private mutating func examine(
    _ act: Act, _ first: JSONValue?, _ shown: inout Shown, _ killedAt: ContinuousClock.Instant,
    _ isFast: Bool,
    _ before: Before
  ) throws {
    let free = try result("chat.get", "{\"chat\":\"\(talk.chat)\"}")?["chat"]
    check(free != nil && free?["turn"] == nil, "the chat is locked: \(String(describing: free?["turn"]))")
    if let first, let turn = first["turn"]?["id"]?.string {
      if act.method == "message.send" || act.method == "message.edit" {
        let line = first["message"]?["id"]?.string ?? ""
        check(try talk.stored(line)?["id"]?.string == line, "a line that was told of is gone")
      }
      try recover(turn, first["replyId"]?.string ?? "", act, &shown, killedAt, isFast)
    }

    // What was not told of is said again, and what was is not said twice.
    let client = try talk.daemon.lines()
    let again = try client.ask(act.method, act.params)
    guard let turn = again.result?["turn"]?["id"]?.string,
      let reply = again.result?["replyId"]?.string ?? first?["replyId"]?.string
        ?? again.result?["turn"]?["replyId"]?.string
    else { return check(false, "\(act.method) cannot be said again: \(again)") }
    if let first {
      check(
        again.result?["replayed"] == true && first["turn"]?["id"]?.string == turn
          && first["message"]?["id"] == again.result?["message"]?["id"], "another result: \(again)")
    }
    let over = try result("turn.wait", "{\"turn\":\"\(turn)\",\"until\":\"done\"}")?["turn"]
    check(over?["phase"] == "done" || over?["phase"] == "failed", "not over: \(String(describing: over))")
    latest = (turn, act.beginning)

    // Nothing is there twice, and who only reads the changes has it all.
    let stored = try talk.stored(reply)
    let isNewLine = act.method == "message.send" || act.method == "message.edit"
    let isNewReply = stored != nil && !before.ids.contains(reply)
    let now = try result("chat.get", "{\"chat\":\"\(talk.chat)\"}")?["chat"]
    let expected = before.messages + (isNewLine ? 1 : 0) + (isNewReply ? 1 : 0)
    check(now?["messages"]?.integer == expected, "\(now?["messages"] ?? .null) messages and not \(expected)")
    check(now?["turn"] == nil, "the chat is locked after its turn: \(String(describing: now))")
    if isNewReply { check(stored?["status"] != "streaming", "a reply streams for ever") }
    let page = try result("sync.changes", "{\"since\":\(before.change),\"limit\":200}")
    let changed = Set((page?["items"]?.array ?? []).compactMap { $0["id"]?.string })
    if isNewReply { check(changed.contains(reply), "the changes do not tell of the reply") }
    if isNewLine { check(changed.contains(again.result?["message"]?["id"]?.string ?? ""), "nor of the line") }
  }

  /// What was shown against what is stored, and the recipe of the contract for who shows another text.
  private mutating func recover(
    _ turn: String, _ reply: String, _ act: Act, _ shown: inout Shown,
    _ killedAt: ContinuousClock.Instant, _ isFast: Bool
  ) throws {
    faults += shown.faults
    let message = try talk.stored(reply)
    // A turn that added nothing to a message shows what it began with.
    let stored = Array((message?.text ?? act.beginning).utf8)
    if shown.begins > 0 {
      let gone = shown.next - stored.count
      lost[isFast] = max(lost[isFast] ?? 0, gone)
      check(gone <= 4096, "\(gone) bytes are lost")
      let window = killedAt - .milliseconds(200)
      let carried = shown.arrivals.reduce(0) { $1.at >= window ? $0 + $1.bytes : $0 }
      check(gone <= max(0, carried), "\(gone) bytes are lost, and 200 ms carried \(carried)")
      if let end = shown.end {
        check(end["reply"]?.text == message?.text, "stream.end told of a text that is not stored")
      }
      let common = min(shown.next, stored.count)
      if common > shown.start {
        check(
          shown.bytes.prefix(common - shown.start) == stored[shown.start..<common],
          "what is stored is not what was shown")
      }
    }
    let client = try talk.daemon.lines()
    let from = shown.next
    shown.reconnected()
    let attached = try client.ask("turn.attach", "{\"turn\":\"\(turn)\",\"from\":\(from)}")
    guard let answer = attached.result else { return check(false, "no attach: \(attached)") }
    check(
      (answer["reset"] == true) == (from > stored.count),
      "reset is \(answer), \(from) shown of \(stored.count)")
    try client.read(while: { shown.end == nil }) { shown.take($0, of: turn) }
    faults += shown.faults
    check(
      shown.start <= stored.count && shown.bytes == Array(stored[min(shown.start, stored.count)...]),
      "the recipe leads to another text")
    check(shown.begins == 1 && shown.ends == 1, "\(shown.begins) begins and \(shown.ends) ends")
  }

  private mutating func check(_ isRight: Bool, _ what: String) { if !isRight { faults.append(what) } }
}
