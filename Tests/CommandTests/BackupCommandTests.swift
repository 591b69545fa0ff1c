import Base
import FoundationEssentials
import Glibc
import Model
import TestSupport
import Testing

/// Backups from a person's side: made by the daemon, restored without one.
@Suite(.enabled(if: DaemonFixture.isBuilt)) struct BackupCommandTests {
  @Test func `a restored backup is the same vault`() throws {
    let stage = try Stage()
    stage.answer(.text("The lamp is lit."))
    #expect(try stage.run("send", "ada", "Is it lit?").status == 0)
    #expect(try stage.run("backup").out.hasPrefix("There is no backup yet."))
    let made = try stage.run("backup", "create")
    #expect(made.status == 0, "\(made.err)")
    let path = String(made.out.dropLast())
    let name = path.split(separator: "/").last.map(String.init) ?? ""
    #expect(try stage.run("backup").out.contains("  \(name)\n"))
    #expect(try stage.run("backup", "verify").out == "\(name) is sound.\n")
    let before = try stage.run("call", "sync.changes", "{\"since\":0}")
    #expect(before.status == 0)

    // What is said after the backup is not in it.
    #expect(try stage.run("send", "--no-reply", "ada", "Later.").status == 0)
    let folder = try TemporaryFolder()
    #expect(try stage.run("backup", "restore", "latest", folder.file("new/vault")).status == 0)
    let fixture = try DaemonFixture(options: ["--data", folder.file("new/vault")])
    #expect(
      try fixture.companionctl(["history"]).out == "Ada: Come in.\nyou: Is it lit?\nAda: The lamp is lit.\n")
    let after = try fixture.companionctl(["call", "sync.changes", "{\"since\":0}"])
    let (told, again) = try (changes(before.out), changes(after.out))
    #expect(!told.isEmpty && told == again)
    #expect(mode(of: folder.file("new/vault")) == 0o700)
    #expect(mode(of: folder.file("new/vault/companion.db")) == 0o600)
  }

  @Test func `a file is restored without a daemon, and never over anything`() throws {
    let stage = try Stage()
    let path = try String(stage.run("backup", "create").out.dropLast())
    let harness = try CommandHarness()
    let folder = harness.folder
    let restored = try harness.run("backup", "restore", path, folder.file("vault"))
    #expect(restored.status == 0, "\(restored.err)")
    #expect(restored.out.hasSuffix("Use it with: companiond --data \(folder.file("vault"))\n"))
    let again = try harness.run("backup", "restore", path, folder.file("vault"))
    #expect(again.status == 1)
    #expect(again.err.contains("is there and not empty; a backup is never written over anything."))
    // An empty folder is as good as none, a file is not.
    let made = unsafe mkdir(folder.file("empty"), 0o700)
    #expect(made == 0)
    let empty = try harness.run("--json", "backup", "restore", path, folder.file("empty"))
    #expect(empty.status == 0 && empty.out.hasPrefix("{\"bytes\":"))
    try folder.write("mine", to: "file")
    #expect(try harness.run("backup", "restore", path, folder.file("file")).status == 1)
    // Without a folder it is the data folder of whoever asks.
    let own = try harness.run("backup", "restore", path)
    #expect(own.out.hasSuffix("The next daemon of this user uses it.\n"), "\(own.err)")
    #expect(mode(of: folder.file(".local/share/companion/companion.db")) == 0o600)
    // A name needs somebody to ask.
    #expect(try harness.run("backup", "restore", "latest", folder.file("other")).status == 3)
  }

  @Test func `what is no sound backup leaves nothing behind`() throws {
    let stage = try Stage()
    let path = try String(stage.run("backup", "create").out.dropLast())
    let folder = try TemporaryFolder()
    let half = try ChildProgram.run(
      "/bin/sh", ["-c", "head -c 20000 \"$0\" >\"$1\"", path, folder.file("half.db")])
    #expect(half.status == 0)
    try folder.write("no database at all", to: "text.db")
    for (file, reason) in [
      (folder.file("half.db"), "cannot be restored"), (folder.file("text.db"), "cannot be restored"),
      (folder.file("none.db"), "cannot be read"), (folder.path, "is no file"),
      (stage.daemon.data + "/companion.db", "is a database in use, not a backup"),
    ] {
      let outcome = try stage.run("backup", "restore", file, folder.file("vault"))
      #expect(outcome.status == 1)
      #expect(outcome.err.contains(reason), "\(file): \(outcome.err)")
      #expect(!outcome.err.contains(".restoring"), "\(outcome.err)")
    }
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["half.db", "text.db"])
    let misspelt = try stage.run("backup", "restore", "latets", folder.file("vault"))
    #expect(misspelt.err.contains("Did you mean latest?"))
  }

  private func mode(of path: String) -> UInt32 {
    var status = stat()
    return unsafe lstat(path, &status) == 0 ? status.st_mode & 0o777 : 0
  }

  /// Rows and how often they changed; `boot` and the like are each daemon's own.
  private func changes(_ text: String) throws -> [JSONValue] {
    try #require(JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))["items"]?.array)
  }
}
