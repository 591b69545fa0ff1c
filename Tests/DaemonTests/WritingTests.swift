import Base
import FoundationEssentials
import Model
import TestSupport
import Testing

extension EndToEnd {
  /// What a model writes beside the talk, over the socket.
  @Suite struct WritingTests {
    /// The pieces as they stand in the JSON of an event.
    private func said(_ pieces: String..., usage: (prompt: Int, completion: Int)? = nil)
      -> [ScriptedUpstream.Step]
    {
      .reply(
        pieces.map { piece in
          piece.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
        }, usage: usage)
    }

    private func ask(_ talk: Conversation, _ method: String, _ params: String) throws -> JSONValue {
      try talk.daemon.lines().ask(method, params)
    }

    private func told(_ talk: Conversation) throws -> String {
      String(decoding: try #require(talk.upstream.requests.last).body, as: UTF8.self)
    }

    private func turn(_ reply: JSONValue) -> JSONValue? { reply.result?["turn"] }

    @Test func `a title is made of what was said, and stands unless somebody chose another`() throws {
      let talk = try Conversation()
      let watcher = try talk.daemon.lines()
      let empty = try ask(talk, "chat.title", "{\"chat\":\"\(talk.chat)\"}")
      #expect(empty.reason == "invalid_params", "\(empty)")
      talk.upstream.answer(said("Bees, mostly."))
      try talk.say("What do you keep?")
      _ = try watcher.ask("events.subscribe", #"{"topics":["chat.updated"]}"#)
      talk.upstream.answer(said("Title: \"Keeping ", "Bees.\"\nAnd more", usage: (30, 4)))
      let turn = turn(try ask(talk, "chat.title", "{\"chat\":\"\(talk.chat)\",\"wait\":true}"))
      #expect(turn?["phase"] == "done" && turn?["kind"] == "title", "\(String(describing: turn))")
      #expect(turn?["result"] == ["title": "Keeping Bees"] && turn?["usage"]?["promptTokens"] == 30)
      #expect(
        try ask(talk, "chat.get", "{\"chat\":\"\(talk.chat)\"}").result?["chat"]?["title"] == "Keeping Bees")
      let event = try watcher.notification("event")
      #expect(event["topic"] == "chat.updated", "\(event)")
      #expect(event["data"]?["chat"]?["title"] == "Keeping Bees", "\(event)")
      #expect(try told(talk).contains("Bees, mostly."))

      // Somebody names the chat while the model thinks.
      let gate = Gate()
      talk.upstream.answer([.head(), .gate(gate), .piece("Late")] + .finish())
      let begun = try #require(
        self.turn(try ask(talk, "chat.title", "{\"chat\":\"\(talk.chat)\"}"))?["id"]?.string)
      _ = try ask(talk, "chat.update", "{\"chat\":\"\(talk.chat)\",\"title\":\"Mine\"}")
      gate.open()
      let late = try ask(talk, "turn.wait", "{\"turn\":\"\(begun)\",\"until\":\"done\"}").result?["turn"]
      #expect(late?["result"] == ["title": "Late"])
      #expect(try ask(talk, "chat.get", "{\"chat\":\"\(talk.chat)\"}").result?["chat"]?["title"] == "Mine")
    }

    @Test func `the person's line is proposed and nothing of it is in the chat`() async throws {
      let talk = try Conversation(settings: #"{"user":{"name":"Ada"}}"#)
      talk.upstream.answer(said("Good evening."))
      try talk.say("Hello.")
      let before = try talk.history()
      talk.upstream.answer(said("Ada: ", "Is it late?\n\nMi", "ra: Very."))
      let turn = turn(try ask(talk, "message.impersonate", "{\"chat\":\"\(talk.chat)\",\"wait\":true}"))
      #expect(turn?["result"] == ["text": "Is it late?"], "\(String(describing: turn))")
      #expect(try talk.history() == before)
      let body = try told(talk)
      #expect(body.contains("next line of Ada") && body.contains("\\nMira:") && !body.contains("\\nAda:\""))
      // The chat is not locked by it.
      let gate = Gate()
      talk.upstream.answer([.head(), .gate(gate), .piece("x")] + .finish())
      let begun = try #require(
        self.turn(try ask(talk, "message.impersonate", "{\"chat\":\"\(talk.chat)\"}"))?["id"]?.string)
      // The next answer is for the next request.
      _ = await talk.upstream.request(3)
      talk.upstream.answer(said("Yes."))
      try talk.say("Are you there?")
      let cancelled = try ask(talk, "turn.cancel", "{\"turn\":\"\(begun)\"}").result?["turn"]
      #expect(cancelled?["phase"] == "cancelled" && cancelled?["result"] == nil)
      gate.open()
    }

