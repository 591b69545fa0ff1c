import Base
import FoundationEssentials
import Model
import TestSupport
import Testing

extension EndToEnd {
  /// What really leaves for the model.
  @Suite struct PromptTests {
    @Test func `the window's beginning moves in steps, and stays where it was over a restart`() throws {
      let talk = try Conversation(settings: #"{"contextMessages":6}"#)
      talk.upstream.otherwise { _ in .reply(["Yes."]) }
      var firsts: [String] = []
      for number in 1...8 {
        if number == 4 { try talk.daemon.restart() }
        try talk.say("Line \(number).")
        let told = try talk.told().filter { $0["role"] != "system" }.compactMap { $0["content"]?.string }
        #expect(told.count <= 6 && told.last == "Line \(number).", "\(told)")
        firsts.append(told.first ?? "")
      }
      // Three lines are kept of a full window: at the fourth, sixth and eighth line it had become full.
      #expect(
        firsts == [
          "Line 1.", "Line 1.", "Line 1.", "Line 3.", "Line 3.", "Line 5.", "Line 5.", "Line 7.",
        ], "\(firsts)")
    }

    @Test func `a prompt that would not fit is cut to sixty parts of a hundred`() throws {
      let talk = try Conversation(provider: ", contextTokens: 1024")
      talk.upstream.otherwise { _ in .reply(["Yes."], usage: (100, 1)) }
      let long = String(repeating: "word ", count: 80)
      var counts: [Int] = []
      for number in 1...12 {
        try talk.say("\(number) \(long)")
        counts.append(try talk.told().count { $0["role"] == "user" })
      }
      #expect(counts.max() ?? 0 < 12 && counts.first == 1, "\(counts)")
      #expect(counts.last ?? 0 >= 1)
      // Cut at once and then left to grow again.
      #expect(zip(counts, counts.dropFirst()).contains { $0 - $1 >= 2 }, "\(counts)")
      #expect(zip(counts, counts.dropFirst()).contains { $1 == $0 + 1 }, "\(counts)")
    }

    @Test func `what is shown with a line is told with it, kept with it, and not told again`() throws {
      let talk = try Conversation()
      talk.upstream.otherwise { _ in .reply(["I see."]) }
      let client = try talk.daemon.lines()
      let context =
        #","context":[{"type":"file","title":"log.txt","text":"Day 1: calm."}],"wait":true,"attach":false"#
      let sent = try client.ask("message.send", talk.line("Look!", context)).result
      #expect(sent?["message"]?.text == "Look!")
      let part = sent?["message"]?["parts"]?.array?.last
      #expect(part?["type"] == "context" && part?["title"] == "log.txt" && part?["text"] == "Day 1: calm.")
      #expect(try talk.body().contains("Day 1: calm."))
      try talk.say("And?")
      #expect(try !talk.body().contains("Day 1: calm."))
    }

