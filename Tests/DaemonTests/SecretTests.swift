import FoundationEssentials
import Model
import TestSupport
import Testing

extension EndToEnd {
  /// Keys go in and never come out: not on the wire, not in a log at any level, not in an error, not on the disk.
  @Suite struct SecretTests {
    /// Each in another place; one pattern finds them all.
    private static var canary: Regex<Substring> { /canary-[a-z]+-\d{6}/ }

    private static let good = """
      {
        log: {level: 'trace'},
        providers: {
          inline: {kind: 'openai', url: 'https://one.example/v1', key: 'canary-inline-111111'},
          file: {kind: 'openai', url: 'https://two.example/v1', keyFile: 'two.key'},
          header: {kind: 'openai', url: 'https://three.example/v1', headers: {'X-Api-Token': 'canary-header-333333'}},
          variable: {kind: 'openai', url: 'https://api.openai.com/v1'},
        },
      }
      """

    private func daemon(_ text: String = good, starts: Bool = true) throws -> DaemonFixture {
      let folder = try TemporaryFolder()
      try folder.write("canary-file-222222\n", to: "two.key")
      try setMode(0o600, of: folder.file("two.key"))
      return try DaemonFixture(
        config: text, options: ["--log-level", "trace"],
        environment: ["OPENAI_API_KEY": "canary-variable-444444"], in: folder, starts: starts)
    }

    @Test func `no method and no log line shows a key`() throws {
      let daemon = try daemon()
      let client = try daemon.lines()
      var said = ""
      for method in [
        "hello", "status", "health", "metrics", "config.show", "config.reload", "rpc.discover",
        "settings.get",
        "storage.check", "storage.stats", "sync.changes",
      ] {
        try client.call(method, method == "sync.changes" ? #"{"since":0}"# : "{}")
        said += try client.line() + "\n"
      }
      #expect(said.contains("two.example") && said.contains("three.example"), "the configuration was shown")
      #expect(said.firstMatch(of: Self.canary) == nil)
      try daemon.stop()
      #expect(daemon.log.contains("\"level\":\"debug\""), "the log was not at its most talkative")
      #expect(daemon.log.firstMatch(of: Self.canary) == nil)
      for name in try names(in: daemon.data) {
        let bytes = try Data(contentsOf: URL(filePath: daemon.data + "/" + name))
        #expect(bytes.firstRange(of: Data("canary-".utf8)) == nil, "\(name) holds a key")
      }
    }

    @Test(
      arguments: [
        // Broken in, before and behind the key.
        ("key: 'canary-inline-111111'", "key: 'canary-inline-111111"),
        ("key: 'canary-inline-111111'", "key: canary-inline-111111"),
        ("key: 'canary-inline-111111'", "key: 'canary-inline-111111', key: 'canary-inline-999999'"),
        ("key: 'canary-inline-111111'", "key: ['canary-inline-111111']"),
        ("key: 'canary-inline-111111'", "key: 'canary-inline-111111\\tb'"),
        ("key: 'canary-inline-111111'", "key: 'canary-inline-111111\\u0000'"),
        ("key: 'canary-inline-111111'", "key: 'canary-inline-111111', keyFile: 'two.key'"),
        ("key: 'canary-inline-111111'", "kee: 'canary-inline-111111'"),
        ("key: 'canary-inline-111111'", "keyFile: 'canary-inline-111111'"),
        ("'X-Api-Token': 'canary-header-333333'", "'X-Api-Token': 'canary-header-333333\\n'"),
        ("'X-Api-Token': 'canary-header-333333'", "Authorization: {a: 'canary-header-333333'}"),
        ("'https://one.example/v1'", "'https://user:canary-inline-777777@one.example/v1'"),
      ])
    func `no error shows a key, at the start and at a reload`(_ from: String, _ to: String) throws {
      let broken = Self.good.replacing(from, with: to)
      #expect(broken != Self.good)
      let refused = try daemon(broken, starts: false)
      try refused.launch()
      #expect(try refused.waitForExit() == .exited(78))
      #expect(shown(refused.log, but: to) == nil, "\(refused.log)")

      let running = try daemon()
      try running.folder.write(broken, to: "companiond.json5")
      let client = try running.lines()
      try client.call("config.reload")
      let reply = try client.line()
      #expect(reply.contains("problems"))
      #expect(shown(reply, but: to) == nil, "\(reply)")
      try running.waitForLog(containing: "was not applied")
      try running.stop()
      #expect(shown(running.log, but: to) == nil, "\(running.log)")
    }

    /// A key in the text. The name of a key file is no key, and has to be said when the file is missing.
    private func shown(_ text: String, but configured: String) -> Substring? {
      if configured.hasPrefix("keyFile") { return nil }
      return text.firstMatch(of: Self.canary)?.output
    }

    @Test func `a key file that others can read is refused without being quoted`() throws {
      let daemon = try daemon(starts: false)
      try setMode(0o644, of: daemon.folder.file("two.key"))
      try daemon.launch()
      #expect(try daemon.waitForExit() == .exited(78))
      #expect(daemon.log.contains("chmod 600"), "\(daemon.log)")
      #expect(daemon.log.firstMatch(of: Self.canary) == nil)
    }

    @Test func `what people write about themselves is not in the log`() throws {
      let daemon = try DaemonFixture(options: ["--log-level", "debug"])
      let client = try daemon.lines()
      let reply = try client.ask(
        "settings.set", #"{"user":{"name":"canary-name-555555","overview":"canary-text-666666"},"key":"k"}"#)
      #expect(reply.result != nil)
      let wrong = try client.ask("settings.set", #"{"user":{"name":["canary-name-555555"]}}"#)
      #expect(wrong.reason == "invalid_params")
      try client.send("canary-line-777777")
      #expect(try client.json().code == -32700)
      try daemon.stop()
      #expect(daemon.log.firstMatch(of: Self.canary) == nil, "\(daemon.log)")
    }
  }
}
