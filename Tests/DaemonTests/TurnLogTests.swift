import Model
import TestSupport
import Testing

extension EndToEnd {
  /// What the log and the metrics tell of turns, and what they never tell.
  @Suite struct TurnLogTests {
    @Test func `a turn can be followed by its id, and no text and no key is in the log`() throws {
      let talk = try Conversation(
        options: ["--log-level", "debug"], provider: #", key: "canary-key-123456""#)
      talk.upstream.answer(.reply(["canary-reply ", "and more"], usage: (20, 5)))
      let client = try talk.daemon.lines()
      let context =
        #","context":[{"type":"file","title":"canary-title","text":"canary-context"}],"wait":true,"attach":false"#
      let sent = try client.ask("message.send", talk.line("canary-line", context)).result
      let turn = try #require(sent?["turn"]?["id"]?.string)
      talk.upstream.answer(.whole(400, #"{"error":{"message":"the server says what it pleases"}}"#))
      let failed = try client.ask("message.send", talk.line("canary-other", #","wait":true,"attach":false"#))
        .result
      let second = try #require(failed?["turn"]?["id"]?.string)
      #expect(failed?["turn"]?["phase"] == "failed")
      try talk.daemon.stop()
      let log = talk.daemon.log.split(separator: "\n").map(String.init)
      for (id, words) in [
        (turn, ["A turn began.", "A model is asked.", "A turn ended."]),
        (second, ["A turn began.", "A model is asked.", "A provider failed.", "A turn ended."]),
      ] {
        let lines = log.filter { $0.contains(id) }
        // In their order, between others perhaps.
        var rest = lines[...]
        for word in words {
          guard let found = rest.firstIndex(where: { $0.contains(word) }) else {
            Issue.record("\(word) is not told of \(id): \(lines)")
            break
          }
          rest = rest[(found + 1)...]
        }
      }
      #expect(log.contains { $0.contains(turn) && $0.contains("\"call\"") }, "the call leads to the turn")
      #expect(!talk.daemon.log.contains("canary"), "text or a key is in the log")
    }

    @Test func `metrics tell first tokens, totals, tokens, ends, causes, taken locks and the log's size`()
      throws
    {
      let talk = try Conversation()
      let gate = Gate()
      talk.upstream.answer([.head(), .piece("One"), .gate(gate)] + .finish("stop", usage: (40, 7)))
      let client = try talk.daemon.lines()
      let sent = try client.ask("message.send", talk.line("Hi.")).result
      let turn = try #require(sent?["turn"]?["id"]?.string)
      let other = try talk.daemon.lines()
      #expect(try other.ask("message.send", talk.line("Me too!")).reason == "busy")
      gate.open()
      var shown = Shown()
      try client.read(while: { shown.end == nil }) { shown.take($0, of: turn) }
      talk.upstream.answer(.whole(401, #"{"error":{"message":"no"}}"#))
      _ = try other.ask("message.send", talk.line("Again?", #","wait":true,"attach":false"#))
      let text = try talk.daemon.lines().ask("metrics").result?["text"]?.string ?? ""
      let labels = #"{provider="up",model="m""#
      for line in [
        "companion_reply_first_token_seconds_count\(labels)} 1", "companion_reply_seconds_count\(labels)} 2",
        "companion_tokens_total\(labels),kind=\"prompt\"} 40",
        "companion_tokens_total\(labels),kind=\"completion\"} 7",
        "companion_replies_total\(labels),finish=\"stop\"} 1",
        "companion_replies_total\(labels),finish=\"error\"} 1",
        "companion_reply_failures_total{cause=\"key\"} 1", "companion_busy_calls_total 1",
        "companion_store_wal_bytes{owner=",
      ] {
        #expect(text.contains(line), "\(line) is missing in\n\(text)")
      }
    }
  }
}
