import Base
import FoundationEssentials
import Model
import TestSupport
import Testing

/// Pictures from the command line, drawn by the built-in provider, with the real daemon.
@Suite(.enabled(if: DaemonFixture.isBuilt)) struct PictureCommandTests {
  private let stage: Stage
  private let folder: TemporaryFolder

  init() throws {
    stage = try Stage()
    folder = try TemporaryFolder()
  }

  private func json(_ outcome: ChildProgram.Outcome) throws -> JSONValue {
    try JSONDecoder().decode(JSONValue.self, from: Data(outcome.out.utf8))
  }

  /// The file of a picture that was made and waited for.
  private func made(_ outcome: ChildProgram.Outcome) throws -> String {
    #expect(outcome.status == 0, "\(outcome.err)")
    return try #require(outcome.out.split(separator: "\n").map(String.init).last)
  }

  private func isJPEG(_ path: String) throws -> Bool {
    try Data(contentsOf: URL(filePath: path)).starts(with: [0xFF, 0xD8, 0xFF])
  }

  @Test func `a picture is made, listed, shown, copied, put into the trash and had back`() throws {
    let path = try made(stage.run("imagine", "--wait", "--companion", "ada", "a", "lighthouse"))
    #expect(try path.hasSuffix(".jpg") && isJPEG(path))
    let list = try stage.run("images", "ada")
    #expect(list.out.contains("imagine") && list.out.contains("a lighthouse"))
    let shown = try stage.run("images", "show", "last")
    #expect(shown.out.contains("a placeholder") && shown.out.contains(path), "\(shown.out)")
    let copied = try stage.run("images", "export", "--into", folder.path, "last")
    let copy = try #require(copied.out.split(separator: "\n").first.map(String.init), "\(copied.err)")
    #expect(try copy.hasPrefix(folder.path) && isJPEG(copy))
    #expect(try stage.run("images", "export", "--into", folder.path, "last").err.contains("--force"))
    let id = try #require(json(stage.run("--json", "images", "show"))["image"]?["id"]?.string)
    let gone = try stage.run("images", "rm", id)
    #expect(gone.status == 0 && gone.out.contains("in the trash"))
    #expect(try stage.run("images").out.hasPrefix("There is no picture."))
    let entry = try #require(json(stage.run("--json", "trash", "list"))["trash"]?.array?.first?["id"]?.string)
    #expect(try stage.run("trash", "restore", entry).status == 0)
    #expect(try stage.run("images", "show", id).status == 0)
    #expect(try stage.run("images", "collect").out == "Every file belongs to a picture.\n")
    let stats = try stage.run("images", "stats").out
    #expect(stats.contains("imagine") && stats.contains("files"))
  }

  @Test func `what is said becomes a picture of the scene, once more another one, and a companion a face`()
    throws
  {
    stage.answer(.text("*She waits at the quay.*"))
    #expect(try stage.run("send", "ada", "Where are you?").status == 0)
    #expect(try isJPEG(made(stage.run("illustrate", "--wait", "ada"))))
    let first = try json(stage.run("--json", "images", "show"))["image"]
    #expect(first?["kind"] == "scene" && first?["message"] != nil)
    let again = try json(stage.run("--json", "again", "--wait"))["job"]
    #expect(again?["state"] == "succeeded" && again?["kind"] == "again")
    let face = try made(stage.run("portrait", "--wait", "ada"))
    let companion = try json(stage.run("--json", "companions", "show", "ada"))["companion"]
    let portrait = try json(stage.run("--json", "images", "show", companion?["portrait"]?.string ?? "none"))
    #expect(portrait["image"]?["path"]?.string == face)
  }

  @Test func `jobs are told where nobody waits, and a wrong word says what there is`() throws {
    let job = try stage.run("imagine", "--no-wait", "rain").out.split(separator: "\n").first.map(String.init)
    #expect(ULID(job ?? "") != nil)
    let listed = try stage.run("jobs", "list", "--all")
    #expect(listed.out.contains(job ?? "none"))
    #expect(try stage.run("jobs", "cancel", job ?? "").status == 0)
    let kind = try stage.run("images", "--kind", "portait")
    #expect(kind.status == 2 && kind.err.contains("Did you mean portrait?"))
    #expect(try stage.run("imagine", "--size", "wide", "rain").status == 2)
    #expect(try stage.run("imagine", "--wait", "--no-wait", "rain").status == 2)
    let edited = try stage.run("edit", "last", "at night")
    #expect(edited.status == 1 && !edited.err.isEmpty, "nothing that changes pictures is configured")
  }

  @Test func `a picture of one's own is stored, and what is none is refused with a sentence`() throws {
    let path = try made(stage.run("imagine", "--wait", "a hill"))
    let added = try stage.run("images", "add", "--companion", "ada", "--kind", "header", path)
    #expect(added.status == 0 && added.out.contains("header"), "\(added.err)")
    let text = folder.file("note.jpg")
    try Data("Not a picture.".utf8).write(to: URL(filePath: text))
    let refused = try stage.run("images", "add", text)
    #expect(refused.status == 1 && refused.err.contains("picture"), "\(refused.err)")
  }

  @Test func `a terminal is shown the picture, with a bar while it is made`() throws {
    let terminal = try Terminal(
      ["--socket", stage.daemon.socket, "imagine", "a", "garden"],
      environment: ["TERM": "xterm-256color", "COMPANION_PICTURES": "blocks"])
    let screen = try terminal.wait(for: ".jpg")
    #expect(screen.contains("▀") && screen.contains("\u{1B}[48;2;"))
    #expect(try terminal.end() == .exited(0))
    let blind = try Terminal(
      ["--socket", stage.daemon.socket, "images", "show", "--no-picture"],
      environment: ["TERM": "xterm-256color", "COMPANION_PICTURES": "blocks"])
    #expect(try !blind.wait(for: "placeholder").contains("▀"))
    #expect(try blind.end() == .exited(0))
  }
}
