import Client
import FoundationEssentials
import Model
import TestSupport
import Testing
import Wire

@Suite struct SessionCallTests {
  @Test func `greets before anything else and sends what waited in order`() throws {
    var harness = SessionHarness()
    let first = try harness.call(Ping.self, Empty())
    let second = try harness.call(SettingsGet.self, Empty())
    #expect(harness.sent.isEmpty)
    harness.perform(harness.session.start())
    #expect(harness.connects == [.zero])
    harness.connect()
    #expect(harness.methods == ["hello"])
    #expect(harness.sent[0]["params"]?["protocol"]?.integer == 1)
    #expect(harness.sent[0]["params"]?["client"]?["name"]?.string == "tests")
    harness.answer("hello", LineClient.hello(boot: "b", change: 1))
    #expect(harness.methods == ["ping", "settings.get"])
    harness.answer("settings.get", settingsReply)
    harness.answer("ping", "{}")
    #expect(harness.result(of: first) == "{}")
    #expect(harness.result(of: second) == settingsReply)
    #expect(harness.heard == ["ready"])
  }

  @Test func `reads the same from bytes cut at every position`() throws {
    var whole: [UInt8] = []
    let lines = [
      "{\"id\":1,\"jsonrpc\":\"2.0\",\"result\":\(LineClient.hello(boot: "b", change: 1))}",
      "{\"jsonrpc\":\"2.0\",\"method\":\"event\",\"params\":{\"data\":{\"é\":\"\\n\"},\"seq\":4,\"topic\":\"a.b\"}}\r",
      "{\"id\":2,\"jsonrpc\":\"2.0\",\"result\":{}}",
      "{\"jsonrpc\":\"2.0\",\"method\":\"later.news\",\"params\":{\"x\":[1,2]}}",
    ]
    for line in lines { whole += Array((line + "\n").utf8) }
    // The first number goes to hello, the second to the call; a session is a value, so one beginning serves all.
    var begun = SessionHarness()
    begun.perform(begun.session.start())
    begun.connect()
    let token = try begun.call(Ping.self, Empty())
    for cut in 0...whole.count {
      var harness = begun
      harness.receive(bytes: Array(whole[..<cut]))
      harness.receive(bytes: Array(whole[cut...]))
      try #require(harness.heard == ["ready", "event 4", "later.news"], "cut at \(cut)")
      try #require(harness.result(of: token) == "{}", "cut at \(cut)")
    }
    for byte in whole { begun.receive(bytes: [byte]) }
    #expect(begun.heard == ["ready", "event 4", "later.news"])
  }

  @Test func `hands over what the daemon refuses`() throws {
    var harness = SessionHarness()
    harness.ready()
    let token = try harness.call(SettingsSet.self, SettingsSet.Params(reuse: true, ifRevision: 3))
    harness.refuse("settings.set", .conflict(revision: 7))
    #expect(harness.failure(of: token) == .daemon(.conflict(revision: 7)))
    #expect(harness.session.phase == .ready)
  }

