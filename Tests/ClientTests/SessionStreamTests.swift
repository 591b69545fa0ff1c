import Base
import Client
import FoundationEssentials
import Model
import TestSupport
import Testing
import Wire

let streamChat = Chat.sample.id

/// The contract's recovery recipe for streams, without a socket.
@Suite struct SessionStreamTests {
  func following() -> SessionHarness {
    var harness = SessionHarness()
    harness.ready()
    harness.perform(harness.session.follow(streamChat))
    harness.followed()
    harness.news = []
    return harness
  }

  @Test func `a followed chat's turns are told in order`() {
    var harness = following()
    harness.begin()
    harness.delta(0, "Hé")
    harness.delta(3, "llo", kind: nil)
    harness.phase(.saving)
    harness.end()
    #expect(harness.heard == ["begin 0", "0 Hé", "3 llo", "phase saving", "end stop"])
  }

  @Test func `a stream goes on from its last byte after the connection was lost`() {
    var harness = following()
    harness.begin()
    harness.delta(0, "Good ")
    harness.lose()
    harness.ready()
    #expect(harness.methods == ["turn.attach", "chat.follow"])
    #expect(harness.sent[0]["params"] == ["turn": .string(Turn.sample.id.description), "from": 5])
    harness.attached(from: 5)
    harness.begin(from: 5)
    harness.followed()
    harness.delta(5, "morning")
    harness.end()
    #expect(
      harness.heard == [
        "begin 0", "0 Good ", "lost", "ready same", "following it", "5 morning", "end stop",
      ])
    // Nothing is left to go back to.
    harness.lose()
    harness.ready()
    #expect(harness.methods == ["chat.follow"])
  }

  @Test(
    arguments: [
      (.min, .min + 1), (.min, 1), (-1, 0), (0, .min), (0, .max), (1, 2), (.max, .max),
    ] as [(Int64, Int64)])
  func `numbers that no daemon says end the connection and not the client`(from: Int64, next: Int64) {
    var harness = following()
    harness.begin()
    harness.notify(
      StreamDelta.self,
      StreamDelta.Params(turn: Turn.sample.id, from: from, next: next, text: "x"))
    guard case .closed(.fault(.nonsense(method: "stream.delta", _)))? = harness.news.last else {
      Issue.record("no fault: \(harness.heard)")
      return
    }
  }

  @Test func `a stream that begins before its beginning is a fault`() {
    var harness = following()
    harness.begin(from: -1)
    guard case .closed(.fault(.nonsense(method: "stream.begin", _)))? = harness.news.last else {
      Issue.record("no fault: \(harness.heard)")
      return
    }
  }

  @Test func `a turn that ended meanwhile is told to its end`() {
    var harness = following()
    harness.begin()
    harness.delta(0, "Good ")
    harness.lose()
    harness.ready(boot: "boot-2")
    harness.attached(from: 5)
    harness.begin(from: 5)
    harness.end(.interrupted)
    #expect(harness.heard.suffix(1) == ["end interrupted"])
  }

  @Test func `text that a crash took is told anew`() {
    var harness = following()
    harness.begin()
    harness.delta(0, "Good morning")
    harness.lose()
    harness.ready(boot: "boot-2")
    harness.attached(from: 0, reset: true)
    harness.begin(from: 0)
    harness.delta(0, "Good ")
    harness.end(.interrupted)
    #expect(
      harness.heard == [
        "begin 0", "0 Good morning", "lost", "ready restarted", "reset", "begin 0", "0 Good ",
        "end interrupted",
      ])
  }

  @Test func `a stream that is told twice is told on once`() {
    var harness = following()
    harness.begin()
    harness.delta(0, "Good ")
    harness.begin(from: 0)
    harness.delta(0, "Go")
    harness.delta(2, "od mor")
    harness.delta(8, "ning")
    harness.end()
    harness.begin(from: 0)
    harness.delta(0, "Good morning")
    harness.end()
    #expect(harness.heard == ["begin 0", "0 Good ", "5 mor", "8 ning", "end stop"])
  }

  @Test func `what was on its way from the place before is not told`() {
    var harness = following()
    harness.begin()
    harness.delta(0, "Good ")
    harness.perform(harness.session.listen(to: Turn.sample.id, from: 2))
    harness.delta(5, "morning")
    harness.end()
    harness.attached(from: 2)
    harness.begin(from: 2)
    harness.delta(2, "od morning")
    harness.end()
    #expect(harness.heard == ["begin 0", "0 Good ", "begin 2", "2 od morning", "end stop"])
  }

  @Test func `text and thoughts have places of their own`() {
    var harness = SessionHarness()
    harness.ready()
    harness.perform(harness.session.listen(to: Turn.sample.id, reasoning: true))
    #expect(harness.sent[0]["params"]?["reasoning"] == true)
    harness.attached(from: 0)
    harness.begin()
    harness.delta(0, "Hm", kind: .reasoning)
    harness.delta(0, "Yes")
    harness.lose()
    harness.ready()
    #expect(harness.sent[0]["params"]?["reasoning"] == true)
    harness.attached(from: 3)
    harness.delta(0, "Hm. So", kind: .reasoning)
    harness.delta(3, ".")
    #expect(
      harness.heard == [
        "ready", "begin 0", "thought 0 Hm", "0 Yes", "lost", "ready same", "thought 2 . So", "3 .",
      ])
  }

  @Test func `a gap and a wrong length are faults`() {
    for (from, next) in [(6, 7), (5, 7), (4, 4)] {
      var harness = following()
      harness.begin()
      harness.delta(0, "Good ")
      harness.receive(
        """
        {"jsonrpc":"2.0","method":"stream.delta","params":{"from":\(from),"next":\(next),"text":"x",\
        "turn":"\(Turn.sample.id)"}}
        """)
      #expect(harness.session.phase == .closed, "\(from) to \(next)")
    }
  }

  @Test func `a turn that cannot be attached to is gone, and one of a stopping daemon is not`() {
    var harness = SessionHarness()
    harness.ready()
    harness.perform(harness.session.listen(to: Turn.sample.id))
    harness.refuse("turn.attach", RPCError.stopping(retryMs: 0))
    harness.lose()
    harness.ready()
    #expect(harness.methods == ["turn.attach"])
    harness.refuse("turn.attach", .notFound(kind: "turn", id: "x"))
    harness.lose()
    harness.ready()
    #expect(harness.methods == [])
    #expect(harness.heard.contains("gone: not_found"))
  }

  @Test func `a chat that cannot be followed is not asked for again`() {
    var harness = SessionHarness()
    harness.ready()
    harness.perform(harness.session.follow(streamChat))
    harness.perform(harness.session.follow(streamChat))
    #expect(harness.methods == ["chat.follow"])
    harness.refuse("chat.follow", .notFound(kind: "chat", id: "x"))
    harness.lose()
    harness.ready()
    #expect(harness.methods == [])
    #expect(harness.heard.contains("not following: not_found"))
  }

  @Test func `who stops listening hears nothing more`() {
    var harness = following()
    harness.begin()
    harness.perform(harness.session.stopListening(to: Turn.sample.id))
    harness.perform(harness.session.unfollow(streamChat))
    #expect(harness.methods == ["turn.detach", "chat.unfollow"])
    harness.delta(0, "Good ")
    harness.end()
    harness.lose()
    harness.ready()
    #expect(harness.methods == [])
    #expect(harness.heard == ["begin 0", "lost", "ready same"])
  }

  @Test func `a peer cannot make the client keep streams without end`() {
    var harness = following()
    let maker = ULIDMaker(random: .seeded(3))
    for _ in 0..<1024 { harness.begin(turn: maker.make()) }
    #expect(harness.session.phase == .ready)
    harness.begin(turn: maker.make())
    #expect(harness.session.phase == .closed)
  }

  @Test func `streams are handed on as they come where that is wanted`() {
    var harness = SessionHarness { $0.interpretsStreams = false }
    harness.ready()
    harness.begin()
    harness.delta(5, "x")
    #expect(harness.heard == ["ready", "stream.begin", "stream.delta"])
  }

  @Test func `news that were thrown away are told anew`() {
    var harness = following()
    harness.begin()
    harness.delta(0, "Good ")
    harness.end()
    harness.news = []
    harness.perform(harness.session.droppedStreams([Turn.sample.id]))
    #expect(harness.methods == ["turn.attach"])
    #expect(harness.sent[0]["params"]?["from"] == 0)
    harness.attached(from: 0)
    harness.begin()
    harness.delta(0, "Good ")
    harness.end()
    #expect(harness.heard == ["reset", "begin 0", "0 Good ", "end stop"])
  }

  /// Texts of random scalars, cut and repeated at random by a daemon whose connections end at random: what is told is
  /// always the whole text, once.
  @Test(arguments: [UInt64.random(in: 0..<1 << 32), 1, 2, 3])
  func `whatever connections do, the text told is the text`(seed: UInt64) {
    let random = RandomSource.seeded(seed)
    func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
    for _ in 0..<50 {
      let scalars = ["a", "é", "漢", "🙂", "\n"]
      let text = Array((0..<below(200)).map { _ in scalars[below(scalars.count)] }.joined().unicodeScalars)
      var ends: [Int] = [0]
      for scalar in text { ends.append((ends.last ?? 0) + String(scalar).utf8.count) }
      var harness = following()
      harness.begin()
      // Where the daemon's cursor of this connection stands, in scalars.
      var at = 0
      while at < text.count {
        if below(4) == 0 {
          harness.lose()
          harness.ready()
          let wanted = harness.sent.first?["params"]?["from"]?.integer ?? -1
          at = ends.firstIndex(of: Int(wanted)) ?? 0
          harness.attached(from: Int(wanted))
          if below(2) == 0 {
            // A call sent again, or the follow, had it told from an earlier place.
            at = below(at + 1)
          }
          harness.begin(from: ends[at])
          harness.followed()
        } else {
          let next = min(text.count, at + 1 + below(9))
          var piece = String.UnicodeScalarView()
          piece.append(contentsOf: text[at..<next])
          harness.delta(ends[at], String(piece))
          at = next
        }
      }
      harness.end()
      var told = ""
      var counts = (begun: 0, ended: 0)
      for case .stream(let stream) in harness.news {
        switch stream {
        case .began: counts.begun += 1
        case .delta(let delta): told += delta.text
        case .ended: counts.ended += 1
        default: break
        }
      }
      var whole = String.UnicodeScalarView()
      whole.append(contentsOf: text)
      #expect(Array(told.utf8) == Array(String(whole).utf8), "seed \(seed)")
      #expect(counts.begun == 1 && counts.ended == 1, "seed \(seed)")
    }
  }
}

