import FoundationEssentials
import Glibc
import Model
import TestSupport
import Testing

extension EndToEnd {
  /// SIGHUP and config.reload: a good file is applied, a broken one changes nothing.
  @Suite struct ReloadTests {
    @Test func `SIGHUP applies a good file and tells who listens`() throws {
      let daemon = try DaemonFixture(config: "{log: {level: 'info'}}")
      let listener = try daemon.lines()
      _ = try listener.ask("events.subscribe", #"{"topics":["server"]}"#)
      try daemon.folder.write("{log: {level: 'debug'}}", to: "companiond.json5")
      daemon.send(signal: SIGHUP)
      let event = try listener.notification("event")
      #expect(event["topic"] == "server.config")
      #expect(event["data"]?["changed"] == ["log.level"])
      #expect(try level(of: daemon) == "debug")
      // The connection that was open is served on.
      #expect(try listener.ask("ping").result == .object([:]))
    }

    @Test func `SIGHUP with a broken file keeps the old configuration and names the problems`() throws {
      let daemon = try DaemonFixture(config: "{log: {level: 'notice'}}")
      let pid = daemon.pid
      let before = try daemon.lines().ask("config.show").result
      try daemon.folder.write("{\n log: {level: 'inof'},\n pictrues: {},\n}", to: "companiond.json5")
      daemon.send(signal: SIGHUP)
      try daemon.waitForLog(containing: "The configuration was not applied.")
      #expect(daemon.log.contains("\(daemon.config):2:15"), "\(daemon.log)")
      #expect(daemon.log.contains("\(daemon.config):3:2"), "\(daemon.log)")
      #expect(try level(of: daemon) == "notice")
      #expect(try daemon.lines().ask("config.show").result?["config"] == before?["config"])
      #expect(daemon.pid == pid)
    }

    @Test func `config.reload answers with the problems, and after mending with the changes`() throws {
      let daemon = try DaemonFixture()
      let client = try daemon.lines()
      try daemon.folder.write("{log: {levle: 'debug'}}", to: "companiond.json5")
      let problems = try client.ask("config.reload").result?["problems"]?.array
      #expect(problems?.count == 1)
      #expect(problems?.first?["source"]?.string == daemon.config)
      #expect(problems?.first?["line"] == 1)
      #expect(problems?.first?["path"] == "log.levle")
      #expect(problems?.first?["suggestion"]?.string?.contains("level") == true)
      try daemon.folder.write("{log: {level: 'debug'}}", to: "companiond.json5")
      #expect(try client.ask("config.reload").result?["changed"] == ["log.level"])
      try remove(daemon.config)
      #expect(try client.ask("config.reload").result?["problems"]?.array?.isEmpty == false)
    }

    @Test func `what the configuration says of prompts holds for the next reply, also when it is read again`()
      throws
    {
      let talk = try Conversation()
      let client = try talk.daemon.lines()
      func write(_ prompt: String) throws {
        let rest = Conversation.configuration(talk.upstream.url).dropLast(2)
        try talk.daemon.folder.write("\(rest) prompt: \(prompt) }", to: "companiond.json5")
        #expect(try client.ask("config.reload").result?["problems"] == nil)
      }
      func asked() throws -> JSONValue {
        talk.upstream.answer(.reply(["Yes."]))
        let sent = try client.ask("message.send", talk.line("Well?", #","wait":true,"attach":false"#))
        #expect(sent.result?["reply"]?.text == "Yes.", "\(sent)")
        let body = try #require(talk.upstream.requests.last?.body)
        return try JSONDecoder().decode(JSONValue.self, from: Data(body))
      }
      let plain = try asked()
      #expect(plain["max_tokens"] == 200 && plain["temperature"] == 0.9)
      try write("{ reply: { maxTokens: 77, temperature: 0.25 }, contextMessages: 2 }")
      for _ in 1...2 { _ = try asked() }
      let terse = try asked()
      #expect(terse["max_tokens"] == 77 && terse["temperature"] == 0.25)
      let told = terse["messages"]?.array?.filter { $0["role"] != "system" } ?? []
      #expect(told.count <= 2, "\(told)")
      // What a chat says itself stands above it.
      _ = try client.ask(
        "chat.update",
        "{\"chat\":\"\(talk.chat)\",\"settings\":{\"maxTokens\":33,\"sampling\":{\"temperature\":0.5}}}")
      let own = try asked()
      #expect(own["max_tokens"] == 33 && own["temperature"] == 0.5)
    }

    private func level(of daemon: DaemonFixture) throws -> String? {
      try daemon.lines().ask("config.show").result?["config"]?["log"]?["level"]?.string
    }
  }
}