    @Test func `what is shown with a line has its limits`() throws {
      let talk = try Conversation()
      talk.upstream.otherwise { _ in .reply(["Long."]) }
      let client = try talk.daemon.lines()
      func send(_ items: String) throws -> JSONValue {
        try client.ask("message.send", talk.line("Look!", #","context":[\#(items)],"respond":false"#))
      }
      func item(_ bytes: Int, title: Int = 0) -> String {
        let title = title > 0 ? #""title":"\#(String(repeating: "t", count: title))","# : ""
        return #"{"type":"selection",\#(title)"text":"\#(String(repeating: "x", count: bytes))"}"#
      }
      #expect(try send(item(65_536)).result != nil)
      let past = try send(item(65_537))
      #expect(past.reason == "too_large" && past["error"]?["data"]?["limit"] == 65_536)
      #expect(try send(item(32_768) + "," + item(32_760, title: 8)).result != nil)
      #expect(try send(item(32_768) + "," + item(32_760, title: 9)).reason == "too_large")
      let items = { (count: Int) in Array(repeating: item(1), count: count).joined(separator: ",") }
      #expect(try send(items(32)).result != nil)
      #expect(try send(items(33)).reason == "too_large")
      #expect(try send(#"{"type":"poem","text":"x"}"#).reason == "invalid_params")
    }

    @Test func `replies neither begin with their own name nor go on as the person`() throws {
      let talk = try Conversation(settings: #"{"user":{"name":"Jon"}}"#)
      talk.upstream.answer(.reply(["Mi", "ra: ", "Good evening", ".\\nJo", "n: Hello", " there."]))
      #expect(try talk.say("Hello.") == "Good evening.")
      // What only looks like either comes whole.
      talk.upstream.answer(.reply(["Mirabelle: yes", ".\\nJo", "hanna: no."]))
      #expect(try talk.say("Hello?") == "Mirabelle: yes.\nJohanna: no.")
    }

    @Test func `tokens are estimated where nobody counts them`() throws {
      let talk = try Conversation()
      talk.upstream.answer(.reply(["Twelve bytes"]))
      let sent = try talk.daemon.lines().ask(
        "message.send", talk.line("Hi.", #","wait":true,"attach":false"#)
      ).result
      let usage = sent?["turn"]?["usage"]
      #expect(usage?["estimated"] == true && usage?["completionTokens"] == 4, "\(String(describing: usage))")
      #expect((usage?["promptTokens"]?.integer ?? 0) > 10)
    }

    @Test
    func `greetings open a chat, the chosen one as its head; settings are reused when a person wants that`()
      throws
    {
      let talk = try Conversation()
      let client = try talk.daemon.lines()
      let made = try client.ask(
        "companion.create", #"{"persona":{"name":"Ada","greetings":["Hello.","Good day."," "]}}"#)
      let ada = try #require(made.result?["companion"]?["id"]?.string)
      _ = try client.ask("settings.set", #"{"user":{"name":"Jon"},"reuse":true}"#)
      let first = try client.ask(
        "chat.create", #"{"companion":"\#(ada)","greeting":1,"settings":{"maxTokens":77}}"#
      ).result?["chat"]
      #expect(first?["settings"]?["user"]?["name"] == "Jon" && first?["messages"] == 2)
      let opening = try client.ask("chat.history", #"{"chat":"\#(first?["id"]?.string ?? "")"}"#).result?[
        "messages"]?.array
      #expect(opening?.map(\.text) == ["Good day."])
      #expect(opening?.first?["siblings"]?["index"] == 1 && opening?.first?["siblings"]?["count"] == 2)
      let second = try client.ask("chat.create", #"{"companion":"\#(ada)"}"#).result?["chat"]
      #expect(second?["settings"]?["maxTokens"] == 77 && second?["settings"]?["user"]?["name"] == "Jon")
      _ = try client.ask("settings.set", #"{"reuse":false}"#)
      _ = try client.ask("chat.create", #"{"companion":"\#(ada)","settings":{"maxTokens":99}}"#)
      let fourth = try client.ask("chat.create", #"{"companion":"\#(ada)"}"#).result?["chat"]
      #expect(fourth?["settings"]?["maxTokens"] == 77)
      #expect(
        try client.ask("chat.create", #"{"companion":"\#(ada)","greeting":2}"#).reason == "invalid_params")
    }
  }
}

extension Conversation {
  /// Says a line and waits for the reply.
  @discardableResult
  func say(_ text: String) throws -> String? {
    let answer = try daemon.lines().ask("message.send", line(text, #","wait":true,"attach":false"#))
    return try #require(answer.result, "\(answer)")["reply"]?.text
  }

  /// The body of the request that came last.
  func body() throws -> String { String(decoding: try #require(upstream.requests.last).body, as: UTF8.self) }

  /// Its messages.
  func told() throws -> [JSONValue] {
    let body = try JSONDecoder().decode(JSONValue.self, from: Data(try #require(upstream.requests.last).body))
    return body["messages"]?.array ?? []
  }
}
