import Base
import FoundationEssentials
import Model
import TestSupport
import Testing

/// Cards and chats in and out, with the real daemon.
@Suite(.enabled(if: DaemonFixture.isBuilt)) struct TransferCommandTests {
  private let stage: Stage
  private let folder: TemporaryFolder

  init() throws {
    stage = try Stage()
    folder = try TemporaryFolder()
  }

  private let card = """
    {"spec":"chara_card_v2","spec_version":"2.0","data":{"name":"Bea","description":"Bakes.","first_mes":"Bread?",
    "alternate_greetings":"Cake?","tags":["food"],"extensions":{"chub":{"id":1}},
    "character_book":{"entries":[{"keys":["oven"],"content":"The oven is {{char}}'s pride.","enabled":true}]}}}
    """

  @Test func `a card comes in from a pipe, goes out as a picture, and comes in again`() throws {
    let looked = try stage.run("import", "--dry-run", "-", input: card)
    #expect(looked.out == "Bea: 2 greetings, a book of 1 entry, tags food.\n", "\(looked.err)")
    #expect(looked.err == "note: alternate_greetings is one text instead of a list.\n")
    #expect(try stage.run("companions", "show", "bea").status == 1)
    let made = try stage.run("import", "-", input: card)
    #expect(made.out == "Bea is here. Begin with: companionctl chat bea\n", "\(made.err)")
    let file = folder.file("bea.png")
    let written = try stage.run("export", "bea", "--output", file)
    #expect(written.status == 0 && written.err.contains("There is no picture of Bea yet"), "\(written.err)")
    #expect(try stage.run("export", "bea", "--output", file).err.contains("--force"))
    #expect(try stage.run("export", "bea", "--output", file, "--force").status == 0)
    let again = try stage.run("import", "--handle", "bea-two", file)
    #expect(
      again.out == "Bea is here. Begin with: companionctl chat bea-two\n" && again.err.isEmpty, "\(again.err)"
    )
    // The second came in a picture, and so goes out in it without a word.
    let second = folder.file("two.png")
    #expect(try stage.run("export", "bea-two", "--output", second).err.hasPrefix(second))
    #expect(try Data(contentsOf: URL(filePath: second)) == Data(contentsOf: URL(filePath: file)))
    let json = try stage.run("export", "bea-two").out
    let value = try JSONDecoder().decode(JSONValue.self, from: Data(json.utf8))
    #expect(value["spec"] == "chara_card_v3" && value["data"]?["extensions"]?["chub"]?["id"] == 1)
    let older = try stage.run("export", "bea-two", "--v2").out
    #expect(older.contains("chara_card_v2"))
    let archive = folder.file("bea.charx")
    #expect(try stage.run("export", "bea", "--output", archive).status == 0)
    #expect(try stage.run("import", "--handle", "bea-three", archive).status == 0)
    let refused = try stage.run("import", "-", input: "{\"a\":1}")
    #expect(refused.status == 1 && refused.err.contains("no card"))
    #expect(try stage.run("export").status == 2)
    #expect(try stage.run("export", "bea", "--format", "gif").status == 2)
  }

  @Test func `lore that was called up is told to the model, and shown before`() throws {
    #expect(try stage.run("import", "-", input: card).status == 0)
    stage.answer(.text("It glows."))
    #expect(try stage.run("send", "bea", "How is the oven?").status == 0)
    let shown = try stage.run("prompt", "--text", "And the oven?", "bea").out
    #expect(shown.contains("persona.lorebook: oven"), "\(shown)")
    let request = try stage.run("prompt", "--request", "--text", "And the oven?", "bea").out
    #expect(request.contains("The oven is Bea's pride."), "\(request)")
    #expect(
      try !stage.run("prompt", "--request", "--text", "Hm.", "--leaf", firstMessage(), "bea").out.contains(
        "pride"))
  }

  private func firstMessage() throws -> String {
    let outcome = try stage.run("--json", "history", "bea")
    let value = try JSONDecoder().decode(JSONValue.self, from: Data(outcome.out.utf8))
    return try #require(value["messages"]?.array?.first?["id"]?.string)
  }

  @Test func `a chat goes out and comes in`() throws {
    stage.answer(.text("It is."))
    #expect(try stage.run("send", "ada", "Is it lit?").status == 0)
    let lines = try stage.run("export", "--chat", "ada")
    #expect(lines.status == 0 && lines.out.split(separator: "\n").count == 4, "\(lines.err)")
    let brought = try stage.run("import", "-", input: lines.out)
    #expect(brought.out.hasPrefix("3 messages with Ada, as chat ") && brought.err.isEmpty, "\(brought.err)")
    // But for the day on which the chat was begun, which stands in the first line.
    let again = try stage.run("export", "--chat", "ada").out
    #expect(again.split(separator: "\n").dropFirst() == lines.out.split(separator: "\n").dropFirst())
    #expect(try stage.run("export", "--chat", "ada", "--format", "markdown").out.contains("\nIs it lit?\n"))
    let tree = try stage.run("export", "--chat", "ada", "--format", "json").out
    let looked = try stage.run("import", "--dry-run", "--companion", "ada", "-", input: tree)
    #expect(looked.out == "3 messages, which would be with Ada.\n", "\(looked.err)")
    #expect(try stage.run("import", "--as", "song", "-", input: "x").status == 2)
    #expect(try stage.run("import", "/nowhere/at/all").status == 2)
  }
}
