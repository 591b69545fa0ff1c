import Base
import Glibc
import Model
import TestSupport
import Testing

extension EndToEnd {
  /// A conversation with a model, over the real socket of the real daemon.
  @Suite struct ConversationTests {
    @Test func `a reply streams through an OpenAI-compatible provider and is stored as it was shown`() throws
    {
      let talk = try Conversation()
      let pieces = ["Good ", "evening, ", "Jürgen. ", "👋🏽", " Sit down."]
      talk.upstream.answer(.reply(pieces, usage: (31, 9)))
      let client = try talk.daemon.lines()
      let sent = try client.ask("message.send", talk.line("Hello?")).result
      let turn = try #require(sent?["turn"]?["id"]?.string)
      #expect(sent?["message"]?.text == "Hello?")
      var shown = Shown()
      try client.read(while: { shown.end == nil }) { shown.take($0, of: turn) }
      #expect(shown.text == pieces.joined() && shown.faults.isEmpty && shown.begins == 1 && shown.ends == 1)
      let end = try #require(shown.end)
      #expect(end["finish"] == "stop" && end["reply"]?.text == shown.text)
      #expect(end["turn"]?["model"] == "up/m")
      #expect(end["usage"]?["promptTokens"] == 31 && end["usage"]?["completionTokens"] == 9)
      #expect(end["timing"]?["totalMs"]?.integer != nil && end["timing"]?["firstTokenMs"]?.integer != nil)
      let history = try talk.history()
      #expect(history.map(\.text) == ["Hello?", shown.text])
      #expect(history.last?["id"] == sent?["replyId"] && history.last?["status"] == "complete")
      let asked = try #require(talk.upstream.requests.first)
      #expect(asked.target == "POST /v1/chat/completions")
      #expect(String(decoding: asked.body, as: UTF8.self).contains("Hello?"))
    }

