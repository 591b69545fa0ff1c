import Model
import TestSupport
import Testing

extension EndToEnd {
  /// Which model answers when nobody names one, trials that are called off, and limits that change.
  @Suite struct ModelChoiceTests {
    @Test func `a provider of which only the address is known answers with what its server lists`() throws {
      let upstream = ScriptedUpstream()
      defer { upstream.stop() }
      let daemon = try DaemonFixture(
        config: "{ providers: { home: { kind: 'openai', url: '\(upstream.url)/v1' } } }")
      upstream.answer(.whole(200, #"{"data":[{"id":"gemma"},{"id":"llama"}]}"#))
      upstream.answer(.reply(["Here."]))
      let client = try daemon.lines()
      _ = try client.ask("companion.create", #"{"persona":{"name":"Mira"}}"#)
      let line = #"{"companion":"mira","text":"Where?","wait":true,"attach":false}"#
      let sent = try client.ask("message.send", line).result
      #expect(sent?["reply"]?.text == "Here." && sent?["turn"]?["model"] == "home/gemma")
    }

    @Test func `a server without a list is a refusal that says what to write`() throws {
      let upstream = ScriptedUpstream()
      defer { upstream.stop() }
      let daemon = try DaemonFixture(
        config: "{ providers: { home: { kind: 'openai', url: '\(upstream.url)/v1' } } }")
      upstream.answer(.whole(404, "{}"))
      let client = try daemon.lines()
      _ = try client.ask("companion.create", #"{"persona":{"name":"Mira"}}"#)
      let line = #"{"companion":"mira","text":"Where?","wait":true,"attach":false}"#
      let sent = try client.ask("message.send", line).result
      #expect(sent?["message"]?.text == "Where?" && sent?["reply"] == nil)
      let error = sent?["turn"]?["error"]
      #expect(error?["code"] == 6 && error?["data"]?["reason"] == "provider_refused")
      #expect(error?["message"]?.string?.contains("home/MODEL") == true, "\(String(describing: error))")
    }

    @Test func `a trial that is called off hangs up on the server`() async throws {
      let talk = try Conversation()
      let closed = Occurrence<Void>()
      talk.upstream.answer([.head(), .piece("Hel"), .untilPeerCloses(closed)])
      let client = try talk.daemon.lines()
      try client.call("model.test", #"{"model":"up/m"}"#, id: 7)
      _ = await talk.upstream.request(1)
      try client.call("call.cancel", #"{"id":7}"#, id: 8)
      var replies: [Int64: JSONValue] = [:]
      for _ in 1...2 {
        let reply = try client.reply()
        replies[reply["id"]?.integer ?? 0] = reply
      }
      #expect(replies[8]?.result?["cancelled"] == true)
      #expect(replies[7]?.code == 9 && replies[7]?.reason == "cancelled")
      await closed.value
    }

    @Test func `hello tells the limits as they are after a reload`() throws {
      let daemon = try DaemonFixture(config: "{limits: {messagesPerMinute: 30}}")
      let client = try daemon.lines()
      let hello = try client.ask("hello").result
      let features = try #require(hello?["features"]?.array).compactMap(\.string)
      #expect(features == features.sorted() && Set(features).isSuperset(of: ["chats", "trash", "turns"]))
      let before = hello?["limits"]
      #expect(before?["messagesPerMinute"] == 30 && before?["maxContextBytes"] == 65536)
      #expect(before?["maxContextItems"] == 32)
      try daemon.folder.write("{limits: {messagesPerMinute: 7, picturesPerHour: 3}}", to: "companiond.json5")
      #expect(try client.ask("config.reload").result?["restart"] == [])
      let after = try client.ask("hello").result?["limits"]
      #expect(after?["messagesPerMinute"] == 7 && after?["picturesPerHour"] == 3)
    }

    @Test func `a chat takes the owner's settings, or none of them, and leaves there what it was given`()
      throws
    {
      let daemon = try DaemonFixture()
      let client = try daemon.lines()
      _ = try client.ask("companion.create", #"{"persona":{"name":"Mira"}}"#)
      let mine = #"{"user":{"name":"Jon"},"defaults":{"maxTokens":99,"illustrate":"off"},"reuse":true}"#
      #expect(try client.ask("settings.set", mine).result != nil)
      func settings(_ more: String = "") throws -> JSONValue? {
        try client.ask("chat.create", "{\"companion\":\"mira\"\(more)}").result?["chat"]?["settings"]
      }
      #expect(try settings() == ["user": ["name": "Jon"], "maxTokens": 99, "illustrate": "off"])
      #expect(try settings(#","defaults":"none""#) == [:])
      #expect(try settings(#","defaults":"none","settings":{"maxTokens":5}"#) == ["maxTokens": 5])
      let listener = try daemon.lines()
      #expect(try listener.ask("events.subscribe", #"{"topics":["settings","chat.created"]}"#).result != nil)
      let chosen = try settings(#","settings":{"maxTokens":7}"#)
      #expect(chosen == ["user": ["name": "Jon"], "maxTokens": 7, "illustrate": "off"])
      #expect(try listener.notification("event")["topic"] == "chat.created")
      let changed = try listener.notification("event")
      #expect(changed["topic"] == "settings.changed" && changed["data"]?["changed"] == ["defaults"])
      #expect(changed["data"]?["settings"]?["defaults"] == ["maxTokens": 7, "illustrate": "off"])
      #expect(try settings()?["maxTokens"] == 7)
      #expect(
        try client.ask("chat.create", #"{"companion":"mira","defaults":"his"}"#).reason == "invalid_params")
    }
  }
}
