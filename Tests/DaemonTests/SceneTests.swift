import Base
import FoundationEssentials
import Model
import TestSupport
import Testing

extension EndToEnd {
  /// The scene by hand, from the socket to what the model is told.
  @Suite struct SceneTests {
    private func set(_ talk: Conversation, _ rest: String) throws -> JSONValue? {
      try talk.daemon.lines().ask("state.set", "{\"chat\":\"\(talk.chat)\"\(rest)}").result
    }

    private func scene(_ talk: Conversation, _ rest: String = "") throws -> JSONValue? {
      try talk.daemon.lines().ask("state.get", "{\"chat\":\"\(talk.chat)\"\(rest)}").result
    }

    @Test func `what is set by hand is told to the model, shown to followers, and there after a restart`()
      throws
    {
      let talk = try Conversation(
        persona: #"{"name":"Mira","defaultOutfit":"cream linen blouse, brown boots, grey wool socks"}"#)
      talk.upstream.otherwise { _ in .reply(["Yes."]) }
      let first = try scene(talk)
      #expect(first?["visible"] == ["cream linen blouse", "brown boots"] && first?["message"] == nil)
      #expect(first?["hidden"] == ["grey wool socks"])
      try talk.say("Hello.")
      #expect(try talk.body().contains("Mira is wearing: cream linen blouse, brown boots."))

      let watcher = try talk.daemon.lines()
      _ = try watcher.ask("chat.follow", "{\"chat\":\"\(talk.chat)\"}")
      let corrected = try set(
        talk, #","outfit":"open yellow raincoat over a red jumper","location":"the quay""#)
      #expect(corrected?["state"]?["outfit"]?.array?.count == 2)
      var heard = JSONValue.null
      while heard["state"] == nil {
        let event = try watcher.notification("event")
        if event["topic"] == "state.changed" { heard = event["data"] ?? .null }
      }
      #expect(heard["changed"] == ["outfit", "location"] && heard["state"]?["location"] == "the quay")
      #expect(heard["message"] == corrected?["message"]?["id"])

      try talk.daemon.restart()
      #expect(try scene(talk)?["visible"] == ["open yellow raincoat", "red jumper"])
      try talk.say("Look!")
      let body = try talk.body()
      #expect(body.contains("Mira is wearing: open yellow raincoat, red jumper. Place: the quay."))
      #expect(!body.contains("linen blouse"))
    }

    @Test func `another branch keeps its own scene`() throws {
      let talk = try Conversation()
      talk.upstream.otherwise { _ in .reply(["Yes."]) }
      try talk.say("One.")
      let reply = try #require(try talk.history().last?["id"]?.string)
      _ = try set(talk, #","location":"the attic""#)
      let again = try talk.daemon.lines().ask(
        "message.regenerate", "{\"message\":\"\(reply)\",\"wait\":true,\"attach\":false}"
      ).result
      #expect(again?["reply"] != nil)
      #expect(try !talk.body().contains("attic"), "the sibling was told nothing of it")
      #expect(try scene(talk)?["state"]?["location"] == nil)
      #expect(try scene(talk, ",\"leaf\":\"\(reply)\"")?["state"]?["location"] == "the attic")
    }

    @Test func `limits of a correction, at them and one past`() throws {
      let talk = try Conversation()
      talk.upstream.otherwise { _ in .reply(["Yes."]) }
      try talk.say("One.")
      func code(_ rest: String) throws -> Int64? {
        try talk.daemon.lines().ask("state.set", "{\"chat\":\"\(talk.chat)\"\(rest)}").code
      }
      func text(_ count: Int) -> String { String(repeating: "a", count: count) }
      for name in ["location", "action"] {
        #expect(try code(",\"\(name)\":\"\(text(200))\"") == nil)
        #expect(try code(",\"\(name)\":\"\(text(201))\"") == -32602)
      }
      #expect(try code(",\"outfit\":\"\(text(2_000))\"") == nil)
      #expect(try code(",\"outfit\":\"\(text(2_001))\"") == -32602)
      let hat = #"{"name":"hat","slot":"head","layer":"base","worn":true}"#
      func hats(_ count: Int) -> String { Array(repeating: hat, count: count).joined(separator: ",") }
      #expect(try code(",\"outfit\":[\(hats(48))]") == nil)
      #expect(try code(",\"outfit\":[\(hats(49))]") == -32602)
      #expect(try code(#","outfit":[{"name":"hat","slot":"roof","layer":"base","worn":true}]"#) == -32602)
      #expect(try code(#","outfit":7"#) == -32602)
    }
  }
}
