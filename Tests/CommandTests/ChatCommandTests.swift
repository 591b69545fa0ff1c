import Glibc
import TestSupport
import Testing

/// `companionctl chat`, through a pipe and in a terminal, with the real daemon.
@Suite(.enabled(if: DaemonFixture.isBuilt)) struct ChatCommandTests {
  @Test func `a pipe's lines are answered one after another`() throws {
    let stage = try Stage()
    stage.answer(.text("One."))
    stage.answer(.text("Two."))
    let outcome = try stage.run("chat", "ada", input: "First\n\n  \n//slash\n")
    #expect(outcome.status == 0, "\(outcome.err)")
    #expect(outcome.out == "Ada: Come in.\nyou: First\nAda: One.\nyou: /slash\nAda: Two.\n")
    #expect(outcome.err == "")
    // It goes on where it was, and a new one begins anew.
    stage.answer(.text("Three."))
    let again = try stage.run("chat", "ada", "--recent", "2", input: "Third\n")
    #expect(again.out == "you: /slash\nAda: Two.\nyou: Third\nAda: Three.\n")
    #expect(try stage.run("chat", "--new", input: "/quit\nnever said\n").out == "Ada: Come in.\n")
    #expect(try stage.run("chats").out.split(separator: "\n").count == 2)
  }

  @Test func `what a reply changes of the scene is one quiet line, and nothing where it changes nothing`()
    async throws
  {
    let stage = try Stage(readsScenes: true)
    let terminal = try stage.terminal("chat")
    try terminal.wait(for: "/help tells what there is)\r\n> ")
    stage.answer(.text("Here we are."))
    stage.answer(
      .text(#"{"outfit":{"add":["yellow raincoat"]},"location":"the quay","action":"waving"}"#))
    terminal.type("To the quay!")
    try terminal.wait(for: "Ada: Here we are.\r\n")
    try terminal.wait(for: "(scene: wears yellow raincoat; the quay; waving)\r\n")
    stage.answer(.text("Still here."))
    stage.answer(.text("{}"))
    terminal.type("And now?")
    try terminal.wait(for: "Ada: Still here.\r\n")
    _ = await stage.upstream.request(4)
    stage.answer(.text("Off we go."))
    stage.answer(.text(#"{"location":"the boat"}"#))
    terminal.type("Aboard!")
    let seen = try terminal.wait(for: "(scene: the boat)\r\n")
    #expect(seen.ranges(of: "(scene:").count == 1, "the reply before it changed nothing")
    terminal.typeEnd()
  }

  @Test func `words that do not exist are met with a hint, and nothing is sent`() throws {
    let stage = try Stage()
    let outcome = try stage.run("chat", input: "/hepl\n/history 0\n/help\n/history 1\n")
    #expect(
      outcome.err == """
        (there is no /hepl. Did you mean /help? /help tells what there is)
        (/history takes a number from 1 to 200)

        """)
    #expect(outcome.out.contains("/quit"))
    #expect(outcome.out.hasSuffix("Ada: Come in.\n"))
    #expect(stage.upstream.requests.isEmpty)
  }

  @Test func `a line over the limit is not sent, one at the limit is`() throws {
    let stage = try Stage()
    stage.answer(.text("Read."))
    let folder = try TemporaryFolder()
    let longest = String(repeating: "x", count: 256 << 10)
    try folder.write("\(longest)y\n\(longest)\n", to: "lines")
    let program = try ChildProgram(
      "/bin/sh",
      [
        "-c", "exec \"$@\" <\"$0\"", folder.file("lines"), ChildProgram.buildFolder + "/companionctl",
        "--socket", stage.daemon.socket, "chat", "ada",
      ])
    let outcome = try program.outcome()
    #expect(outcome.err == "(that line is longer than 262144 bytes and was not sent)\n")
    #expect(outcome.out == "Ada: Come in.\nyou: \(longest)\nAda: Read.\n")
  }

  @Test func `in a terminal Ctrl-C stops the reply and not the client`() throws {
    let stage = try Stage()
    let gate = Gate()
    stage.answer(.text("Well, "), .gate(gate), .text("never mind."))
    let terminal = try stage.terminal("chat")
    try terminal.wait(for: "(with Ada; /help tells what there is)\r\n> ")
    terminal.program.send(signal: SIGINT)
    try terminal.wait(for: "(nothing is being written; /quit or Ctrl-D leaves)\r\n> ")
    terminal.type("Tell me")
    try terminal.wait(for: "Ada: Well, ")
    terminal.program.send(signal: SIGINT)
    try terminal.wait(for: "(cancelled)\r\n> ")
    gate.open()
    stage.answer(.text("All right."))
    terminal.type("Another, then")
    try terminal.wait(for: "Ada: All right.\r\n> ")
    terminal.typeEnd()
    #expect(try terminal.end() == .exited(0))
    #expect(
      try stage.run("history").out
        == "Ada: Come in.\nyou: Tell me\nAda: Well, \nyou: Another, then\nAda: All right.\n")
  }

  @Test func `two clients of one chat both show every word`() throws {
    let stage = try Stage()
    let first = try stage.terminal("chat", "--recent", "0")
    try first.wait(for: "> ")
    let second = try stage.terminal("chat", "--recent", "0")
    try second.wait(for: "> ")
    let gate = Gate()
    stage.answer(.text("Good "), .gate(gate), .text("morning."))
    first.type("Hello")
    for terminal in [first, second] { try terminal.wait(for: "Ada: Good ") }
    gate.open()
    for terminal in [first, second] { try terminal.wait(for: "morning.\r\n") }
    // What the one says, the other shows, without anybody asking for a reply.
    #expect(try stage.run("send", "--no-reply", "ada", "A note.").status == 0)
    for terminal in [first, second] { try terminal.wait(for: "you: A note.\r\n> ") }
    second.type("/quit")
    #expect(try second.end() == .exited(0))
    first.type("/quit")
    #expect(try first.end() == .exited(0))
  }

  @Test func `a line typed while another client's reply is written waits for its end`() throws {
    let stage = try Stage()
    let terminal = try stage.terminal("chat", "--recent", "0")
    try terminal.wait(for: "> ")
    let gate = Gate()
    stage.answer(.text("Good "), .gate(gate), .text("morning."))
    let sender = try stage.start("send", "ada", "Hello")
    try terminal.wait(for: "Ada: Good ")
    terminal.type("And me?")
    stage.answer(.text("You, too."))
    gate.open()
    try terminal.wait(for: "Ada: You, too.")
    #expect(try sender.outcome().out == "Good morning.\n")
    terminal.type("/quit")
    #expect(try terminal.end() == .exited(0))
    #expect(try stage.run("history", "--limit", "2").out.hasSuffix("you: And me?\nAda: You, too.\n"))
  }

  @Test func `a killed daemon is waited for, and what is typed meanwhile is said to its successor`() throws {
    let stage = try Stage()
    let terminal = try stage.terminal("chat", "--recent", "0")
    try terminal.wait(for: "> ")
    let gate = Gate()
    stage.answer(.text("Well, "), .gate(gate), .text("never mind."))
    terminal.type("Tell me")
    try terminal.wait(for: "Ada: Well, ")
    try stage.daemon.kill()
    gate.open()
    try terminal.wait(for: "waiting for the daemon)")
    terminal.type("Are you there?")
    stage.answer(.text("I am."))
    try stage.daemon.start()
    try terminal.wait(for: "(connected again; the daemon was restarted)")
    try terminal.wait(for: "Ada: I am.\r\n> ")
    terminal.typeEnd()
    #expect(try terminal.end() == .exited(0))
    #expect(try stage.run("history", "--limit", "2").out == "you: Are you there?\nAda: I am.\n")
  }
}
