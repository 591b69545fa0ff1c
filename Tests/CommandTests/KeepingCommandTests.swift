import Base
import FoundationEssentials
import Glibc
import Model
import TestSupport
import Testing

/// Finding again, counting and the trash, with the real daemon.
@Suite(.enabled(if: DaemonFixture.isBuilt)) struct KeepingCommandTests {
  private let stage: Stage

  init() throws {
    stage = try Stage()
    for (line, reply) in [
      ("Is a ship late?", "The late ship\u{1B}[31m came in, 海 and all."), ("Which ship?", "The Albatross."),
    ] {
      stage.answer(.text(reply))
      let sent = try stage.run("send", "ada", line)
      guard sent.status == 0 else { throw ChildProgram.Failure(description: sent.err) }
    }
  }

  @Test func `what was said is found, the newest first, page by page`() throws {
    let found = try stage.run("search", "ship")
    #expect(found.status == 0 && found.err == "")
    let lines = found.out.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 9)
    #expect(lines[0].hasPrefix("Ada, New chat  20"))
    #expect(lines[1] == "  you: Which ship?")
    #expect(lines[4] == "  Ada: The late ship[31m came in, 海 and all.")
    #expect(lines[7] == "  you: Is a ship late?")
    #expect(try stage.run("search", "SHIP", "late").out.split(separator: "\n").count == 4)

    let first = try stage.run("search", "--limit", "2", "ship")
    let cursor = try #require(first.err.firstMatch(of: /--cursor (\S+)\)/)).output.1
    let second = try stage.run("search", "--cursor", String(cursor), "ship")
    #expect(first.out + "\n" + second.out == found.out)
    #expect(second.err == "")
  }

  @Test func `a search is narrowed to a companion or a chat, and may find nothing`() throws {
    #expect(try stage.run("new", "Ben", "--greeting", "A ship, a ship!").status == 0)
    #expect(try stage.run("chat", "--new", "ben", input: "").status == 0)
    #expect(try stage.run("search", "--in", "ben", "ship").out.contains("  Ben: A ship, a ship!\n"))
    #expect(!(try stage.run("search", "--in", "ada", "ship").out.contains("Ben")))
    let chat = try json("chats", "ada")["chats"]?.array?.first?["id"]?.string ?? ""
    #expect(
      try stage.run("search", "--in", chat, "ship").out == stage.run("search", "--in", "ada", "ship").out)
    let best = try json("search", "--best", "ship")
    #expect(best["ranked"] == 4)
    let none = try stage.run("search", "submarine")
    #expect(none.status == 0 && none.out == "" && none.err == "Nothing was found.\n")
    #expect(try stage.run("search", "--in", "nobody", "ship").status == 1)
  }

  @Test func `a terminal shows the words found, within its width, and nothing of a message drives it`() throws
  {
    let terminal = try Terminal(
      ["--socket", stage.daemon.socket, "search", "late"], environment: ["TERM": "xterm"])
    let shown = try terminal.wait(for: "The \u{1B}[1;33mlate\u{1B}[0m ship[31m came in")
    #expect(!shown.contains("\u{1B}[31m"))
    #expect(try terminal.end() == .exited(0))
  }

  @Test func `usage is summed by model, day and chat`() throws {
    let model = try stage.run("usage")
    #expect(model.status == 0)
    let rows = model.out.split(separator: "\n")
    #expect(rows[0].hasPrefix("model   replies"))
    #expect(rows[1].hasPrefix("home/m        2"))
    #expect(rows[2].hasPrefix("total         2"))
    #expect(Set(rows.map(\.count)).count == 1, "figures stand under one another: \(rows)")
    #expect(try stage.run("usage", "--by", "chat").out.contains("Ada, New chat"))
    #expect(try stage.run("usage", "--by", "day", "--since", "1d").out.contains("\ntotal"))
    #expect(try json("usage")["total"]?["turns"] == 2)
    #expect(try json("usage", "--since", "2999-01-01")["total"]?["turns"] == 0)
  }

  @Test func `what was deleted lies in the trash, comes back, and goes for good when that is meant`() throws {
    #expect(try stage.run("trash").out == "The trash is empty.\n")
    let deleted = try stage.run("chats", "delete", "ada")
    #expect(deleted.out == "New chat with 5 messages is in the trash.\n")
    let entry = try #require(deleted.err.firstMatch(of: /restore (\w{26})/)).output.1
    let list = try stage.run("trash")
    #expect(list.out.hasPrefix("\(entry)  chat  New chat  ") && list.out.hasSuffix("  30 d left\n"))
    #expect(try stage.run("trash", "restore", String(entry)).out == "Restored: the chat New chat\n")
    #expect(try stage.run("trash").out == "The trash is empty.\n")
    #expect(try stage.run("trash", "restore", String(entry)).status == 1)

    #expect(try stage.run("companions", "delete", "ada").status == 0)
    for (answer, said, status) in [("n", "Nothing was changed.", 1), ("y", "1 entry removed for good.", 0)] {
      let terminal = try stage.terminal("trash", "empty")
      try terminal.wait(for: "Remove everything in the trash for good? [y/N] ")
      terminal.type(answer)
      try terminal.wait(for: said)
      #expect(try terminal.end() == .exited(Int32(status)))
    }
    #expect(try stage.run("trash", "empty", "--yes").out == "The trash was empty.\n")
  }

  private func json(_ arguments: String...) throws -> JSONValue {
    let outcome = try stage.daemon.companionctl(["--json"] + arguments)
    #expect(outcome.status == 0, "\(arguments): \(outcome.err)")
    return try JSONDecoder().decode(JSONValue.self, from: Data(outcome.out.utf8))
  }
}
