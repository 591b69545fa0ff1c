import TestSupport
import Testing

/// Commands that go on for a while, and what ends them.
@Suite struct CommandStreamTests {
  let harness: CommandHarness

  init() throws { harness = try CommandHarness() }

  @Test func `a reader that has seen enough is no failure`() throws {
    let daemon = try harness.daemon(
      answering: "metrics",
      "{\"contentType\":\"t\",\"text\":\"\(String(repeating: "a_total 1\\n", count: 60_000))\"}")
    let program = try harness.start(["metrics"])
    try program.wait { out, _ in out.hasPrefix("a_total 1\n") }
    program.stopReadingOutput()
    let outcome = try program.outcome()
    #expect(outcome.status == 0)
    #expect(outcome.err == "")
    _ = daemon
  }

  @Test func `a call that takes too long is given up`() throws {
    let daemon = try harness.daemon { line in
      _ = try line.expect("slow")
      _ = try line.expect("call.cancel")
    }
    let outcome = try harness.run("call", "slow", "--timeout", "0.05")
    #expect(outcome.status == 3)
    #expect(outcome.err.hasPrefix("companionctl: No reply within 50 ms."))
    try daemon.check()
  }

  @Test func `following prints what comes until the connection ends`() throws {
    let daemon = try FakeDaemon(at: harness.path) { line, _ in
      try line.greet()
      try line.answer(try line.expect("events.subscribe"), "{\"subscription\":\"s1\"}")
      try line.event(4, "settings.changed", "{\"change\":1}")
      try line.send("{\"jsonrpc\":\"2.0\",\"method\":\"turn.phase\",\"params\":{\"phase\":\"done\"}}")
      try line.send(
        "{\"jsonrpc\":\"2.0\",\"method\":\"server.closing\",\"params\":{\"reason\":\"stopping\"}}")
    }
    let outcome = try harness.run("call", "events.subscribe", "{\"topics\":[\"\"]}", "--follow")
    #expect(
      outcome.out == """
        {"subscription":"s1"}
        {"method":"event","params":{"data":{"change":1},"seq":4,"topic":"settings.changed"}}
        {"method":"turn.phase","params":{"phase":"done"}}

        """)
    #expect(outcome.status == 3)
    #expect(outcome.err == "companionctl: The connection ended: the daemon is stopping.\n")
    try daemon.check()
  }

  @Test func `watching survives a restart and says so quietly`() throws {
    let daemon = try FakeDaemon(at: harness.path, connections: 3) { line, number in
      try line.greet(boot: number < 3 ? "one" : "two")
      try line.answer(
        try line.expect("events.subscribe"),
        "{\"boot\":\"b\",\"change\":1,\"missed\":false,\"seq\":\(number),\"subscription\":\"s\"}")
      if number == 3 {
        try line.answer(
          try line.expect("sync.changes"),
          "{\"items\":[{\"change\":9,\"deleted\":true,\"id\":\"c1\",\"kind\":\"chat\"}],\"latest\":9}")
      }
      try line.event(10 * number, "settings.changed", "{\"n\":\(number)}")
      if number == 3 { try line.waitForEnd() }
    }
    let program = try harness.start(["--json", "watch", "settings"])
    try program.wait { out, _ in out.contains("\"seq\":30") }
    program.send(signal: 2)
    let outcome = try program.outcome()
    #expect(outcome.status == 130)
    #expect(
      outcome.out == """
        {"data":{"n":1},"seq":10,"topic":"settings.changed"}
        {"data":{"n":2},"seq":20,"topic":"settings.changed"}
        {"changed":{"change":9,"deleted":true,"id":"c1","kind":"chat"}}
        {"data":{"n":3},"seq":30,"topic":"settings.changed"}

        """)
    #expect(
      outcome.err == """
        connection lost (the daemon went away); waiting for the daemon
        connected again
        connection lost (the daemon went away); waiting for the daemon
        connected again; the daemon was restarted
        1 thing changed meanwhile

        """)
    try daemon.check()
  }

  @Test func `ping shows each round trip and their spread`() throws {
    let daemon = try harness.daemon { line in
      for _ in 0..<3 { try line.answer(try line.expect("ping"), "{}") }
    }
    let lines = try harness.run("ping", "--count", "3", "--interval", "0").out.split(separator: "\n")
    #expect(lines.count == 4)
    #expect(lines[0].hasPrefix("1  ") && lines[0].hasSuffix(" ms"))
    #expect(lines[3].hasPrefix("3 answers: least "))
    try daemon.check()
  }
}
