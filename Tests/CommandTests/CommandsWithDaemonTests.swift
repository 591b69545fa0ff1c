import Glibc
import TestSupport
import Testing

/// The real programs, both of them.
@Suite(.enabled(if: DaemonFixture.isBuilt)) struct CommandsWithDaemonTests {
  @Test func `every command that asks gets its answer`() throws {
    let daemon = try DaemonFixture()
    for command in [
      "status", "ping", "settings", "discover", "discover settings.set", "config show", "config reload",
      "log",
      "metrics", "call storage.stats", "call rpc.discover", "call sync.changes {\"since\":0}",
    ] {
      for form in [[], ["--json"]] {
        let outcome = try daemon.companionctl(form + command.split(separator: " ").map(String.init))
        #expect(outcome.status == 0, "\(command): \(outcome.err)")
        #expect(outcome.err == "", "\(command)")
        #expect(!outcome.out.isEmpty, "\(command)")
        #expect(!outcome.out.utf8.contains(0x1B), "\(command)")
      }
    }
    #expect(try daemon.companionctl(["status"]).out.contains(daemon.socket))
    #expect(try daemon.stop() == .exited(0))
  }

  @Test func `settings are changed, kept over a kill and shown again`() throws {
    let daemon = try DaemonFixture()
    #expect(try daemon.companionctl(["settings"]).out == "reuse  false\n")
    #expect(try daemon.companionctl(["settings", "user", "Kim", "--overview", "Paints."]).status == 0)
    #expect(
      try daemon.companionctl(["settings", "set", "defaults.sampling.temperature", "0.5", "reuse", "yes"])
        .status
        == 0)
    try daemon.restart(gracefully: false)
    #expect(
      try daemon.companionctl(["settings"]).out == """
        user.name                      Kim
        user.overview                  Paints.
        defaults.sampling.temperature  0.5
        reuse                          true

        """)
    #expect(
      try daemon.companionctl(["settings", "unset", "user.overview", "defaults"]).out
        == "user.name  Kim\nreuse      true\n")
    let refused = try daemon.companionctl(["settings", "set", "defaults.note.depth", "3"])
    #expect(refused.status == 2)
    #expect(refused.err.contains("defaults.note.text must be set as well."))
  }

  @Test func `watching goes on over a kill and a restart`() throws {
    let daemon = try DaemonFixture()
    let watch = try ChildProgram("companionctl", ["--socket", daemon.socket, "--json", "watch", "settings"])
    let client = daemon.client()
    // The subscription stands once the daemon counts it.
    while try client.subscriptions() == 0 {}
    #expect(try daemon.companionctl(["settings", "set", "reuse", "true"]).status == 0)
    try watch.wait { out, _ in out.contains("\"reuse\":true") }
    try daemon.kill()
    try watch.wait { _, err in err.contains("waiting for the daemon") }
    try daemon.start()
    try watch.wait { _, err in err.contains("the daemon was restarted") && err.contains("meanwhile") }
    #expect(try daemon.companionctl(["settings", "set", "reuse", "false"]).status == 0)
    try watch.wait { out, _ in out.contains("\"reuse\":false") }
    watch.send(signal: SIGINT)
    let outcome = try watch.outcome()
    #expect(outcome.status == 130)
    for line in outcome.out.split(separator: "\n") { #expect(line.hasPrefix("{") && line.hasSuffix("}")) }
  }

  @Test func `the log's level is changed and told`() throws {
    let daemon = try DaemonFixture()
    #expect(try daemon.companionctl(["log", "debug"]).out == "The daemon now logs level debug and above.\n")
    #expect(try daemon.companionctl(["log"]).out == "The daemon logs level debug and above.\n")
  }

  @Test func `stopping waits until the daemon is gone`() throws {
    let daemon = try DaemonFixture()
    let outcome = try daemon.companionctl(["stop", "--grace", "1"])
    #expect(outcome.status == 0, "\(outcome.err)")
    #expect(outcome.out == "The daemon has stopped.\n")
    #expect(try daemon.waitForExit() == .exited(0))
    #expect(try daemon.companionctl(["ping"]).status == 3)
  }
}
