import Base
import Glibc
import Model
import TestSupport
import Testing

extension EndToEnd {
  /// SIGKILL at random moments of turns: before the acknowledgement, between tokens, at the end, and in the recovery itself.
  @Suite struct TurnKillTests {
    @Test func `a kill at any moment of a turn takes at most what was promised`() throws {
      let kills = Extent.of("TURNKILLS", share: 10)
      let seed = Extent.of("SEED", share: Int.random(in: 0...Int(Int32.max)))
      var random = RandomSource.seeded(UInt64(seed))
      let talk = try Conversation(settings: #"{"maxTokens":100000}"#)
      var tally = KilledTurn.Tally()
      for number in 1...kills {
        var turn = KilledTurn(talk, number: number, random)
        try turn.run(&tally)
        random = turn.random
        #expect(turn.faults.isEmpty, "kill \(number), seed \(seed): \(turn.faults)")
      }
      let check = try talk.daemon.lines().ask("storage.check").result
      #expect(check?["ok"] == true, "seed \(seed): \(String(describing: check))")
      figure(
        "\(kills) kills, seed \(seed): \(tally.acknowledged) lines acknowledged, \(tally.streaming) kills while it streamed, "
          + "\(tally.recovering) more in recovery, \(tally.whole) after the end; lost at most \(tally.lost) bytes at 5,000 "
          + "and \(tally.lostSlowly) at 50 tokens a second")
    }

    @Test func `a whole reply in one breath is shown no faster than the disk takes it`() throws {
      let talk = try Conversation(settings: #"{"maxTokens":100000}"#)
      let text = (0..<6000).map { "wör\($0) " }.joined()
      talk.upstream.answer([.head(), .piece(text)] + .finish())
      let client = try talk.daemon.lines()
      let sent = try client.ask("message.send", talk.line("All at once!")).result
      let (turn, reply) = (try #require(sent?["turn"]?["id"]?.string), try #require(sent?["replyId"]?.string))
      var shown = Shown()
      try client.read(while: { shown.next == 0 }) { shown.take($0, of: turn) }
      try talk.daemon.kill()
      while let message = try? client.json() { shown.take(message, of: turn) }
      try talk.daemon.start()
      let stored = try talk.stored(reply)?.text.utf8.count ?? 0
      #expect(shown.next - stored <= 4096, "\(shown.next) bytes shown, \(stored) stored")
      #expect(shown.next < text.utf8.count, "the kill came too late to show anything")
      // Without a kill all of it comes.
      talk.upstream.answer([.head(), .piece(text)] + .finish())
      let whole = try talk.daemon.lines().ask(
        "message.send", talk.line("Again!", #","wait":true,"attach":false"#))
      #expect(whole.result?["reply"]?.text == text)
    }

    @Test(.enabled(if: tool("strace") != nil && isRoot, "it needs strace and the right to trace"))
    func `a turn whose closing ends the daemon three times is failed, and the chat goes on`() throws {
      let talk = try Conversation(settings: #"{"maxTokens":100000}"#)
      talk.upstream.answer([.head(), .piece("Once upon"), .untilPeerCloses(Occurrence())])
      let client = try talk.daemon.lines()
      let sent = try client.ask("message.send", talk.line("A story!")).result
      let (turn, reply) = (try #require(sent?["turn"]?["id"]?.string), try #require(sent?["replyId"]?.string))
      while try talk.stored(reply) == nil { usleep(10_000) }
      try talk.daemon.kill()
      // Dies at the first sync of a start, which is that of the commit that counts the attempt.
      let strace = try #require(tool("strace"))
      for attempt in 1...3 {
        talk.daemon.wrapper = [
          strace, "-D", "-f", "-o", "/dev/null", "-e", "trace=fdatasync", "-e",
          "inject=fdatasync:signal=KILL:when=1",
        ]
        try talk.daemon.launch()
        #expect(try talk.daemon.waitForExit() == .killed(signal: SIGKILL), "attempt \(attempt)")
      }
      talk.daemon.wrapper = []
      try talk.daemon.start()
      let again = try talk.daemon.lines()
      let found = try again.ask("turn.get", "{\"turn\":\"\(turn)\"}").result?["turn"]
      #expect(found?["phase"] == "failed" && found?["finish"] == "error", "\(String(describing: found))")
      #expect(found?["error"]?["data"]?["reason"] == "crashed")
      let stored = try talk.stored(reply)
      #expect(stored?["status"] == "partial" && stored?.text == "Once upon")
      talk.upstream.answer(.reply(["On."]))
      let next = try again.ask("message.send", talk.line("And?", #","wait":true,"attach":false"#))
      #expect(next.result?["reply"]?.text == "On.")
    }
  }
}

/// One line, its reply, a kill somewhere in it, and all that must hold afterwards.
private struct KilledTurn {
  struct Tally {
    var acknowledged = 0
    var streaming = 0
    var recovering = 0
    var whole = 0
    var lost = 0
    var lostSlowly = 0
  }

  private let talk: Conversation
  private let number: Int
  var random: RandomSource
  private(set) var faults: [String] = []

  init(_ talk: Conversation, number: Int, _ random: RandomSource) {
    self.talk = talk
    self.number = number
    self.random = random
  }

  private var key: String { #","key":"kill-\#(number)","attach":true"# }
  private var line: String { "Line \(number)." }

  mutating func run(_ tally: inout Tally) throws {
    let isFast = Bool.random(using: &random)
    let count = isFast ? Int.random(in: 1...4000, using: &random) : Int.random(in: 1...60, using: &random)
    talk.upstream.otherwise { _ in .reply((0..<count).map { "wör\($0) " }, perSecond: isFast ? 5000 : 50) }

    let client = try talk.daemon.lines()
    var shown = Shown()
    var sent: JSONValue?
    func take(_ message: JSONValue) {
      if message["id"] == 1 { sent = message.result }
      // Deltas come after the reply that names the turn.
      if let turn = sent?["turn"]?["id"]?.string { shown.take(message, of: turn) }
    }
    try client.call("message.send", talk.line(line, key))
    // A third of the kills come about the acknowledgement, the others anywhere in a second.
    let moment = Int.random(in: 0...2, using: &random) == 0 ? 10_000 : 1_000_000
    let until = ContinuousClock.now + .microseconds(Int.random(in: 0...moment, using: &random))
    _ = try client.read(until: until, take)
    if Int.random(in: 0...3, using: &random) == 0, sent != nil {
      // About the end: between its reason and the commit.
      try client.read(while: { shown.end == nil && shown.next < count * 4 }, take)
    }
    let killedAt = ContinuousClock.now
    try talk.daemon.kill()
    // What it had written before it died is shown, too.
    while let message = try? client.json() { take(message) }
    if sent != nil { tally.acknowledged += 1 }
    if shown.end != nil { tally.whole += 1 } else if shown.next > 0 { tally.streaming += 1 }

    for _ in 0..<Int.random(in: 0...2, using: &random) {
      try talk.daemon.launch()
      usleep(useconds_t(Int.random(in: 0...30_000, using: &random)))
      try talk.daemon.kill()
      tally.recovering += 1
    }
    try talk.daemon.start()
    try examine(sent, &shown, killedAt, isFast, &tally)
  }

  private mutating func examine(
    _ sent: JSONValue?, _ shown: inout Shown, _ killedAt: ContinuousClock.Instant, _ isFast: Bool,
    _ tally: inout Tally
  ) throws {
    let client = try talk.daemon.lines()
    let before = try talk.history()
    let lines = before.filter { $0["role"] == "user" && $0.text == line }
    check(lines.count <= 1, "the line is there \(lines.count) times")
    if let sent {
      check(lines.first?["id"] == sent["message"]?["id"], "an acknowledged line is gone")
      try compare(sent, &shown, killedAt, isFast, &tally, client)
    }
    let chat = try client.ask("chat.get", "{\"chat\":\"\(talk.chat)\"}").result?["chat"]
    check(chat != nil && chat?["turn"] == nil, "the chat is locked: \(String(describing: chat?["turn"]))")

    // The same key: what was committed is not said twice, what was not is said now.
    let again = try client.ask("message.send", talk.line(line, key))
    let result = again.result
    check(result != nil, "the call cannot be repeated: \(again)")
    if let first = lines.first {
      check(result?["replayed"] == true && result?["message"]?["id"] == first["id"], "said twice: \(again)")
    }
    let turn = try #require(result?["turn"]?["id"]?.string)
    let over = try wait(client, turn)
    check(over?["phase"] == "done" || over?["phase"] == "failed", "not over: \(String(describing: over))")
    let history = try talk.history()
    check(Set(history.compactMap { $0["id"]?.string }).count == history.count, "a message is there twice")
    check(history.count { $0["role"] == "user" && $0.text == line } == 1, "the line is not there once")
    check(!history.contains { $0["status"] == "streaming" }, "a message streams for ever")

    // And the chat goes on.
    talk.upstream.answer(.reply(["On."]))
    let next = try talk.daemon.lines().ask(
      "message.send", talk.line("On \(number).", #","wait":true,"attach":false"#), id: 3)
    check(next.result?["reply"]?.text == "On.", "the chat does not go on: \(next)")
  }

  /// What was shown against what was stored, and the recipe of the contract for who shows more.
  private mutating func compare(
    _ sent: JSONValue, _ shown: inout Shown, _ killedAt: ContinuousClock.Instant, _ isFast: Bool,
    _ tally: inout Tally, _ client: LineClient
  ) throws {
    let turn = try #require(sent["turn"]?["id"]?.string)
    let reply = try #require(sent["replyId"]?.string)
    let message = try talk.stored(reply)
    let stored = Array((message?.text ?? "").utf8)
    faults += shown.faults
    if let end = shown.end {
      check(end["reply"]?.text == message?.text, "stream.end told of a text that is not stored")
      check(shown.next == stored.count, "ended, and \(shown.next) bytes shown of \(stored.count)")
    }
    let lost = shown.next - stored.count
    if isFast { tally.lost = max(tally.lost, lost) } else { tally.lostSlowly = max(tally.lostSlowly, lost) }
    check(lost <= 4096, "\(lost) bytes are lost")
    let window = killedAt - .milliseconds(200)
    let carried = shown.arrivals.reduce(0) { $1.at >= window ? $0 + $1.bytes : $0 }
    check(lost <= carried, "\(lost) bytes are lost, and 200 ms carried \(carried)")
    let common = min(shown.next, stored.count)
    check(shown.bytes.prefix(common) == stored.prefix(common), "what is stored is not what was shown")

    shown.reconnected()
    let from = shown.next
    let attached = try client.ask("turn.attach", "{\"turn\":\"\(turn)\",\"from\":\(from)}").result
    check(
      (attached?["reset"] == true) == (lost > 0),
      "reset is \(String(describing: attached?["reset"])), \(lost) lost")
    try client.read(while: { shown.end == nil }) { shown.take($0, of: turn) }
    check(shown.bytes == stored && shown.start == 0, "the recipe leads to another text")
    let finish = shown.end?["finish"]
    check(finish == "stop" || finish == "interrupted", "finish \(String(describing: finish))")
  }

  private func wait(_ client: LineClient, _ turn: String) throws -> JSONValue? {
    try client.call("turn.wait", "{\"turn\":\"\(turn)\",\"until\":\"done\"}", id: 2)
    while true {
      let message = try client.json()
      if message["id"] == 2 { return message.result?["turn"] }
    }
  }

  private mutating func check(_ isRight: Bool, _ what: String) { if !isRight { faults.append(what) } }
}
