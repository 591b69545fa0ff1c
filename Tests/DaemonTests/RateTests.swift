import Base
import FoundationEssentials
import Model
import TestSupport
import Testing

extension EndToEnd {
  /// The limit on what a person may say, as their client meets it, across restarts and a clock that is set.
  @Suite struct RateTests {
    private static let config = #"{ limits: { messagesPerMinute: 30 } }"#

    private func chat(_ daemon: DaemonFixture) throws -> String {
      let client = try daemon.lines()
      _ = try client.ask("companion.create", #"{"persona":{"name":"Ada"},"handle":"ada"}"#)
      let chat = try client.ask("chat.create", #"{"companion":"ada"}"#).result?["chat"]?["id"]
      return try #require(chat?.string)
    }

    private func say(_ daemon: DaemonFixture, _ chat: String, _ text: String = "Hello.") throws -> JSONValue {
      try daemon.lines().ask(
        "message.send", "{\"chat\":\"\(chat)\",\"text\":\"\(text)\",\"respond\":false}")
    }

    /// Milliseconds to wait; nil when the line was taken, or refused for something else.
    private func wait(_ reply: JSONValue) -> Int64? {
      guard reply.code == 4, reply.reason == "rate_limited", reply["error"]?["data"]?["retryable"] == true
      else { return nil }
      return reply["error"]?["data"]?["retryAfterMs"]?.integer
    }

    @Test(arguments: [true, false])
    func `30 a minute work and the 31st is told when to come again, whatever way the daemon went down`(
      gracefully: Bool
    ) throws {
      let daemon = try DaemonFixture(config: Self.config)
      let chat = try chat(daemon)
      let begin = ContinuousClock.now
      for number in 1...30 {
        #expect(try say(daemon, chat).result != nil, "line \(number)")
        if number == 15 { try daemon.restart(gracefully: gracefully) }
      }
      let first = try #require(wait(try say(daemon, chat)))
      try daemon.restart(gracefully: gracefully)
      let second = try #require(wait(try say(daemon, chat)))
      let passed = Int64((ContinuousClock.now - begin).milliseconds)
      #expect(
        first <= 60_000 && second <= first && second >= 60_000 - passed - 1000,
        "\(first), \(second), \(passed)")
      // What is refused is neither said nor counted.
      #expect(wait(try say(daemon, chat)).map { $0 <= second } == true)
      let messages = try daemon.lines().ask("chat.get", "{\"chat\":\"\(chat)\"}").result?["chat"]?["messages"]
      #expect(messages == 30)
      // Reading, and everything else, is nobody's trouble.
      #expect(try daemon.lines().ask("chat.history", "{\"chat\":\"\(chat)\"}").result != nil)
    }

    @Test(.enabled(if: tool("python3") != nil, "it needs python3"))
    func `a clock set back a year, or that ran a year ahead before, locks nobody out`() throws {
      let daemon = try DaemonFixture(config: Self.config)
      let chat = try chat(daemon)
      for _ in 1...30 { #expect(try say(daemon, chat).result != nil) }
      #expect(wait(try say(daemon, chat)) != nil)
      for years in [1, -1] as [Int64] {
        // What the daemon finds when the clock was set meanwhile: all it counted lies so far ahead, or behind.
        try daemon.stop()
        try shiftRates(in: daemon, by: years * 365 * 86_400_000)
        try daemon.start()
        for number in 1...30 { #expect(try say(daemon, chat).result != nil, "line \(number), \(years)") }
        let limited = try #require(wait(try say(daemon, chat)))
        #expect(limited <= 60_000)
      }
      // And what was counted then is cleared away.
      try daemon.stop()
      #expect(try shiftRates(in: daemon, by: 0) == 30)
    }

    @Test func `0 switches the limit off, for those who are over it as well`() throws {
      let daemon = try DaemonFixture(config: Self.config)
      let chat = try chat(daemon)
      for _ in 1...30 { #expect(try say(daemon, chat).result != nil) }
      #expect(wait(try say(daemon, chat)) != nil)
      try daemon.folder.write("{ limits: { messagesPerMinute: 0 } }", to: "companiond.json5")
      try daemon.restart()
      for number in 1...40 { #expect(try say(daemon, chat).result != nil, "line \(number)") }
    }

    /// Moves all that was counted, and tells how much that is. The database is nobody's while the daemon is down, and what is
    /// in it is not for clients: another language's SQLite looks into it.
    @discardableResult
    private func shiftRates(in daemon: DaemonFixture, by milliseconds: Int64) throws -> Int {
      let script = """
        from sqlite3 import connect
        from sys import argv
        vault = connect(argv[1])
        vault.execute("UPDATE rates SET at = at + ?", (int(argv[2]),))
        vault.commit()
        print(vault.execute("SELECT count(*) FROM rates").fetchone()[0])
        vault.close()
        """
      let outcome = try ChildProgram.run(
        try #require(tool("python3")), ["-c", script, daemon.data + "/companion.db", "\(milliseconds)"])
      return try #require(Int(outcome.out.filter { $0 != "\n" }), "\(outcome.err)")
    }
  }
}
