import Base
import Glibc
import Model
import TestSupport
import Testing

extension EndToEnd {
  /// Models listed, tried and reconfigured while the daemon runs.
  @Suite struct ModelTests {
    @Test func `models are listed, asked for again only on demand, and a failing server is told beside them`()
      throws
    {
      let talk = try Conversation()
      talk.upstream.answer(.whole(200, #"{"data":[{"id":"m"},{"id":"org/llava:7b"}]}"#))
      let client = try talk.daemon.lines()
      let first = try client.ask("model.list").result
      let ids = first?["models"]?.array?.compactMap { $0["id"]?.string }
      #expect(ids == ["up/m", "up/org/llava:7b", "offline/companion"])
      #expect(first?["models"]?.array?.last?["offline"] == true && first?["default"] == "up/m")
      #expect(first?["models"]?.array?[1]["capabilities"]?.array?.contains("vision") == true)
      #expect(try client.ask("model.list").result == first && talk.upstream.requests.count == 1)
      talk.upstream.answer(.whole(500, "no"))
      let second = try client.ask("model.list", #"{"refresh":true}"#).result
      #expect(talk.upstream.requests.count == 2)
      // What the configuration names and what was known stay.
      #expect(second?["models"] == first?["models"])
    }

    @Test func `a model is tried, and what goes wrong is told as it would be for a reply`() throws {
      let talk = try Conversation()
      talk.upstream.answer(.reply(["Hel", "lo."], usage: (12, 3)))
      let client = try talk.daemon.lines()
      let trial = try client.ask("model.test", #"{"model":"up/m"}"#).result
      #expect(trial?["text"] == "Hello." && trial?["model"] == "up/m")
      #expect(trial?["usage"]?["promptTokens"] == 12 && trial?["totalMs"]?.integer != nil)
      talk.upstream.answer(.whole(401, #"{"error":{"message":"bad key"}}"#))
      let refused = try client.ask("model.test", #"{"model":"up/m"}"#)
      #expect(refused.code == 6 && refused.reason == "provider_refused", "\(refused)")
      let unknown = try client.ask("model.test", #"{"model":"upp/m"}"#)
      #expect(unknown.code == 6 && unknown["error"]?["message"]?.string?.contains("did you mean up") == true)
      #expect(try client.ask("model.test", #"{"model":""}"#).reason == "invalid_params")
      #expect(try client.ask("model.test", #"{"model":"offline"}"#).result?["text"]?.string?.isEmpty == false)
    }

    @Test func `looking for servers on this machine takes no longer than it says`() throws {
      let daemon = try DaemonFixture()
      let client = try daemon.lines()
      let begin = ContinuousClock.now
      let found = try client.ask("provider.probe").result?["found"]?.array
      let took = ContinuousClock.now - begin
      #expect(found != nil)
      for server in found ?? [] { #expect(server["url"]?.string?.hasPrefix("http://127.0.0.1:") == true) }
      figure("probe: \(found?.count ?? 0) servers in \(took.milliseconds.rounded(to: 1)) ms")
      // All are asked at once, each for 300 ms; the rest is for a busy machine.
      #expect(took < .seconds(2))
    }

    @Test func `a reload is for the next turn; the one that runs ends with what it began with`() throws {
      let talk = try Conversation()
      let other = ScriptedUpstream()
      defer { other.stop() }
      let gate = Gate()
      talk.upstream.answer([.head(), .piece("Old "), .gate(gate), .piece("friend.")] + .finish())
      let client = try talk.daemon.lines()
      let sent = try client.ask("message.send", talk.line("Who are you?")).result
      let turn = try #require(sent?["turn"]?["id"]?.string)
      var shown = Shown()
      try client.read(while: { shown.next < 4 }) { shown.take($0, of: turn) }

      try talk.daemon.folder.write(
        Conversation.configuration(other.url).replacing("up", with: "new"), to: "companiond.json5")
      let reloader = try talk.daemon.lines()
      let reload = try reloader.ask("config.reload").result
      #expect(reload?["problems"]?.array?.isEmpty ?? true, "\(String(describing: reload))")
      #expect(reload?["restart"]?.array?.isEmpty == true)
      gate.open()
      try client.read(while: { shown.end == nil }) { shown.take($0, of: turn) }
      #expect(shown.text == "Old friend." && shown.end?["turn"]?["model"] == "up/m")

      other.answer(.reply(["New."]))
      let next = try reloader.ask("message.send", talk.line("And now?", #","wait":true,"attach":false"#))
        .result
      #expect(next?["reply"]?.text == "New." && next?["turn"]?["model"] == "new/m")
      // SIGHUP does the same; the rate is the configuration's from now on.
      let listener = try talk.daemon.lines()
      _ = try listener.ask("events.subscribe", #"{"topics":["server"]}"#)
      try talk.daemon.folder.write(
        Conversation.configuration(other.url).replacing("messagesPerMinute: 0", with: "messagesPerMinute: 1"),
        to: "companiond.json5")
      talk.daemon.send(signal: SIGHUP)
      _ = try listener.notification("event")
      let silent = #","respond":false"#
      let answers = try (0..<2).map { try reloader.ask("message.send", talk.line("Line \($0).", silent)) }
      // The two sends of before count as well, where they fall into the same minute.
      #expect(answers.last?.reason == "rate_limited", "\(answers)")
    }
  }
}

extension String {
  fileprivate func replacing(_ part: String, with other: String) -> String {
    var result = ""
    var rest = self[...]
    while let found = rest.firstRange(of: part) {
      result += rest[..<found.lowerBound] + other
      rest = rest[found.upperBound...]
    }
    return result + rest
  }
}