    @Test func `a better card is proposed, and applied by an update alone`() throws {
      let talk = try Conversation(
        persona: #"{"name":"Mira","description":"Keeps bees.","personality":"calm"}"#)
      talk.upstream.answer(
        said(
          "Here you are:\n```json\n",
          #"{"description": "Keeps bees on a roof.", "personality": "calm", "name": "Eve",}"#, "\n```",
        ))
      let turn = turn(
        try ask(
          talk, "companion.enhance",
          #"{"companion":"mira","fields":["personality","description"],"instruction":"Livelier.","wait":true}"#
        ))
      #expect(
        turn?["result"]
          == ["fields": ["description": ["old": "Keeps bees.", "new": "Keeps bees on a roof."]]],
        "\(String(describing: turn))")
      let body = try told(talk)
      #expect(
        body.contains("Livelier.") && body.contains("suitable for all ages") && body.contains("json_object"))
      let card = try ask(talk, "companion.get", #"{"companion":"mira"}"#).result
      #expect(card?["version"]?["persona"]?["description"] == "Keeps bees.")
      let wrong = try ask(talk, "companion.enhance", #"{"companion":"mira","fields":["name"]}"#)
      #expect(wrong.reason == "invalid_params")
    }

    @Test func `a companion is made out of a sentence, once its card is whole`() throws {
      let talk = try Conversation()
      talk.upstream.answer(said(#"{"name": "Half"#))
      talk.upstream.answer(
        said(
          #"{"name":"Tove","description":"Keeps a lighthouse.","greeting":"*waves* Storm's coming.","age":"41","extra":1}"#
        ))
      let made = turn(
        try ask(
          talk, "companion.generate",
          #"{"prompt":"A lighthouse keeper","appearance":"grey braid","wait":true,"key":"one"}"#))
      let id = try #require(made?["result"]?["companion"]?.string, "\(String(describing: made))")
      let card = try ask(talk, "companion.get", "{\"companion\":\"\(id)\"}").result
      let persona = card?["version"]?["persona"]
      #expect(persona?["name"] == "Tove" && persona?["age"] == 41 && persona?["appearance"] == "grey braid")
      #expect(persona?["greetings"] == ["*waves* Storm's coming."] && card?["companion"]?["handle"] == "tove")
      #expect(talk.upstream.requests.count == 2, "the first answer was cut off")
      // The same call is answered alike, and nothing is made twice.
      let again = turn(
        try ask(
          talk, "companion.generate",
          #"{"prompt":"A lighthouse keeper","appearance":"grey braid","wait":true,"key":"one"}"#))
      #expect(again?["result"]?["companion"]?.string == id && talk.upstream.requests.count == 2)
    }

    @Test func `rubbish, a refusal and a kill end it as failed, and nothing else changes`() throws {
      let talk = try Conversation()
      talk.upstream.otherwise { _ in said("I would rather not.") }
      let rubbish = turn(try ask(talk, "companion.generate", #"{"prompt":"Somebody","wait":true}"#))
      #expect(rubbish?["phase"] == "failed" && rubbish?["error"]?["data"]?["reason"] == "answer_unreadable")
      #expect(talk.upstream.requests.count == 2, "asked twice, and no more")
      let gate = Gate()
      talk.upstream.answer([.head(), .gate(gate), .piece("x")] + .finish())
      let begun = try #require(
        turn(try ask(talk, "companion.generate", #"{"prompt":"Somebody"}"#))?["id"]?.string)
      try talk.daemon.kill()
      gate.open()
      try talk.daemon.start()
      let after = try ask(talk, "turn.get", "{\"turn\":\"\(begun)\"}").result?["turn"]
      #expect(after?["phase"] == "failed", "\(String(describing: after))")
      #expect(try ask(talk, "companion.list", "{}").result?["companions"]?.array?.count == 1)
    }

    @Test func `a new chat's scene is set by its maker, or by a model, or is the companion's own`() throws {
      let talk = try Conversation(
        persona: #"{"name":"Mira","description":"Keeps bees.","scenario":"A garden."}"#)
      func create(_ more: String) throws -> JSONValue {
        try ask(talk, "chat.create", "{\"companion\":\"mira\"\(more)}")
      }
      func scenario(_ reply: JSONValue) -> String? {
        reply.result?["chat"]?["settings"]?["scenario"]?.string
      }
      #expect(scenario(try create(#","scenario":"On a ship.","settings":{"maxTokens":9}"#)) == "On a ship.")
      #expect(talk.upstream.requests.isEmpty)
      let set = "The three of them are snowed in at a station, and the last train has gone."
      talk.upstream.answer(said("**Scenario:** \"\(set)\"", usage: (80, 20)))
      let made = try create(
        #","scenario":"generate","settings":{"user":{"name":"Jon","overview":"A sailor."}},"key":"g""#)
      #expect(scenario(made) == set, "\(made)")
      let body = try told(talk)
      #expect(
        body.contains("Keeps bees.") && body.contains("Jon: A sailor.")
          && body.contains("suitable for all ages"))
      let again = try create(
        #","scenario":"generate","settings":{"user":{"name":"Jon","overview":"A sailor."}},"key":"g""#)
      #expect(scenario(again) == set && again.result?["chat"]?["id"] == made.result?["chat"]?["id"])
      #expect(talk.upstream.requests.count == 1, "nobody is asked for what was answered before")
      let id = try #require(made.result?["chat"]?["id"]?.string)
      let preview = try ask(talk, "prompt.preview", "{\"chat\":\"\(id)\",\"text\":\"Hm.\"}").result
      #expect("\(String(describing: preview))".contains("[The scenario: \(set)]"))
      // What is no scene leaves the companion's own.
      talk.upstream.answer(said("I'm sorry, but I can't help with that today."))
      talk.upstream.answer(said("Both of them are naked in the hot spring."))
      let refused = try create(#","scenario":"generate""#)
      #expect(refused.result?["chat"] != nil && scenario(refused) == nil, "\(refused)")
      talk.upstream.answer(.whole(401, #"{"error":{"message":"no"}}"#))
      let failed = try create(#","scenario":"generate""#)
      #expect(failed.result?["chat"] != nil && scenario(failed) == nil, "\(failed)")
      #expect(talk.upstream.requests.count == 4)
      // It is no default of the next chat, and can be changed and taken away.
      #expect(scenario(try create("")) == nil)
      let changed = try ask(talk, "chat.update", "{\"chat\":\"\(id)\",\"settings\":{\"scenario\":null}}")
      #expect(changed.result != nil && scenario(changed) == nil)
      let long = String(repeating: "x", count: 16_385)
      #expect(try create(",\"scenario\":\"\(long)\"").reason == "too_large")
      #expect(scenario(try create(",\"scenario\":\"\(long.dropLast())\""))?.utf8.count == 16_384)
    }

    @Test func `a scene that is being thought of can be taken back`() async throws {
      let talk = try Conversation()
      let closed = Occurrence<Void>()
      talk.upstream.answer([.head(), .untilPeerCloses(closed)])
      let client = try talk.daemon.lines()
      try client.call("chat.create", #"{"companion":"mira","scenario":"generate"}"#, id: 7)
      _ = await talk.upstream.request(1)
      try client.call("call.cancel", #"{"id":7}"#, id: 8)
      let replies = [try client.json(), try client.json()]
      await closed.value
      #expect(replies.contains { $0["id"] == 7 && $0.reason == "cancelled" }, "\(replies)")
      #expect(try ask(talk, "chat.list", "{}").result?["chats"]?.array?.count == 1)
    }

    @Test func `so many of one person run at once, and one more is refused`() throws {
      let talk = try Conversation()
      let gate = Gate()
      talk.upstream.otherwise { _ in [.head(), .gate(gate), .piece("x")] + .finish() }
      for _ in 1...8 {
        #expect(turn(try ask(talk, "companion.generate", #"{"prompt":"Somebody"}"#)) != nil)
      }
      #expect(try ask(talk, "companion.generate", #"{"prompt":"Somebody"}"#).reason == "rate_limited")
      for _ in 1...16 { gate.open() }
    }
  }
}
