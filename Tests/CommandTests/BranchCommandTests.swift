import Glibc
import TestSupport
import Testing

/// Branches, as one person at a terminal meets them.
@Suite(.enabled(if: DaemonFixture.isBuilt)) struct BranchCommandTests {
  @Test func `a reply is written again, a line reworded, and every branch is gone back to`() throws {
    let stage = try Stage()
    for text in ["One.", "Two.", "Three.", "Four."] { stage.answer(.text(text)) }
    let outcome = try stage.run(
      "chat", "ada", "--recent", "0",
      input: """
        First
        /regen shorter
        /branches
        /switch 1
        Second
        /edit Second, reworded
        /branches mine
        /switch 9

        """)
    #expect(outcome.status == 0)
    #expect(
      outcome.err == """
        (2 of 2 replies)
        (now it is:)
        (/switch takes a number of /branches)

        """)
    #expect(
      outcome.out == """
        you: First
        Ada: One.
        Ada: Two.
             1  One.
          *  2  Two.
        Ada: Come in.
        you: First
        Ada: (1/2) One.
        you: Second
        Ada: Three.
        you: (2/2) Second, reworded
        Ada: Four.
             1  Second
          *  2  Second, reworded

        """)
    let wish = stage.upstream.requests.map { String(decoding: $0.body, as: UTF8.self) }
    #expect(wish[1].contains("shorter"))
    #expect(
      try stage.run("tree", "ada").out == """
        Ada: Come in.
        you: First
        ├─ Ada: One.
        │  ├─ you: Second
        │  │  Ada: Three.
        │  └─ you: Second, reworded
        │     Ada: Four.  ←
        └─ Ada: Two.

        """)
  }

  @Test func `a reply goes on, and what failed is tried again`() throws {
    let stage = try Stage()
    stage.answer(.text("Once upon"))
    stage.answer(.text(" a time."))
    stage.upstream.answer(.whole(400, "{\"error\":{\"message\":\"no\"}}"))
    stage.answer(.text("Better now."))
    let outcome = try stage.run(
      "chat", "ada", "--recent", "0", input: "Tell me\n/continue\nAnd then?\n/retry\n/delete\n")
    #expect(outcome.status == 0)
    #expect(outcome.err.contains("(failed: "))
    #expect(outcome.err.hasSuffix("(now it is:)\n"))
    #expect(
      outcome.out == """
        you: Tell me
        Ada: Once upon
        Ada: (goes on) Once upon a time.
        you: And then?
        Ada: Better now.
        Ada: Come in.
        you: Tell me
        Ada: Once upon a time.
        you: And then?

        """)
  }

  @Test func `what there is not yet is said and nothing is asked for`() throws {
    let daemon = try DaemonFixture()
    #expect(try daemon.companionctl(["new", "Ada"]).status == 0)
    let outcome = try daemon.companionctl(
      ["chat", "--recent", "0"],
      input: "/regen\n/edit\n/edit x\n/continue\n/retry\n/branches\n/switch 1\n/delete\n")
    #expect(outcome.status == 0)
    #expect(outcome.out == "")
    #expect(
      outcome.err == String(repeating: "(there is nothing of that kind yet)\n", count: 8))
    #expect(try daemon.companionctl(["tree"]).out == "Nothing was said yet.\n")
  }
}
