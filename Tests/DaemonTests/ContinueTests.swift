import Glibc
import Model
import TestSupport
import Testing

extension EndToEnd {
  /// A message that is gone on with: seen by everybody from the beginning, and whole again whatever happens.
  @Suite struct ContinueTests {
    /// A chat with one reply, and a turn that goes on with it and waits for its first token.
    private struct Waiting {
      let talk: Conversation
      let client: LineClient
      let gate = Gate()
      let reply: String
      let turn: String
      let change: Int64

      init(_ rest: [ScriptedUpstream.Step]) throws {
        talk = try Conversation()
        talk.upstream.answer(.reply(["Once upon"]))
        talk.upstream.answer([.head(), .gate(gate)] + rest)
        client = try talk.daemon.lines()
        let sent = try client.ask("message.send", talk.line("A story.", ",\"wait\":true,\"attach\":false"))
          .result
        reply = try #require(sent?["reply"]?["id"]?.string)
        change = try #require(try client.ask("hello").result?["change"]?.integer)
        let began = try client.ask("message.continue", "{\"message\":\"\(reply)\",\"attach\":false}").result
        turn = try #require(began?["turn"]?["id"]?.string)
        // The request leaves while the commit is in flight; its script is for nobody else.
        let deadline = ContinuousClock.now + .seconds(30)
        while talk.upstream.requests.count < 2, ContinuousClock.now < deadline { sched_yield() }
      }

      func stored() throws -> JSONValue { try #require(try talk.stored(reply)) }

      /// The kinds and ids of what changed since the reply was stored.
      func changed(since: Int64) throws -> [String] {
        let items = try talk.daemon.lines().ask("sync.changes", "{\"since\":\(since)}").result?["items"]?
          .array
        return (items ?? []).compactMap { $0["id"]?.string }
      }
    }

    @Test func `it streams from the first commit on, and what streams is its text`() throws {
      let half = Gate()
      let stand = try Waiting([.piece(" a time"), .gate(half), .piece(" there was.")] + .finish())
      let before = try stand.stored()
      #expect(before["status"] == "streaming" && before.text == "Once upon")
      #expect(try stand.changed(since: stand.change).contains(stand.reply))
      let follower = try stand.talk.daemon.lines()
      let followed = try follower.ask("turn.attach", "{\"turn\":\"\(stand.turn)\",\"from\":9}").result
      #expect(followed?["from"] == 9)
      stand.gate.open()
      var shown = ""
      while shown != " a time" { shown += try follower.notification("stream.delta")["text"]?.string ?? "" }
      // No checkpoint need have come: the log is the text.
      #expect(try stand.stored().text == "Once upon a time")
      #expect(try stand.talk.history().last?.text == "Once upon a time")
      half.open()
      _ = try stand.client.ask("turn.wait", "{\"turn\":\"\(stand.turn)\"}")
      let after = try stand.stored()
      #expect(after["status"] == "complete" && after.text == "Once upon a time there was.")
      #expect(after["turn"]?.string == stand.turn)
    }

    @Test func `cancelled before the first token, it is what it was`() throws {
      let closed = Occurrence<Void>()
      let stand = try Waiting([.untilPeerCloses(closed)])
      let watcher = try stand.talk.daemon.lines()
      #expect(try watcher.ask("events.subscribe", #"{"topics":["message"]}"#).result != nil)
      #expect(
        try stand.client.ask("turn.cancel", "{\"turn\":\"\(stand.turn)\"}").result?["turn"]?["finish"]
          == "cancelled")
      let after = try stand.stored()
      #expect(after["status"] == "complete" && after.text == "Once upon" && after["finish"] == "stop")
      #expect(after["turn"]?.string != stand.turn)
      let event = try watcher.notification("event")
      #expect(event["topic"] == "message.updated" && event["data"]?["message"]?["status"] == "complete")
      stand.gate.open()
    }

    @Test func `killed before the first token, it is what it was, and can be gone on with again`() throws {
      let stand = try Waiting([])
      try stand.talk.daemon.kill()
      stand.gate.open()
      try stand.talk.daemon.start()
      let after = try stand.stored()
      #expect(after["status"] == "complete" && after.text == "Once upon")
      #expect(try stand.changed(since: stand.change).contains(stand.reply))
      let client = try stand.talk.daemon.lines()
      let turn = try client.ask("turn.get", "{\"turn\":\"\(stand.turn)\"}").result?["turn"]
      #expect(turn?["phase"] == "failed" && turn?["finish"] == "interrupted")
      stand.talk.upstream.answer(.reply([" a time."]))
      let again = try client.ask("turn.retry", "{\"turn\":\"\(stand.turn)\",\"wait\":true,\"attach\":false}")
        .result
      #expect(again?["reply"]?.text == "Once upon a time." && again?["reply"]?["id"]?.string == stand.reply)
    }
  }
}
