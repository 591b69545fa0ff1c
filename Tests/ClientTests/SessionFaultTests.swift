import Base
import Client
import FoundationEssentials
import Model
import TestSupport
import Testing
import Wire

/// A daemon that says what it must not is answered with a typed error, whatever it is.
@Suite struct SessionFaultTests {
  static let bad = [
    "nonsense", "{", "[]", "[{\"id\":1,\"jsonrpc\":\"2.0\",\"result\":{}}]", "{}", "1", "null", "\"\"",
    "{\"id\":2,\"jsonrpc\":\"1.0\",\"result\":{}}", "{\"id\":2,\"jsonrpc\":\"2.0\"}",
    "{\"id\":2,\"jsonrpc\":\"2.0\",\"result\":{},\"error\":{\"code\":1,\"message\":\"\"}}",
    "{\"id\":99,\"jsonrpc\":\"2.0\",\"result\":{}}", "{\"id\":\"2\",\"jsonrpc\":\"2.0\",\"result\":{}}",
    "{\"id\":null,\"jsonrpc\":\"2.0\",\"result\":{}}",
    "{\"id\":null,\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32700,\"message\":\"what?\"}}",
    "{\"id\":2,\"jsonrpc\":\"2.0\",\"error\":5}", "{\"id\":2,\"jsonrpc\":\"2.0\",\"error\":{}}",
    "{\"id\":3,\"jsonrpc\":\"2.0\",\"method\":\"ping\"}",
    "{\"jsonrpc\":\"2.0\",\"method\":\"event\"}", "{\"jsonrpc\":\"2.0\",\"method\":\"event\",\"params\":[]}",
    "{\"jsonrpc\":\"2.0\",\"method\":\"event\",\"params\":{\"seq\":\"1\",\"topic\":\"a\",\"data\":{}}}",
    "{\"jsonrpc\":\"2.0\",\"method\":\"server.closing\",\"params\":{}}",
    String(repeating: "[", count: 100_000),
    "{\"jsonrpc\":\"2.0\",\"method\":\"a\",\"method\":\"b\"}", "\u{FEFF}{}",
  ]

  @Test(arguments: bad)
  func `a line that breaks the contract ends the client with a fault`(line: String) throws {
    var harness = SessionHarness()
    harness.ready()
    let token = try harness.call(SettingsGet.self, Empty())
    harness.receive(line)
    #expect(harness.session.phase == .closed)
    #expect(harness.disconnects == 1)
    guard case .fault(let fault)? = harness.failure(of: token) else {
      Issue.record("the call was not failed with a fault")
      return
    }
    #expect(fault.description.hasSuffix("Is it companiond?"))
    // What comes after is ignored.
    harness.receive(line)
    #expect(harness.news.count == 2)
  }

  @Test func `invalid UTF-8 is a fault`() {
    var harness = SessionHarness()
    harness.ready()
    harness.receive(bytes: Array("{\"jsonrpc\":\"2.0\",\"method\":\"".utf8) + [0xFF, 0x22, 0x7D, 0x0A])
    #expect(harness.session.phase == .closed)
  }

  @Test func `a fault shows the line's beginning without its control characters`() throws {
    var harness = SessionHarness()
    harness.ready()
    harness.receive("\u{1B}[2Jevil")
    let text = try #require(harness.heard.last)
    #expect(!text.unicodeScalars.contains("\u{1B}"))
    #expect(text.contains("\\u{1B}[2Jevil"))
  }

  @Test func `a line may be as long as the limit and one byte more is a fault`() {
    for (excess, phase) in [(0, ClientSession.Phase.ready), (1, .closed)] {
      var harness = SessionHarness { $0.maxLineBytes = 4000 }
      harness.ready()
      let frame = "{\"jsonrpc\":\"2.0\",\"method\":\"x\",\"params\":{\"a\":\"\"}}"
      let filling = String(repeating: "a", count: 4000 - frame.utf8.count + excess)
      harness.receive("{\"jsonrpc\":\"2.0\",\"method\":\"x\",\"params\":{\"a\":\"\(filling)\"}}")
      #expect(harness.session.phase == phase)
    }
  }

  @Test func `a line without end is a fault as soon as it is too long`() {
    var harness = SessionHarness { $0.maxLineBytes = 4000 }
    harness.ready()
    harness.receive(bytes: [UInt8](repeating: 0x20, count: 4001))
    #expect(harness.session.phase == .ready)
    harness.receive(bytes: [0x20])
    #expect(harness.session.phase == .closed)
  }

  @Test func `a greeting that is none is a fault`() {
    var harness = SessionHarness()
    harness.perform(harness.session.start())
    harness.connect()
    harness.answer("hello", "{\"server\":{}}")
    guard case .closed(.fault(.nonsense(method: "hello", _)))? = harness.news.last else {
      Issue.record("no fault: \(harness.heard)")
      return
    }
  }

  @Test func `a daemon of another protocol is said to be so`() throws {
    var harness = SessionHarness()
    let token = try harness.call(SettingsGet.self, Empty())
    harness.perform(harness.session.start())
    harness.connect()
    let refusal = RPCError(.unsupported, reason: "unsupported", "Only 2 is spoken.")
    harness.refuse("hello", refusal)
    #expect(harness.failure(of: token) == .incompatible(refusal))
    #expect(harness.session.phase == .closed)
  }

  @Test func `two thousand mutated conversations never trap`() throws {
    let seed = UInt64.random(in: .min ... .max)
    let random = RandomSource.seeded(seed)
    let lines = [
      LineClient.hello(boot: "b", change: 1),
      "{\"boot\":\"b\",\"change\":1,\"missed\":true,\"seq\":4,\"subscription\":\"s\"}",
      "{\"items\":[{\"kind\":\"a\",\"id\":\"b\",\"change\":3}],\"latest\":3}", settingsReply,
      "{\"download\":\"d\",\"bytes\":10}", "{\"data\":\"AAAA\",\"next\":3}", "{\"data\":\"AAAA\"}", "{}",
    ]
    // A session is a value: greeting once is enough for all.
    var greeted = SessionHarness()
    greeted.ready()
    for round in 0..<2_000 {
      var harness = greeted
      harness.subscribe(["a"])
      _ = try harness.call(SettingsGet.self, Empty())
      for _ in 0..<(random.next() % 6) {
        switch random.next() % 8 {
        case 0: harness.lose()
        case 1: if harness.session.phase == .connecting { harness.ready() }
        case 2: harness.event(Int(random.next() % 10), "server.lost")
        case 3: harness.closing("stopping")
        default:
          let id = random.next() % 8
          var line = Array(
            "{\"id\":\(id),\"jsonrpc\":\"2.0\",\"result\":\(lines[Int(random.next() % 8)])}\n".utf8)
          if random.next() % 4 == 0 {
            line[Int(random.next() % UInt64(line.count))] = UInt8(truncatingIfNeeded: random.next())
          }
          harness.receive(bytes: line)
        }
      }
      harness.perform(harness.session.close())
      try #require(harness.session.openCalls == 0, "seed \(seed), round \(round)")
      try #require(harness.replies.count == 1, "seed \(seed), round \(round)")
    }
  }
}
