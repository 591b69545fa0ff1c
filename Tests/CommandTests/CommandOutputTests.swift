import Model
import TestSupport
import Testing
import Wire

/// What a person and a program get to see, against a daemon whose every word is known.
@Suite struct CommandOutputTests {
  let harness: CommandHarness

  init() throws { harness = try CommandHarness() }

  static let status = """
    {"activated":true,"boot":"b","calls":1,"connections":3,"data":"/home/mira/.local/share/companion",\
    "idleExitMs":900000,"memoryBytes":14680064,"mode":"user","owners":1,"pid":2317,\
    "sandbox":{"noNewPrivileges":true,"seccomp":true},"server":{"name":"companiond","version":"1.0.0"},\
    "socket":"/run/user/1000/companion/companiond.sock","startedAt":"2026-11-20T10:11:18.042Z","state":"running",\
    "subscriptions":2,"uptimeMs":90061000,"vault":{"change":4711,"open":true}}
    """

  @Test func `status is readable`() throws {
    let daemon = try harness.daemon(answering: "status", Self.status)
    let outcome = try harness.run("status")
    #expect(
      outcome.out == """
        companiond 1.0.0 is running
          process     2317, for 1 d 1 h
          started     2026-11-20T10:11:18.042Z, by a connection (systemd)
          serves      this user
          socket      /run/user/1000/companion/companiond.sock
          data        /home/mira/.local/share/companion
          busy with   3 connections, 2 subscriptions, 1 running call, 1 owner
          your vault  open, change 4711
          memory      14.0 MiB
          when idle   ends after 15 min without work
          sandbox     no new privileges, system calls filtered

        """)
    #expect(outcome.status == 0)
    try daemon.check()
  }

  @Test func `with json the result is printed as it came, on one line`() throws {
    let daemon = try harness.daemon(answering: "status", Self.status)
    let outcome = try harness.run("--json", "status")
    #expect(outcome.out == Self.status + "\n")
    try daemon.check()
  }

  @Test(arguments: [true, false])
  func `health is a table, and its exit status is the verdict`(isWell: Bool) throws {
    let daemon = try harness.daemon(
      answering: "health",
      """
      {"checks":[{"latencyMs":0.2149,"name":"storage.writer","ok":true},{"detail":"3 MiB are free.",\
      "name":"storage.space","ok":\(isWell)}],"ok":\(isWell)}
      """)
    let outcome = try harness.run("health")
    let well = """
      ok  storage.writer  0.21 ms
      ok  storage.space            3 MiB are free.

      """
    let unwell = """
      ok    storage.writer  0.21 ms
      FAIL  storage.space            3 MiB are free.

      """
    #expect(outcome.out == (isWell ? well : unwell))
    #expect(outcome.status == (isWell ? 0 : 1))
    try daemon.check()
  }

  @Test func `the daemon's refusal is its sentence and what to go by`() throws {
    let daemon = try harness.daemon { line in
      try line.refuse(
        try line.expect("settings.gett"),
        """
        {"code":-32601,"message":"There is no method settings.gett; did you mean settings.get?",\
        "data":{"reason":"method_not_found","retryable":false,"didYouMean":"settings.get"}}
        """)
    }
    let outcome = try harness.run("call", "settings.gett")
    #expect(outcome.status == 1)
    #expect(outcome.out == "")
    #expect(
      outcome.err == """
        companionctl: There is no method settings.gett; did you mean settings.get?
          error -32601, method_not_found, didYouMean settings.get. List the methods: companionctl discover

        """)
    try daemon.check()
  }

  @Test func `with json the refusal is the error object`() throws {
    let object = """
      {"code":2,"data":{"reason":"conflict","retryable":false,"revision":7},"message":"Changed meanwhile."}
      """
    let daemon = try harness.daemon { line in try line.refuse(try line.expect("x"), object) }
    let outcome = try harness.run("call", "x", "--json")
    #expect(outcome.status == 1)
    #expect(outcome.err == object + "\n")
    try daemon.check()
  }

  @Test func `a stranger's text does not drive the terminal`() throws {
    let evil = "\\u001b[2J\u{9B}31m\u{7F}\u{202E}\\n"
    let daemon = try harness.daemon(
      answering: "settings.get",
      "{\"settings\":{\"change\":1,\"reuse\":false,\"revision\":1,\"user\":{\"name\":\"\(evil)\"}}}")
    let person = try harness.run("settings")
    #expect(person.out == "user.name  \\u{1B}[2J\\u{9B}31m\\u{7F}\\u{202E}\\n\nreuse      false\n")
    try daemon.check()
    let again = try CommandHarness()
    let second = try again.daemon(answering: "x", "{\"a\": [\"\(evil)\", 1.50, {}]}")
    let program = try again.run("call", "x")
    #expect(program.out == "{\"a\":[\"\\u001b[2J\\u009b31m\\u007f\\u202e\\n\",1.50,{}]}\n")
    try second.check()
  }

  @Test func `metrics keep their lines and nothing else`() throws {
    let daemon = try harness.daemon(
      answering: "metrics",
      "{\"contentType\":\"t\",\"text\":\"# TYPE a counter\\na_total 1\\u001b\\n# EOF\\n\"}")
    #expect(try harness.run("metrics").out == "# TYPE a counter\na_total 1\\u{1B}\n# EOF\n")
    try daemon.check()
  }

  @Test func `parameters come from the line or from stdin`() throws {
    let daemon = try harness.daemon { line in
      let call = try line.expect("x")
      try line.answer(call, "{\"n\":\(call["params"]?["n"]?.integer ?? 0)}")
    }
    #expect(try harness.run("call", "x", "{\"n\":5}").out == "{\"n\":5}\n")
    try daemon.check()
    let again = try CommandHarness()
    let second = try again.daemon { line in
      let call = try line.expect("x")
      try line.answer(call, "{\"n\":\(call["params"]?["n"]?.integer ?? 0)}")
    }
    #expect(try again.run("call", "x", "-", input: "{\n  \"n\": 6\n}\n").out == "{\"n\":6}\n")
    try second.check()
  }

  @Test func `a change under somebody else's edit is worked out anew`() throws {
    let daemon = try harness.daemon { line in
      for revision in [3, 4] {
        try line.answer(
          try line.expect("settings.get"),
          """
          {"settings":{"change":1,"defaults":{"model":"m\(revision)"},"reuse":false,"revision":\(revision),\
          "user":{"name":"Mira"}}}
          """)
        let call = try line.expect("settings.set")
        guard call["params"]?["ifRevision"]?.integer == Int64(revision),
          call["params"]?["user"] == ["name": "Mira", "overview": "Walks."],
          call["params"]?["defaults"] == nil
        else { throw LineClient.Failure.unexpected("\(call)") }
        if revision == 3 {
          try line.refuse(call, String(decoding: RPCError.conflict(revision: 4).encoded, as: UTF8.self))
        } else {
          try line.answer(
            call,
            "{\"settings\":{\"change\":2,\"reuse\":false,\"revision\":5,\"user\":{\"name\":\"Mira\",\"overview\":\"Walks.\"}}}"
          )
        }
      }
    }
    let outcome = try harness.run("settings", "set", "user.overview", "Walks.")
    #expect(outcome.out == "user.name      Mira\nuser.overview  Walks.\nreuse          false\n")
    #expect(outcome.status == 0)
    try daemon.check()
  }

  @Test func `something that is no companiond is called so`() throws {
    let daemon = try FakeDaemon(at: harness.path) { line, _ in
      _ = try line.line()
      try line.send("HTTP/1.1 400 Bad Request\r")
      try line.waitForEnd()
    }
    let outcome = try harness.run("ping")
    #expect(outcome.status == 3)
    #expect(
      outcome.err
        == "companionctl: What answers at the socket sent a line that is no JSON-RPC: HTTP/1.1 400 Bad Request. Is it companiond?\n"
    )
    try daemon.check()
  }

  @Test func `discover lists methods and explains one`() throws {
    let document = """
      {"openrpc":"1.3.2","methods":[{"name":"a.set","summary":"Sets it","description":"At once.","x-access":"writes",\
      "x-scope":"admin","params":[{"name":"n","required":true,"description":"How many.","schema":{"type":"integer"}},\
      {"name":"who","schema":{"$ref":"#/components/schemas/Who"},"description":"Whose."}],"result":{"name":"result",\
      "schema":{"properties":{"ok":{"type":"boolean","description":"Done."}},"required":["ok"]}},\
      "errors":[{"$ref":"#/components/errors/busy"}],"examples":[{"params":[{"name":"n","value":1}],\
      "result":{"value":{"ok":true}}}]},{"name":"ping","summary":"Answers"}]}
      """
    let daemon = try harness.daemon(answering: "rpc.discover", document)
    #expect(try harness.run("discover").out == "a.set  Sets it  (writes, admin)\nping   Answers\n")
    try daemon.check()
    let again = try CommandHarness()
    let second = try again.daemon(answering: "rpc.discover", document)
    #expect(
      try again.run("discover", "a.set").out == """
        a.set: Sets it

        At once.

        Takes
          n     integer  How many.
          who?  Who      Whose.

        Answers
          ok  boolean  Done.

        Refuses with
          busy

        Example
          companionctl call a.set '{"n":1}'
          {
            "ok": true
          }

        """)
    try second.check()
    let third = try CommandHarness()
    let last = try third.daemon(answering: "rpc.discover", document)
    let unknown = try third.run("discover", "pong")
    #expect(unknown.status == 2)
    #expect(unknown.err.hasPrefix("companionctl: There is no method pong. Did you mean ping?"))
    try last.check()
  }
}
