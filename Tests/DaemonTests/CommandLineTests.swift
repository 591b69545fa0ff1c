import FoundationEssentials
import Glibc
import TestSupport
import Testing

extension EndToEnd {
  /// What a person, a script or a service manager sees who starts it wrongly, or rightly.
  @Suite struct CommandLineTests {
    private func run(_ arguments: [String], environment: [String: String] = [:]) throws
      -> ChildProgram.Outcome
    {
      try ChildProgram.run("companiond", arguments, environment: environment)
    }

    @Test func `tells its version and its options on standard output`() throws {
      let version = try run(["--version"])
      #expect(version.status == 0)
      #expect(version.out.wholeMatch(of: /companiond \d+\.\d+\.\d+\n/) != nil)
      #expect(version.err.isEmpty)
      let help = try run(["--help"])
      #expect(help.status == 0 && help.err.isEmpty)
      for option in [
        "--config", "--socket", "--data", "--log-level", "--idle-exit", "--system", "--check-config",
        "--check-backup", "--version", "--help",
      ] { #expect(help.out.contains("\(option) "), "\(option) is not in the help") }
    }

    @Test(arguments: [
      (["--verison"], "Did you mean --version?"), (["--socket"], "--socket needs a value"),
      (["--check-backup"], "--check-backup needs a value"),
      (["--log-level", "inof"], "Did you mean info?"), (["--idle-exit", "0"], "at least 1"),
      (["--idle-exit", "soon"], "number of seconds"), (["--version=1"], "takes no value"),
      (["rest"], "There is no option rest"),
    ])
    func `wrong usage is 64 and one sentence`(_ arguments: [String], _ sentence: String) throws {
      let outcome = try run(arguments)
      #expect(outcome.status == 64)
      #expect(outcome.err.contains(sentence), "\(outcome.err)")
      #expect(outcome.out.isEmpty)
    }

    @Test func `idle exit is refused when nobody holds the socket`() throws {
      let folder = try TemporaryFolder()
      let outcome = try run(
        ["--idle-exit", "5", "--socket", folder.file("s"), "--data", folder.file("data")],
        environment: ["HOME": folder.path])
      #expect(outcome.status == 64)
      #expect(outcome.err.contains("--idle-exit needs a listening socket from systemd"))
      #expect(!exists(folder.file("s")) && !exists(folder.file("data")))
    }

    @Test func `checks a configuration without touching socket or data`() throws {
      let folder = try TemporaryFolder()
      try folder.write("{log: {level: 'debug'}}", to: "good.json5")
      let environment = ["HOME": folder.path, "XDG_RUNTIME_DIR": folder.path]
      let good = try run(["--check-config", "--config", folder.file("good.json5")], environment: environment)
      #expect(good.status == 0)
      #expect(good.out.contains("The configuration is good: \(folder.file("good.json5"))"))
      let none = try run(["--check-config"], environment: environment)
      #expect(none.status == 0)
      #expect(none.out.contains("no file was found, so the built-in values hold"))
      #expect(!exists(folder.file("companion")) && !exists(folder.file(".local")))
    }

    /// The room's own tests hold each message; here counts that they reach a person, with place and status.
    @Test(
      arguments: [
        ("{\n  log: {\n    levle: 'info',\n  },\n}", ":3:5: log.levle: expected", "did you mean \"level\"?"),
        ("{\n  log: 3,\n}", ":2:8: log: expected an object", "found a number"),
        ("{\n  log: {\n", ":3:1", "expected"),
        ("{log: {level: 'inof'}}", ":1:15: log.level: expected", "did you mean \"info\"?"),
        ("{log: {}, log: {}}", ":1:11", "log"),
        (
          "{\n providers: {h: {kind: 'openai', url: 'localhost:8080/v1'}}}", ":2:39: providers.h.url",
          "http://"
        ),
        (
          "{\n providers: {h: {kind: 'openai', url: 'http://h/v1',\n  keyFile: 'absent.key'}}}",
          ":3:12: providers.h.keyFile", "absent.key"
        ),
      ], ["check", "start"])
    func `a broken file is 78 with its place`(_ broken: (String, String, String), _ how: String) throws {
      let (text, place, advice) = broken
      let folder = try TemporaryFolder()
      let file = folder.file("companiond.json5")
      try folder.write(text, to: "companiond.json5")
      let rest =
        how == "check" ? ["--check-config"] : ["--socket", folder.file("s"), "--data", folder.file("data")]
      let outcome = try run(["--config", file] + rest, environment: ["HOME": folder.path])
      #expect(outcome.status == 78)
      #expect(outcome.err.contains(file + place), "\(outcome.err)")
      #expect(outcome.err.contains(advice), "\(outcome.err)")
      #expect(!exists(folder.file("s")) && !exists(folder.file("data")))
    }

    @Test func `a named file that is not there is 78, not silence`() throws {
      let outcome = try run(["--config", "/nonexistent/companiond.json5", "--check-config"])
      #expect(outcome.status == 78)
      #expect(outcome.err.contains("/nonexistent/companiond.json5"))
    }

    @Test func `data that a full disk does not take is 75, which is tried again`() throws {
      let shell = ["/bin/sh", "-c", "ulimit -f 0; exec \"$@\"", "sh"]
      let daemon = try DaemonFixture(wrapper: shell, starts: false)
      try daemon.launch()
      #expect(try daemon.waitForExit() == .exited(75))
      #expect(daemon.log.contains("The disk is full"), "\(daemon.log)")
      daemon.wrapper = []
      try daemon.start()
      #expect(try daemon.stop() == .exited(0))
    }

    @Test func `data of a newer version is 78 and stays as it is`() throws {
      let daemon = try DaemonFixture()
      try daemon.stop()
      // Where SQLite's file format keeps user_version; the clean end has left everything in this one file.
      let file = try FileBytes(daemon.data + "/companion.db")
      try file.overwrite(at: 60, [0, 0, 0x27, 0x0F])
      try daemon.launch()
      #expect(try daemon.waitForExit() == .exited(78))
      #expect(daemon.log.contains("schema 9999, made by a newer companiond"), "\(daemon.log)")
      #expect(try file.read(at: 60, 4) == [0, 0, 0x27, 0x0F])
      #expect(!exists(daemon.socket))
    }
  }
}