  @Test func `decodes a result as its method says, or tells what is wrong with it`() throws {
    let good = Reply(method: "settings.get", json: Data(settingsReply.utf8))
    #expect(try good.decoded(as: SettingsGet.self).settings.revision == 1)
    let bad = Reply(method: "settings.get", json: Data("{\"settings\":{\"reuse\":1}}".utf8))
    #expect {
      try bad.decoded(as: SettingsGet.self)
    } throws: { error in
      guard case ClientError.unexpectedResult("settings.get", let detail) = error else { return false }
      return detail.hasPrefix("result.settings.")
    }
  }

  @Test func `sends a call again with the same key when the connection is lost`() throws {
    var harness = SessionHarness()
    harness.ready()
    let keyed = try harness.call(SettingsSet.self, SettingsSet.Params(reuse: true))
    let chosen = try harness.call(SettingsSet.self, SettingsSet.Params(reuse: true), key: "mine")
    let read = try harness.call(SettingsGet.self, Empty())
    let before = harness.sent
    #expect(before[0]["params"]?["key"]?.string?.isEmpty == false)
    #expect(before[1]["params"]?["key"] == "mine")
    harness.lose()
    #expect(harness.replies.isEmpty)
    harness.ready(boot: "boot-2")
    #expect(harness.sent == before)
    harness.answer("settings.set", settingsReply)
    harness.answer("settings.set", settingsReply)
    harness.answer("settings.get", settingsReply)
    for token in [keyed, chosen, read] { #expect(harness.result(of: token) == settingsReply) }
  }

  @Test func `two keys made up are never the same`() throws {
    var harness = SessionHarness()
    harness.ready()
    for _ in 0..<100 { _ = try harness.call(SettingsSet.self, SettingsSet.Params(reuse: true)) }
    let keys = harness.sent.compactMap { $0["params"]?["key"]?.string }
    #expect(Set(keys).count == 100)
    #expect(keys.allSatisfy { (1...64).contains($0.utf8.count) })
  }

  @Test func `does not send again what may have happened`() throws {
    var harness = SessionHarness()
    harness.ready()
    var request = try CallRequest(method: "later.method", params: Data("{\"text\":\"hi\"}".utf8))
    let unknown = harness.call(request)
    request = try CallRequest(SettingsGet.self, Empty())
    request.repeats = false
    let once = harness.call(request)
    harness.lose()
    #expect(harness.failure(of: unknown) == .connectionLost(ConnectionLoss()))
    #expect(harness.failure(of: once) == .connectionLost(ConnectionLoss()))
    harness.ready()
    #expect(harness.methods.isEmpty)
  }

  @Test func `a method it does not know is sent again when it carries a key`() throws {
    var harness = SessionHarness()
    harness.ready()
    let params = Data("\n { \"text\": \"hi\",\n \"key\": \"k\" }".utf8)
    let token = harness.call(try CallRequest(method: "message.send", params: params))
    harness.lose()
    harness.ready()
    #expect(harness.methods == ["message.send"])
    #expect(harness.sent[0]["params"] == ["text": "hi", "key": "k"])
    harness.answer("message.send", "{}")
    #expect(harness.result(of: token) == "{}")
  }

  @Test func `a writing method called by name is given a key`() throws {
    var harness = SessionHarness()
    harness.ready()
    _ = harness.call(try CallRequest(method: "settings.set", params: Data("{ }".utf8)))
    _ = harness.call(try CallRequest(method: "settings.set", params: nil))
    _ = harness.call(try CallRequest(method: "settings.set", params: Data("{\"reuse\":true}".utf8)))
    for call in harness.sent { #expect(call["params"]?["key"]?.string?.count == 24) }
    #expect(harness.sent[2]["params"]?["reuse"] == true)
  }

  @Test(arguments: ["", "[]", "1", "{", "{\"a\":1} x", "null"])
  func `refuses params that are no object`(text: String) {
    #expect {
      try CallRequest(method: "ping", params: Data(text.utf8))
    } throws: { error in
      if case ClientError.unusableParams = error { true } else { false }
    }
  }

  @Test func `gives a call up after it was sent as often as allowed`() throws {
    var harness = SessionHarness { $0.maxSendings = 3 }
    harness.ready()
    let token = try harness.call(SettingsGet.self, Empty())
    for sending in 1...3 {
      #expect(harness.methods == ["settings.get"])
      #expect(harness.failure(of: token) == nil, "after sending \(sending)")
      harness.lose()
      if sending < 3 { harness.ready() }
    }
    #expect(harness.failure(of: token) == .connectionLost(ConnectionLoss()))
  }

  @Test func `a call refused because the daemon stops goes to its successor`() throws {
    var harness = SessionHarness()
    harness.ready()
    let token = try harness.call(SettingsGet.self, Empty())
    harness.refuse(
      "settings.get",
      RPCError(.stopping, reason: "stopping", "Stopping.", retryable: true, details: ["retryMs": 120]))
    #expect(harness.replies.isEmpty)
    #expect(harness.disconnects == 1)
    #expect(harness.connects == [.zero, .milliseconds(120)])
    harness.ready(boot: "boot-2")
    harness.answer("settings.get", settingsReply)
    #expect(harness.result(of: token) == settingsReply)
  }

  @Test func `a line may be as long as the daemon says and not a byte longer`() throws {
    let empty = MessageLine.request("x", id: .number(2), params: Data("{\"a\":\"\"}".utf8)).count - 1
    for (excess, fits) in [(0, true), (1, false)] {
      var harness = SessionHarness { $0.maxLineBytes = 2000 }
      harness.ready()
      let text = String(repeating: "a", count: 2000 - empty + excess)
      let request = try CallRequest(method: "x", params: Data("{\"a\":\"\(text)\"}".utf8))
      let token = harness.call(request)
      #expect(harness.methods == (fits ? ["x"] : []))
      #expect(harness.failure(of: token) == (fits ? nil : .requestTooLong(bytes: 2001, limit: 2000)))
    }
  }

  @Test func `cancelling asks the daemon, or just forgets what was not sent`() throws {
    var harness = SessionHarness()
    let waiting = try harness.call(SettingsGet.self, Empty())
    harness.perform(harness.session.cancel(waiting))
    guard case .daemon(let error)? = harness.failure(of: waiting) else {
      Issue.record("not answered")
      return
    }
    #expect(error.code == .cancelled)
    harness.ready()
    #expect(harness.methods.isEmpty)
    let sent = try harness.call(SettingsGet.self, Empty())
    harness.perform(harness.session.cancel(sent))
    #expect(harness.methods == ["settings.get", "call.cancel"])
    #expect(harness.sent[1]["params"]?["id"] == harness.sent[0]["id"])
    harness.answer("call.cancel", "{\"cancelled\":false}")
    harness.answer("settings.get", settingsReply)
    #expect(harness.result(of: sent) == settingsReply)
  }

  @Test func `the reply to an abandoned call is dropped, once`() throws {
    var harness = SessionHarness()
    harness.ready()
    let token = try harness.call(SettingsGet.self, Empty())
    let id = harness.sent[0]["id"]?.integer ?? 0
    harness.perform(harness.session.abandon(token))
    let line = "{\"id\":\(id),\"jsonrpc\":\"2.0\",\"result\":{}}"
    harness.receive(line)
    #expect(harness.replies.isEmpty)
    #expect(harness.session.phase == .ready)
    harness.receive(line)
    #expect(harness.session.phase == .closed)
  }

  @Test func `closing fails what is open`() throws {
    var harness = SessionHarness()
    harness.ready()
    let token = try harness.call(SettingsGet.self, Empty())
    harness.perform(harness.session.close())
    #expect(harness.failure(of: token) == .closed)
    #expect(harness.disconnects == 1)
    let late = try harness.call(SettingsGet.self, Empty())
    #expect(harness.failure(of: late) == .closed)
  }
}