extension Chat {
  static var sample: Chat { ChatGet.example.result.chat }
}

extension Turn {
  static var sample: Turn { TurnAttach.example.result.turn }
}

/// A daemon's side of a stream.
extension SessionHarness {
  fileprivate mutating func notify<N: Wire.Notification>(_ type: N.Type, _ params: N.Params) {
    let bytes = MessageLine.notification(N.name, params: JSONText.bytes(params))
    receive(bytes: bytes)
  }

  mutating func begin(from: Int = 0, turn id: ULID = Turn.sample.id) {
    var turn = Turn.sample
    turn.id = id
    notify(
      StreamBegin.self,
      StreamBegin.Params(
        turn: turn, chat: .sample, parent: nil, replyId: turn.replyId, from: Int64(from)))
  }

  mutating func delta(_ from: Int, _ text: String, kind: StreamDelta.Kind? = nil) {
    notify(
      StreamDelta.self,
      StreamDelta.Params(
        turn: Turn.sample.id, from: Int64(from), next: Int64(from + text.utf8.count), text: text, kind: kind))
  }

  mutating func phase(_ phase: Turn.Phase) {
    notify(TurnPhaseNotification.self, TurnPhaseNotification.Params(turn: Turn.sample.id, phase: phase))
  }

  mutating func end(_ finish: Finish = .stop) {
    notify(
      StreamEnd.self,
      StreamEnd.Params(turn: .sample, finish: finish, timing: Timing(queuedMs: 0, totalMs: 1)))
  }

  mutating func attached(from: Int, reset: Bool? = nil) {
    let result = TurnAttach.Result(turn: .sample, from: Int64(from), reset: reset)
    answer("turn.attach", String(decoding: JSONText.bytes(result), as: UTF8.self))
  }

  mutating func followed() {
    let result = ChatFollow.Result(chat: .sample, from: 0)
    answer("chat.follow", String(decoding: JSONText.bytes(result), as: UTF8.self))
  }
}
