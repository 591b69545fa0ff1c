import Base
import FoundationEssentials
import Model
import TestSupport
import Testing

extension EndToEnd {
  /// What `prompt.preview` shows is what leaves.
  @Suite struct PreviewTests {
    private func preview(_ talk: Conversation, _ rest: String) throws -> JSONValue? {
      try talk.daemon.lines().ask("prompt.preview", "{\"chat\":\"\(talk.chat)\"\(rest)}").result
    }

    /// The whole body of the last request, as a value.
    private func sent(_ talk: Conversation) throws -> JSONValue {
      try JSONDecoder().decode(JSONValue.self, from: Data(try #require(talk.upstream.requests.last).body))
    }

    @Test func `the request is the one that is sent, turn after turn, with notes, scenes and regenerations`()
      throws
    {
      let talk = try Conversation(
        persona:
          #"{"name":"Mira","description":"Keeps bees.","defaultOutfit":"white veil","postHistory":"Stay brief."}"#,
        settings:
          #"{"contextMessages":6,"note":{"text":"It rains.","depth":1},"sampling":{"temperature":0.5,"seed":7}}"#
      )
      talk.upstream.otherwise { _ in .reply(["Yes."], usage: (100, 3)) }
      for number in 1...9 {
        if number % 3 == 0 {
          _ = try talk.daemon.lines().ask(
            "state.set", "{\"chat\":\"\(talk.chat)\",\"location\":\"place \(number)\"}")
        }
        let shown = try preview(talk, ",\"text\":\"Line \(number).\"")
        try talk.say("Line \(number).")
        #expect(shown?["request"] == (try sent(talk)), "line \(number)")
        let reply = try #require(try talk.history().last?["id"]?.string)
        let again = try preview(talk, ",\"message\":\"\(reply)\"")
        _ = try talk.daemon.lines().ask(
          "message.regenerate", "{\"message\":\"\(reply)\",\"wait\":true,\"attach\":false}")
        #expect(again?["request"] == (try sent(talk)), "regenerated \(number)")
      }
    }

    @Test func `sections tell what the request is made of, and nothing is sent or stored for it`() throws {
      let talk = try Conversation(
        persona: #"{"name":"Mira","description":"Keeps bees.","defaultOutfit":"white veil"}"#)
      talk.upstream.otherwise { _ in .reply(["Yes."]) }
      let shown = try preview(talk, #","text":"Hello.""#)
      let names = shown?["sections"]?.array?.compactMap { $0["name"]?.string }
      #expect(names == ["system", "rating", "persona", "history", "scene"], "\(names ?? [])")
      #expect(shown?["cacheBreakers"] == ["scene"] && shown?["provider"] == "up" && shown?["model"] == "up/m")
      let tokens = try #require(shown?["sections"]?.array).compactMap { $0["tokens"]?.integer }
      #expect(shown?["tokens"]?.integer == tokens.reduce(0, +) && tokens.allSatisfy { $0 > 0 })
      #expect(talk.upstream.requests.isEmpty)
      #expect(try talk.history().isEmpty)
    }

    @Test func `a picture is asked for with what can be seen, and with what the rating leaves`() throws {
      let talk = try Conversation(
        persona:
          #"{"name":"Mira","appearance":"red hair, green eyes","defaultOutfit":"a closed coat over a blue shirt, jeans, black panties","imageStyle":{"prefix":"watercolour","negative":"photo"}}"#
      )
      talk.upstream.otherwise { _ in .reply(["Yes."]) }
      try talk.say("Hello.")
      _ = try talk.daemon.lines().ask(
        "state.set",
        "{\"chat\":\"\(talk.chat)\",\"location\":\"the pier\",\"action\":\"feeding gulls\"}")
      let shown = try preview(talk, #","picture":true"#)
      let prompt = try #require(shown?["request"]?["prompt"]?.string)
      let negative = try #require(shown?["request"]?["negative"]?.string)
      for word in [
        "watercolour", "red hair", "green eyes", "coat", "jeans", "feeding gulls", "at the pier",
        "safe for work",
      ] {
        #expect(prompt.lowercased().contains(word), "\(prompt) lacks \(word)")
      }
      #expect(!prompt.contains("panties") && !prompt.contains("shirt"), "\(prompt)")
      #expect(negative.hasPrefix("nsfw") && negative.contains("photo"))
      _ = try talk.daemon.lines().ask("settings.set", #"{"rating":"mature"}"#)
      let mature = try preview(talk, #","picture":true"#)
      #expect(mature?["request"]?["prompt"]?.string?.lowercased().contains("safe for work") == false)
      #expect(mature?["request"]?["negative"]?.string?.contains("nsfw") == false)
      let told = try preview(talk, #","text":"Hi""#)
      #expect(told?["sections"]?.array?.contains { $0["name"] == "rating" } == false)
    }

    @Test func `a companion who is not grown up stays general, whatever is set and wherever it says so`()
      throws
    {
      let talk = try Conversation(
        persona: #"{"name":"Mira","description":"A cheerful 15-year-old who collects stamps."}"#)
      talk.upstream.otherwise { _ in .reply(["Yes."]) }
      _ = try talk.daemon.lines().ask("settings.set", #"{"rating":"mature"}"#)
      let told = try preview(talk, #","text":"Hi""#)
      #expect(told?["sections"]?.array?.contains { $0["name"] == "rating" } == true)
      try talk.say("Hi")
      let body = try #require(talk.upstream.requests.last).body
      #expect(String(decoding: body, as: UTF8.self).contains("Mira is under 18."))
      let shown = try preview(talk, #","picture":true"#)
      #expect(shown?["request"]?["prompt"]?.string?.lowercased().contains("safe for work") == true)
      #expect(shown?["request"]?["negative"]?.string?.contains("romantic") == true)
    }

    @Test func `what cannot be previewed says why`() throws {
      let talk = try Conversation()
      talk.upstream.otherwise { _ in .reply(["Yes."]) }
      func code(_ rest: String) throws -> Int64? {
        try talk.daemon.lines().ask("prompt.preview", "{\"chat\":\"\(talk.chat)\"\(rest)}").code
      }
      #expect(try code("") == -32602, "an empty chat has no line to answer")
      #expect(try code(#","text":"""#) == -32602)
      try talk.say("One.")
      let reply = try #require(try talk.history().last?["id"]?.string)
      #expect(try code(",\"message\":\"\(reply)\",\"text\":\"Two.\"") == -32602)
      #expect(try code(",\"message\":\"\(talk.chat)\"") == 1)
      let other = try talk.daemon.lines().ask("chat.create", #"{"companion":"mira"}"#).result?["chat"]?["id"]?
        .string
      let foreign = try talk.daemon.lines().ask(
        "prompt.preview", "{\"chat\":\"\(try #require(other))\",\"message\":\"\(reply)\"}")
      #expect(foreign.code == 1, "a message of another chat")
    }
  }
}
