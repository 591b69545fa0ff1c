import Model
import TestSupport
import Testing

extension EndToEnd {
  /// A model that does not stop where it should, over a server that knows no stop strings.
  @Suite struct StopTests {
    /// Sends a line, and hears all of the answer while the server would go on for ever.
    private func hear(
      _ talk: Conversation, _ pieces: [String]
    ) async throws -> (shown: Shown, stored: JSONValue?) {
      let hungUp = Occurrence<Void>()
      talk.upstream.answer([.head()] + pieces.map { .piece($0) } + [.untilPeerCloses(hungUp)])
      let client = try talk.daemon.lines()
      let sent = try client.ask("message.send", talk.line("Hello?")).result
      let turn = try #require(sent?["turn"]?["id"]?.string)
      var shown = Shown()
      try client.read(while: { shown.end == nil }) { shown.take($0, of: turn) }
      await hungUp.value
      #expect(shown.faults.isEmpty && shown.begins == 1 && shown.ends == 1)
      #expect(shown.end?["finish"] == "stop" && shown.end?["error"] == nil)
      let reply = try #require(sent?["replyId"]?.string)
      return (shown, try talk.stored(reply))
    }

    @Test func `the reply ends before the person's line, and the server is hung up on`() async throws {
      let talk = try Conversation(settings: #"{"user":{"name":"Jürgen"}}"#)
      let cases: [([String], String)] = [
        (["Good evening.", "\\n", "\\nUs", "er: and I"], "Good evening."),
        (["Sit down.\\n", "**Jür", "gen", ":** Thanks."], "Sit down."),
        (["One.\\nUsers", " two.", "\\nJürgen:"], "One.\nUsers two."),
      ]
      for (pieces, text) in cases {
        let heard = try await hear(talk, pieces)
        #expect(heard.shown.text == text && heard.stored?.text == text)
        #expect(heard.stored?["status"] == "complete" && heard.stored?["finish"] == "stop")
        #expect(heard.stored?["usage"]?["estimated"] == true)
      }
      // Nothing but the person's line is no reply at all.
      let heard = try await hear(talk, ["User: I say", " this myself."])
      #expect(heard.shown.text == "" && heard.stored == nil && heard.shown.end?["reply"] == nil)
    }

    @Test func `a stop string of the chat ends the reply as well`() async throws {
      let talk = try Conversation(settings: #"{"sampling":{"stop":["@@@","END"]}}"#)
      let heard = try await hear(talk, ["Once upon a time. E", "N or @@", " E", "ND more"])
      #expect(heard.shown.text == "Once upon a time. EN or @@ " && heard.stored?.text == heard.shown.text)
      #expect(String(decoding: talk.upstream.requests[0].body, as: UTF8.self).contains("@@@"))
    }
  }
}