    @Test func `a reply without room for a word is asked for once more, with twice the room`() throws {
      let talk = try Conversation(settings: #"{"maxTokens":50}"#)
      let client = try talk.daemon.lines()
      talk.upstream.answer([.head()] + .finish("length", usage: (prompt: 10, completion: 50)))
      talk.upstream.answer(
        [.head(), .piece("Well. "), .piece("Yes.")] + .finish(usage: (prompt: 10, completion: 7)))
      let sent = try client.ask("message.send", talk.line("Hm?", #","wait":true,"attach":false"#)).result
      #expect(sent?["reply"]?.text == "Well. Yes." && sent?["turn"]?["finish"] == "stop")
      #expect(
        sent?["turn"]?["usage"]?["completionTokens"] == 57 && sent?["turn"]?["usage"]?["promptTokens"] == 20)
      let bodies = talk.upstream.requests.map { String(decoding: $0.body, as: UTF8.self) }
      #expect(bodies.count == 2)
      #expect(bodies.first?.contains("\"max_tokens\":50,") == true)
      #expect(bodies.last?.contains("\"max_tokens\":100,") == true)
      // Twice is enough; and one that has text is not asked for again.
      for _ in 1...2 { talk.upstream.answer([.head()] + .finish("length")) }
      let empty = try client.ask("message.send", talk.line("Hm?", #","wait":true,"attach":false"#)).result
      #expect(empty?["reply"] == nil && empty?["turn"]?["finish"] == "length")
      talk.upstream.answer([.head(), .piece("Cut")] + .finish("length"))
      let cut = try client.ask("message.send", talk.line("Hm?", #","wait":true,"attach":false"#)).result
      #expect(cut?["reply"]?.text == "Cut" && cut?["turn"]?["finish"] == "length")
      #expect(talk.upstream.requests.count == 5)
    }

    @Test func `two clients see every token, and the reply goes on when its sender hangs up`() throws {
      let talk = try Conversation()
      let (half, whole) = (Gate(), Gate())
      let pieces = (0..<40).map { "wörd\($0) " }
      var script: [ScriptedUpstream.Step] = [.head()]
      script += pieces[..<10].map { .piece($0) } + [.gate(half)]
      script += pieces[10..<30].map { .piece($0) } + [.gate(whole)]
      script += pieces[30...].map { .piece($0) }
      script += .finish()
      talk.upstream.answer(script)
      let sender = try talk.daemon.lines()
      let watcher = try talk.daemon.lines()
      #expect(try watcher.ask("chat.follow", "{\"chat\":\"\(talk.chat)\"}").result != nil)
      let sent = try sender.ask("message.send", talk.line("Tell me.")).result
      let turn = try #require(sent?["turn"]?["id"]?.string)
      let early = pieces[..<10].joined().utf8.count
      var (first, second, third) = (Shown(), Shown(), Shown())
      try sender.read(while: { first.next < early }) { first.take($0, of: turn) }
      try watcher.read(while: { second.next < early }) { second.take($0, of: turn) }
      #expect(first.bytes == second.bytes)
      sender.close()
      half.open()
      let middle = pieces[..<30].joined().utf8.count
      try watcher.read(while: { second.next < middle }) { second.take($0, of: turn) }
      // In the middle of the ö of the second word, which is rounded down to its beginning.
      let late = try talk.daemon.lines()
      let inside = "wörd0 w".utf8.count + 1
      let attached = try late.ask("turn.attach", "{\"turn\":\"\(turn)\",\"from\":\(inside)}").result
      #expect(attached?["from"]?.integer == Int64(inside - 1) && attached?["reset"] == nil)
      whole.open()
      try watcher.read(while: { second.end == nil }) { second.take($0, of: turn) }
      try late.read(while: { third.end == nil }) { third.take($0, of: turn) }
      let stored = try #require(try talk.history().last)
      #expect(stored["status"] == "complete" && stored.text == pieces.joined())
      #expect(
        second.bytes == Array(stored.text.utf8)
          && third.bytes == Array(stored.text.utf8.dropFirst(inside - 1)))
      for shown in [second, third] { #expect(shown.faults.isEmpty && shown.begins == 1 && shown.ends == 1) }
      // Long after the end it is served once more.
      var again = Shown()
      let reader = try talk.daemon.lines()
      _ = try reader.ask("turn.attach", "{\"turn\":\"\(turn)\"}")
      try reader.read(while: { again.end == nil }) { again.take($0, of: turn) }
      #expect(again.bytes == second.bytes && again.faults.isEmpty)
    }

    @Test func `cancelling from another client closes the upstream and keeps the text`() async throws {
      let talk = try Conversation()
      let closed = Occurrence<Void>()
      talk.upstream.answer([.head(), .piece("Once upon "), .piece("a time"), .untilPeerCloses(closed)])
      let sender = try talk.daemon.lines()
      let sent = try sender.ask("message.send", talk.line("A story!")).result
      let turn = try #require(sent?["turn"]?["id"]?.string)
      var shown = Shown()
      try sender.read(while: { shown.next < "Once upon a time".utf8.count }) { shown.take($0, of: turn) }
      let other = try talk.daemon.lines()
      let cancelled = try other.ask("turn.cancel", "{\"turn\":\"\(turn)\"}").result?["turn"]
      #expect(cancelled?["phase"] == "cancelled" && cancelled?["finish"] == "cancelled")
      await closed.value
      try sender.read(while: { shown.end == nil }) { shown.take($0, of: turn) }
      #expect(shown.end?["finish"] == "cancelled" && shown.end?["reply"]?.text == shown.text)
      // The lock is free: the chat goes on at once.
      talk.upstream.answer(.reply(["Yes?"]))
      let next = try other.ask("message.send", talk.line("Never mind.", #","wait":true,"attach":false"#))
        .result
      #expect(next?["reply"]?.text == "Yes?")
    }
  }
}
