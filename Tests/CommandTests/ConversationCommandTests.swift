import Base
import FoundationEssentials
import Glibc
import Model
import TestSupport
import Testing

/// Talking, by one command after another, with the real daemon.
@Suite(.enabled(if: DaemonFixture.isBuilt)) struct ConversationCommandTests {
  @Test func `in a clean home a companion is made, listed, talked to and read back`() throws {
    let daemon = try DaemonFixture()
    #expect(
      try daemon.companionctl(["companions"]).out
        == "There is nobody yet. Make a companion with: companionctl new NAME\n")
    #expect(try daemon.companionctl(["chats"]).out == "There is no chat yet.\n")
    let lonely = try daemon.companionctl(["history"])
    #expect(lonely.status == 1)
    #expect(
      lonely.err
        == "companionctl: There is no companion yet. Make one with: companionctl new NAME\n")

    let made = try daemon.companionctl(
      ["new", "Ada", "Quill", "--description", "A lighthouse keeper.", "--greeting", "Come in."])
    #expect(made.out == "Ada Quill is here. Talk with: companionctl chat ada-quill\n")
    #expect(try daemon.companionctl(["companions"]).out == "ada-quill  Ada Quill  0 chats  never talked\n")
    let untalked = try daemon.companionctl(["history", "ada"])
    #expect(untalked.status == 1)
    #expect(untalked.err.contains("Begin one with: companionctl chat ada-quill"))

    let said = try daemon.companionctl(["send", "ada", "Hello,", "keeper"])
    #expect(said.status == 0, "\(said.err)")
    #expect(said.err == "")
    #expect(said.out.hasSuffix("\n") && said.out.count > 10)
    let history = try daemon.companionctl(["history", "ada"])
    #expect(history.out == "Ada Quill: Come in.\nyou: Hello, keeper\nAda Quill: \(said.out)")
    // Without a word, the chat in which something happened last.
    #expect(try daemon.companionctl(["history"]).out == history.out)
    #expect(try daemon.companionctl(["cancel"]).out == "Nothing is being written there.\n")

    let stored = try daemon.companionctl(["send", "--no-reply", "ada", "-"], input: "two\nlines\n\n")
    #expect(stored.out == "" && stored.err.hasPrefix("stored as "))
    #expect(try daemon.companionctl(["history", "--limit", "1"]).out.hasSuffix("you: two\nlines\n"))
    #expect(try daemon.companionctl(["settings", "user", "Kim"]).status == 0)
    #expect(try daemon.companionctl(["history", "--limit", "1"]).out == "Kim: two\nlines\n")
  }

  @Test func `every answer is JSON where that is asked for`() throws {
    let daemon = try DaemonFixture()
    func json(_ arguments: String...) throws -> [JSONValue] {
      let outcome = try daemon.companionctl(["--json"] + arguments)
      #expect(outcome.status == 0, "\(arguments): \(outcome.err)")
      #expect(outcome.err == "", "\(arguments)")
      return try outcome.out.split(separator: "\n").map {
        try JSONDecoder().decode(JSONValue.self, from: Data($0.utf8))
      }
    }
    #expect(try json("new", "Ada").first?["companion"]?["handle"] == "ada")
    #expect(try json("companions").first?["companions"]?.array?.count == 1)
    let waited = try json("send", "--wait", "ada", "Hello")
    #expect(waited.count == 1)
    #expect(waited[0]["reply"]?["status"] == "complete")
    #expect(try json("chats").first?["chats"]?.array?.count == 1)

    let streamed = try json("send", "ada", "Tell me a story")
    #expect(streamed.first?["message"]?["role"] == "user")
    let names = streamed.dropFirst().compactMap { $0["method"]?.string }
    #expect(names.first == "stream.begin" && names.last == "stream.end")
    let text = streamed.compactMap { $0["params"]?["text"]?.string }.joined()
    #expect(streamed.last?["params"]?["reply"]?["parts"]?.array?.last?["text"] == .string(text))
    #expect(try json("history", "--limit", "2").first?["messages"]?.array?.count == 2)
    #expect(try json("cancel") == [.object([:])])
  }

  @Test func `a reply is printed while it is written`() throws {
    let stage = try Stage()
    let gate = Gate()
    stage.answer(.text("Good "), .gate(gate), .text("morning."))
    let program = try stage.start("send", "ada", "Hello")
    try program.wait { out, _ in out == "Good " }
    gate.open()
    let outcome = try program.outcome()
    #expect(outcome.out == "Good morning.\n")
    #expect(outcome.err == "")
    #expect(outcome.status == 0)
    #expect(try stage.run("history", "--limit", "1").out == "Ada: Good morning.\n")
  }

  @Test func `a reply outlives its sender and is stopped by anybody`() throws {
    let stage = try Stage()
    let gate = Gate()
    stage.answer(.text("Good "), .gate(gate), .text("morning."))
    let program = try stage.start("send", "ada", "Hello")
    try program.wait { out, _ in out == "Good " }
    program.send(signal: SIGINT)
    #expect(try program.waitForExit() == .exited(130))
    #expect(try stage.run("cancel", "ada").out == "Cancelled; what was written is kept.\n")
    #expect(try stage.run("history", "--limit", "1").out == "Ada: Good \n")
    gate.open()
  }

  @Test func `a reply that fails is said, with an exit status`() throws {
    let stage = try Stage()
    stage.upstream.answer(.whole(400, "{\"error\":{\"message\":\"no such model\"}}"))
    let failed = try stage.run("send", "ada", "Hello")
    #expect(failed.status == 1)
    #expect(failed.out == "")
    #expect(failed.err.hasPrefix("companionctl: failed: "), "\(failed.err)")
    stage.upstream.answer(.whole(400, "{\"error\":{\"message\":\"no such model\"}}"))
    let waited = try stage.run("send", "--wait", "ada", "Hello")
    #expect(waited.status == 1)
    #expect(waited.err == failed.err)
    let nobody = try stage.run("send", "nobody", "Hello")
    #expect(nobody.status == 1)
    #expect(nobody.err.contains("not_found"))
  }

  @Test func `no control character of a message reaches a terminal`() throws {
    let stage = try Stage()
    let evil = "\u{1B}[2J\u{1B}]0;title\u{07}\u{9B}1mred\r\u{08}\u{7F}\u{202E}\tand\nlines"
    let shown = "[2J]0;title1mred\tand\nlines"
    stage.answer(.text(evil))
    let follow = try stage.start("follow", "ada")
    let sent = try stage.run("send", "ada", "Say \u{1B}[1mit\u{9C}")
    #expect(sent.out == shown + "\n")
    let history = try stage.run("history")
    #expect(history.out == "Ada: Come in.\nyou: Say [1mit\nAda: \(shown)\n")
    stage.answer(.text(evil))
    let chat = try stage.run("chat", "ada", input: "Once \u{1B}more\n")
    #expect(chat.out.hasSuffix("you: Once more\nAda: \(shown)\n"))
    for outcome in [sent, history, chat] { #expect(!(outcome.out + outcome.err).hasControls) }
    follow.send(signal: SIGINT)
    #expect(try !follow.outcome().out.hasControls)
  }

  @Test func `a follower hears everybody, over a kill of the daemon`() throws {
    let stage = try Stage()
    stage.answer(.text("One."))
    #expect(try stage.run("send", "ada", "First").status == 0)
    let follow = try stage.start("follow", "ada")
    let client = stage.daemon.client()
    while try client.subscriptions() == 0 {}
    let gate = Gate()
    stage.answer(.text("Two, "), .gate(gate), .text("and more."))
    let sender = try stage.start("send", "ada", "Second")
    try follow.wait { out, _ in out == "you: Second\nAda: Two, " }
    try stage.daemon.kill()
    gate.open()
    try follow.wait { _, err in err.contains("waiting for the daemon") }
    try stage.daemon.start()
    try follow.wait { _, err in err.contains("the daemon was restarted") && err.contains("interrupted") }
    #expect(try sender.outcome().status == 1)
    stage.answer(.text("Three."))
    #expect(try stage.run("send", "ada", "Third").out == "Three.\n")
    try follow.wait { out, _ in out.hasSuffix("Ada: Three.\n") }
    follow.send(signal: SIGINT)
    let outcome = try follow.outcome()
    #expect(outcome.status == 130)
    // What the crash took is told anew from its beginning: what was shown of it is at most shown twice, never lost.
    #expect(outcome.out.hasPrefix("you: Second\nAda: Two, \n"))
    #expect(outcome.out.hasSuffix("you: Third\nAda: Three.\n"))
  }
}
