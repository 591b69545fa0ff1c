import Base
import FoundationEssentials
import Model
import TestSupport
import Testing

/// Changing companions, chats and single messages, with the real daemon.
@Suite(.enabled(if: DaemonFixture.isBuilt)) struct EditingCommandTests {
  private let stage: Stage

  init() throws { stage = try Stage() }

  @Test func `a companion is edited, published, put aside and deleted`() throws {
    let edited = try stage.run(
      "companions", "edit", "ada", "--personality", "Dry.", "--tags", "sea, night", "--tagline",
      "Keeps a light")
    #expect(edited.out.hasPrefix("Ada is changed, as a draft."), "\(edited.err)")
    #expect(try stage.run("companions", "edit", "ada", "--persona", "-", input: "{\"age\":61}").status == 0)
    #expect(try stage.run("companions", "edit", "ada", "--persona", "-", input: "[1]").status == 2)
    #expect(
      try stage.run("companions", "publish", "ada", "--note", "Drier").out
        == "Ada is published as version 2.\n")
    let versions = try stage.run("companions", "versions", "ada").out.split(separator: "\n")
    #expect(versions.count == 3)
    #expect(versions[0].hasPrefix("    2  ") && versions[0].hasSuffix("  Drier"))
    let shown = try stage.run("companions", "show", "ada").out
    for text in ["  tags     sea, night\n", "Personality\n  Dry.\n", "Greeting\n  Come in.\n", "61 years"] {
      #expect(shown.contains(text), "\(shown)")
    }
    #expect(try !stage.run("companions", "show", "ada", "--version", "1").out.contains("Dry."))
    #expect(try stage.run("companions", "edit", "ada", "--handle", "keeper").out == "Ada is changed.\n")
    #expect(try stage.run("companions", "archive", "keeper").out == "Ada is archived.\n")
    #expect(try stage.run("companions", "list", "--archived").out.hasPrefix("keeper  Ada"))
    #expect(try stage.run("companions", "archive", "--undo", "keeper").out == "Ada is back.\n")
    #expect(try stage.run("companions", "delete", "keeper").out == "Ada is in the trash, with all chats.\n")
    #expect(try stage.run("companions", "show", "keeper").status == 1)
  }

  @Test func `a chat is renamed, set, pinned, read and put aside`() throws {
    stage.answer(.text("It is."))
    #expect(try stage.run("send", "ada", "Is it lit?").status == 0)
    #expect(
      try stage.run("chats", "rename", "ada", "A night", "at 海").out == "It is called A night at 海 now.\n")
    #expect(try stage.run("chats").out.contains("  Ada  A night at 海  3  "))
    #expect(try stage.run("chats", "--query", "day").out == "There is no chat yet.\n")
    let set = try stage.run(
      "chats", "set", "ada", "note.text", "Night.", "note.depth", "4", "sampling.topK", "40")
    #expect(set.status == 0, "\(set.err)")
    #expect(try stage.run("chats", "unset", "ada", "note.depth").status == 0)
    let shown = try stage.run("chats", "show", "ada").out
    #expect(
      shown.contains("\n  note.text      Night.\n") && shown.contains("\n  sampling.topK  40\n"), "\(shown)")
    #expect(!shown.contains("note.depth"))
    // The last of a group takes the group along.
    let cleared = try stage.run("chats", "unset", "ada", "note.text")
    #expect(cleared.status == 0, "\(cleared.err)")
    #expect(
      try stage.run("chats", "set", "ada", "note.depth", "3").err.contains("note.text must be set as well."))
    #expect(try stage.run("chats", "pin", "ada", "draft").out == "It has the draft now.\n")
    #expect(try stage.run("chats", "pin", "ada", "7").status == 1)
    #expect(try stage.run("chats", "read", "ada").out == "All of it is read.\n")
    #expect(try stage.run("chats", "archive", "ada").out == "A night at 海 is archived.\n")
    #expect(try stage.run("--json", "chats", "show", "ada").out.contains("\"title\":\"A night at 海\""))
  }

  @Test func `single messages are looked at, marked, hidden, said anew and deleted`() throws {
    stage.answer(.text("It is."))
    #expect(try stage.run("send", "ada", "Is it lit?").status == 0)
    let ids = try messageIDs()
    #expect(ids.count == 3)
    #expect(try stage.run("messages", "show", ids[2]).out.hasSuffix("\n\nIt is.\n"))
    #expect(try stage.run("messages", "mark", ids[2], "The", "lamp").out == "It is marked The lamp.\n")
    #expect(try stage.run("messages", "mark", ids[2]).out == "It has no mark.\n")
    #expect(try stage.run("messages", "hide", ids[2]).out == "The model does not see it any more.\n")
    #expect(try stage.run("messages", "hide", "--undo", ids[2]).out == "The model sees it.\n")
    stage.answer(.text("Of course."))
    #expect(try stage.run("messages", "regenerate", ids[2], "--how", "Shorter").out == "Of course.\n")
    stage.answer(.text(" Always."))
    let last = try #require(messageIDs().last)
    #expect(try stage.run("messages", "continue", last).out.hasSuffix("Always.\n"))
    stage.answer(.text("Brightly."))
    #expect(try stage.run("messages", "edit", ids[1], "Does", "it", "burn?").out == "Brightly.\n")
    let history = try stage.run("history").out
    #expect(history == "Ada: Come in.\nyou: (2/2) Does it burn?\nAda: Brightly.\n")
    let replaced = try stage.run(
      "messages", "edit", "--replace", "--no-reply", ids[1], "-", input: "Lit?\n\n")
    #expect(replaced.status == 0, "\(replaced.err)")
    #expect(try stage.run("messages", "switch", ids[2]).out == "The chat goes on there now.\n")
    #expect(try stage.run("history", "--limit", "2").out.contains("Lit?\n"))
    #expect(try stage.run("messages", "add", "ada", "narrator", "Night falls.").status == 0)
    #expect(try stage.run("history", "--limit", "1").out == "narrator: Night falls.\n")
    let refused = try stage.run("messages", "delete", ids[2])
    #expect(refused.status == 1)
    #expect(refused.err.contains("It is followed by 1 message: say --all-below"))
    #expect(try stage.run("messages", "delete", "--lift", ids[2]).out == "It is in the trash.\n")
    // What was under it stands beside the other reply now.
    let lifted = try stage.run("history", "--limit", "2").out
    #expect(lifted.contains("Lit?\nnarrator: (") && lifted.hasSuffix(" Night falls.\n"), "\(lifted)")
  }

  private func messageIDs() throws -> [String] {
    let outcome = try stage.run("--json", "history")
    return try JSONDecoder().decode(JSONValue.self, from: Data(outcome.out.utf8))["messages"]?.array?
      .compactMap { $0["id"]?.string } ?? []
  }
}
