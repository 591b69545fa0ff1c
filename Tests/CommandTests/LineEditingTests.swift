import Glibc
import TestSupport
import Testing

/// The line that is typed in `companionctl chat`, on a terminal that lets the program edit it.
@Suite(.enabled(if: DaemonFixture.isBuilt)) struct LineEditingTests {
  @Test func `what is typed and not sent comes back when others have spoken`() throws {
    let stage = try Stage()
    let terminal = try stage.editingTerminal("chat", "--recent", "0")
    try terminal.wait(for: "> ")
    terminal.press("half a 海 thought")
    try terminal.wait(for: "> half a 海 thought")
    #expect(try stage.run("send", "--no-reply", "ada", "A note.").status == 0)
    // Taken away before, drawn again behind.
    let between = try terminal.wait(for: "you: A note.\r\n> half a 海 thought")
    #expect(between.contains("\r\u{1B}[J"))
    stage.answer(.text("Yes."))
    terminal.type(", whole")
    try terminal.wait(for: "> half a 海 thought, whole\r\n")
    try terminal.wait(for: "Ada: Yes.\r\n")
    terminal.press("\u{04}")
    #expect(try terminal.end() == .exited(0))
    #expect(try stage.run("history", "--limit", "2").out == "you: half a 海 thought, whole\nAda: Yes.\n")
  }

  @Test func `what is typed during a reply stands below it and is said after it`() throws {
    let stage = try Stage()
    let terminal = try stage.editingTerminal("chat", "--recent", "0")
    try terminal.wait(for: "> ")
    let (first, second) = (Gate(), Gate())
    stage.answer(.text("Good "), .gate(first), .text("morning"), .gate(second), .text(", Kim."))
    terminal.type("Hello")
    try terminal.wait(for: "Ada: Good ")
    terminal.press("And you?")
    // The place in the reply is kept by the terminal, the line is below it; the terminal adds a return to every line feed.
    try terminal.wait(for: "\u{1B}7\r\r\n> And you?")
    first.open()
    let more = try terminal.wait(for: "morning")
    #expect(more.hasSuffix("\r\u{1B}[J\u{1B}8morning"), "\(more)")
    stage.answer(.text("I am well."))
    terminal.press("\n")
    second.open()
    try terminal.wait(for: ", Kim.\r\n> And you?\r\n")
    try terminal.wait(for: "Ada: I am well.\r\n")
    terminal.type("/quit")
    #expect(try terminal.end() == .exited(0))
  }

  @Test func `the line is edited as shells do it`() throws {
    let stage = try Stage()
    let terminal = try stage.editingTerminal("chat", "--recent", "0")
    try terminal.wait(for: "> ")
    /// Keys, and the line they make: said, and read back where it is stored.
    for (keys, line) in [
      ("lamp\u{01}The \u{05} is lit", "The lamp is lit"), ("one two\u{17}three", "one three"),
      ("ab\u{1B}[D\u{1B}[DX\u{1B}[C-\u{1B}[F.", "Xa-b."), ("gone\u{15}kept", "kept"),
      ("e\u{7F}海\u{7F}👩‍🚀!\u{1B}[D\u{7F}?\u{1B}[3~", "?"), ("ab\u{02}\u{0B}c", "ac"),
      ("one two\u{1B}[1;5D\u{1B}[1;5DX", "Xone two"), ("two\u{1B}\nlines", "two\nlines"),
      ("\u{1B}[200~pasted\nlines\t\u{1B}[31mred\u{1B}[201~", "pasted\nlines\t[31mred"),
      ("\u{1B}[A\u{1B}[A\u{1B}[B\u{1B}[A", "two\nlines"), ("\u{1B}[99;99~\u{1B}OZplain", "plain"),
    ] {
      stage.answer(.text("Noted."))
      terminal.type(keys)
      try terminal.wait(for: "Ada: Noted.\r\n")
      try terminal.wait(for: "> ")
      #expect(try stage.run("history", "--limit", "2").out == "you: \(line)\nAda: Noted.\n")
    }
    terminal.press("/qui\t")
    try terminal.wait(for: "> /quit ")
    terminal.press("\n")
    #expect(try terminal.end() == .exited(0))
  }

  @Test func `Ctrl-C clears the line first, and Ctrl-D leaves only from an empty one`() throws {
    let stage = try Stage()
    let terminal = try stage.editingTerminal("chat", "--recent", "0")
    try terminal.wait(for: "> ")
    terminal.press("not this\u{04}")
    try terminal.wait(for: "> not this")
    terminal.program.send(signal: SIGINT)
    try terminal.wait(for: "\r\u{1B}[J> ")
    terminal.program.send(signal: SIGINT)
    try terminal.wait(for: "(nothing is being written; /quit or Ctrl-D leaves)\r\n> ")
    terminal.press("\u{04}")
    #expect(try terminal.end() == .exited(0))
    #expect(try stage.run("history").out == "Ada: Come in.\n")
  }

  @Test func `the terminal is as it was after any end`() throws {
    let stage = try Stage()
    for signal in [SIGTERM, SIGHUP] {
      let terminal = try stage.editingTerminal("chat", "--recent", "0")
      try terminal.wait(for: "\u{1B}[?2004h")
      try terminal.wait(for: "> ")
      terminal.program.send(signal: signal)
      try terminal.wait(for: "\u{1B}[?2004l")
      #expect(try terminal.end() == .exited(128 + signal))
    }
  }

  @Test func `a reply that fails before its first word leaves no name behind`() throws {
    let stage = try Stage()
    stage.answerWithFailure()
    let piped = try stage.run("chat", "--recent", "0", input: "Hello\n")
    #expect(piped.out == "you: Hello\n")
    #expect(piped.err.hasPrefix("(failed: "))
    let terminal = try stage.editingTerminal("chat", "--recent", "0")
    try terminal.wait(for: "> ")
    stage.answerWithFailure()
    terminal.type("Hello")
    let shown = try terminal.wait(for: "(failed: ")
    if shown.contains("Ada: ") { #expect(shown.hasSuffix("Ada: \r\u{1B}[K(failed: "), "\(shown)") }
    terminal.type("/quit")
    #expect(try terminal.end() == .exited(0))
  }
}
