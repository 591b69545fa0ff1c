import Glibc
import Model
import TestSupport
import Testing

extension EndToEnd {
  /// What follows a reply, as clients see it, over kills and endings.
  @Suite struct TailTests {
    private let scene = #"{\"location\":\"the quay\",\"action\":\"waiting\"}"#

    /// A reply whose analysis hangs.
    private func hang(_ talk: Conversation) async throws -> (turn: String, reply: String) {
      talk.upstream.answer(.reply(["Hello there."]))
      talk.upstream.answer([.head(), .untilPeerCloses(Occurrence())])
      let sent = try talk.daemon.lines().ask("message.send", talk.line("Hello!", #","wait":true"#)).result
      _ = await talk.upstream.request(2)
      #expect(sent?["turn"]?["phase"] == "analysing" && sent?["reply"]?.text == "Hello there.")
      return (
        try #require(sent?["turn"]?["id"]?.string), try #require(sent?["reply"]?["id"]?.string)
      )
    }

    @Test func `listeners hear of the tail after the end of the stream, and of its end last`() throws {
      let talk = try Conversation(readsScenes: true)
      talk.upstream.answer(.reply(["Hello there."]))
      talk.upstream.answer(.reply([scene]))
      let client = try talk.daemon.lines()
      _ = try client.ask("chat.follow", "{\"chat\":\"\(talk.chat)\"}")
      _ = try client.ask("message.send", talk.line("Hello!"), id: 2)
      var heard: [String] = []
      while heard.last != "done" {
        let message = try client.json()
        switch message["method"]?.string {
        case "stream.end": heard.append("end \(message["params"]?["turn"]?["phase"]?.string ?? "")")
        case "turn.phase":
          let phase = message["params"]?["phase"]?.string ?? ""
          if phase == "analysing" || phase == "done" { heard.append(phase) }
        case "event" where message["params"]?["topic"] == "state.changed":
          let data = message["params"]?["data"]
          #expect(data?["state"]?["location"] == "the quay" && data?["changed"] == ["location", "action"])
          heard.append("state")
        default: break
        }
      }
      #expect(heard == ["end analysing", "analysing", "state", "done"])
      let state = try talk.daemon.lines().ask("state.get", "{\"chat\":\"\(talk.chat)\"}").result?["state"]
      #expect(state?["action"] == "waiting")
    }

    @Test func `a tail that SIGKILL cut short goes on at the next start`() async throws {
      let talk = try Conversation(readsScenes: true)
      let (turn, reply) = try await hang(talk)
      try talk.daemon.kill()
      talk.upstream.answer(.reply([scene]))
      try talk.daemon.start()
      let (listener, client) = (try talk.daemon.lines(), try talk.daemon.lines())
      _ = try listener.ask("turn.attach", "{\"turn\":\"\(turn)\"}")
      #expect(try listener.notification("stream.end")["reply"]?.text == "Hello there.")
      let over = try client.ask("turn.wait", "{\"turn\":\"\(turn)\",\"until\":\"done\"}").result
      #expect(over?["turn"]?["phase"] == "done" && over?["turn"]?["finish"] == "stop")
      #expect(over?["reply"]?.text == "Hello there.")
      let state = try client.ask("state.get", "{\"chat\":\"\(talk.chat)\"}").result
      #expect(state?["state"]?["location"] == "the quay" && state?["message"]?.string == reply)
    }

    @Test func `SIGTERM waits for no tail`() async throws {
      let talk = try Conversation(readsScenes: true)
      _ = try await hang(talk)
      let begin = ContinuousClock.now
      talk.daemon.send(signal: SIGTERM)
      #expect(try talk.daemon.waitForExit() == .exited(0))
      let time = (ContinuousClock.now - begin).milliseconds
      figure("end with an open tail: \(time.rounded(to: 1)) ms")
      #expect(time < 2000)
    }

    @Test func `a cancelled tail leaves the reply, and frees the server`() async throws {
      let talk = try Conversation(readsScenes: true)
      let (turn, reply) = try await hang(talk)
      let cancelled = try talk.daemon.lines().ask("turn.cancel", "{\"turn\":\"\(turn)\"}").result?["turn"]
      #expect(cancelled?["phase"] == "done" && cancelled?["finish"] == "stop")
      #expect(try talk.stored(reply)?["status"] == "complete")
    }

    @Test func `a connection whose tails all hang goes on sending`() throws {
      let talk = try Conversation(readsScenes: true)
      talk.upstream.otherwise { request in
        String(decoding: request.body, as: UTF8.self).contains("response_format")
          ? [.head(), .untilPeerCloses(Occurrence())] : .reply(["Yes."])
      }
      let client = try talk.daemon.lines()
      // A connection may have 64 streams that are not told to their end.
      for number in 1...66 {
        try client.call("message.send", talk.line("Line \(number)."), id: number)
        while true {
          let message = try client.json()
          try #require(message["error"] == nil, "line \(number): \(message)")
          if message["method"] == "stream.end" { break }
        }
      }
    }

    /// From the send to the first word, by a server with one place, while nothing or a tail that hangs has it.
    @Test func `the first word comes no later for a tail that is in the way`() throws {
      func times(readsScenes: Bool) throws -> [Double] {
        let talk = try Conversation(concurrency: 1, readsScenes: readsScenes)
        talk.upstream.otherwise { request in
          String(decoding: request.body, as: UTF8.self).contains("response_format")
            ? [.head(), .untilPeerCloses(Occurrence())] : .reply(["Yes."])
        }
        let client = try talk.daemon.lines()
        return try (1...30).map { number in
          let begin = ContinuousClock.now
          try client.call("message.send", talk.line("Line \(number)."), id: number)
          while try client.json()["method"] != "stream.delta" {}
          let time = (ContinuousClock.now - begin).milliseconds
          while try client.json()["method"] != "stream.end" {}
          return time
        }
      }
      let (off, on) = (try times(readsScenes: false), try times(readsScenes: true))
      figure(
        "send to first word, p50: \(off.median.rounded(to: 2)) ms without tails, \(on.median.rounded(to: 2)) ms with one "
          + "that is in the way")
      // A new connection, since the tail's was closed; an analysis in the queue before it would take for ever.
      #expect(on.median < off.median * 2 + 50)
    }
  }
}
