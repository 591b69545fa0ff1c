import Base
import Client
import Model
import Wire

extension Commands {
  static let backup = CommandSpec(
    name: "backup",
    summary: "Make, list, check and restore backups",
    discussion: """
      A backup is one file with all companions, chats and settings. Making one stops nobody, and the daemon makes one a day by \
      itself.
      """,
    examples: [
      .init("companionctl backup", "What is there?"),
      .init("companionctl backup create", "One more, now."),
      .init("companionctl backup restore latest /tmp/as-it-was", "The newest, into a folder of its own."),
    ],
    subcommands: [backupList, backupCreate, backupVerify, backupRestore],
    run: backupList.run)

  private static let backupList = CommandSpec(
    name: "list",
    summary: "Your backups, the newest first"
  ) { invocation in
    guard let list = try invocation.ask(BackupList.self) else { return .done }
    let out = invocation.out
    // Nearly always it is one folder, so it need not stand in every row.
    var folders: [String] = []
    for backup in list.backups where !folders.contains(backup.folder) { folders.append(backup.folder) }
    for folder in folders {
      var table = Table(indent: "  ")
      for backup in list.backups where backup.folder == folder {
        table.row(
          "\(backup.createdAt.minute)", .figure(Amounts.bytes(backup.bytes)), "\(backup.name.escaped)")
      }
      out.line(out.styled(folder.escaped, .dim))
      out.line(table.text)
    }
    if folders.isEmpty { out.line("There is no backup yet. Make one with: companionctl backup create") }
    return .done
  }

  private static let backupCreate = CommandSpec(
    name: "create",
    summary: "Make a backup now",
    options: [OptionSpec("--folder", "PATH", "one of the configured folders, or a folder in one")],
    discussion:
      "Waits until the copy is whole, checked and on the disk. One that cannot be finished leaves nothing.",
    examples: [.init("companionctl --json backup create | jq -r .backup.name", "Its name, for a script.")]
  ) { invocation in
    let params = BackupCreate.Params(folder: invocation.value("--folder").map(FileText.absolute))
    let reply = try invocation.client().call(CallRequest(BackupCreate.self, params), timeout: longPatience)
    if invocation.json {
      invocation.print(reply.json)
    } else {
      let made = try reply.decoded(as: BackupCreate.self).backup
      invocation.out.line("\(made.folder)/\(made.name)".escaped)
      invocation.err.line("(\(Amounts.bytes(made.bytes)), checked)")
    }
    return .done
  }

  private static let backupVerify = CommandSpec(
    name: "verify",
    summary: "Read all of a backup and look for damage",
    takes: "[NAME]",
    words: 0...1,
    discussion: "NAME is as list has it; the newest when absent. The exit status is 1 when there is damage.",
    examples: [.init("companionctl backup verify", "Is the newest sound?")]
  ) { invocation in
    let params = BackupVerify.Params(backup: invocation.words.first)
    let reply = try invocation.client().call(CallRequest(BackupVerify.self, params), timeout: longPatience)
    let report = try reply.decoded(as: BackupVerify.self)
    if invocation.json {
      invocation.print(reply.json)
    } else if report.ok {
      invocation.out.line("\(report.backup.name.escaped) is sound.")
    } else {
      invocation.err.line("companionctl: \(report.backup.name.escaped) cannot be restored:")
      for problem in report.problems { invocation.err.line("  \(problem.printable(limit: 1024))") }
    }
    return report.ok ? .done : .refused
  }

  private static let backupRestore = CommandSpec(
    name: "restore",
    summary: "Put a backup into a fresh folder, for a daemon to use",
    takes: "FILE|NAME|latest [FOLDER]",
    words: 1...2,
    discussion: """
      FILE needs no daemon; a NAME of list and latest ask one where the file is. FOLDER is made, or is there and empty; without it, \
      it is where this user's daemon keeps its data. The file is copied, the copy is read from end to end by companiond, and only \
      a sound one gets its place, all at once. Nothing is ever written over: to go back to a backup, stop the daemon, move its \
      data folder aside, and restore.
      """,
    examples: [
      .init("companionctl backup restore latest /tmp/as-it-was", "Then: companiond --data /tmp/as-it-was"),
      .init(
        "companionctl backup restore /mnt/usb/companion-1000-2026-11-21T03-00-00.000Z.db", "On a new machine."
      ),
    ]
  ) { invocation in
    let words = invocation.words
    let folder = words.count == 2 ? FileText.absolute(words[1]) : try ownData(invocation)
    let file = try backupFile(words[0], invocation)
    let bytes = try Restoring.run(file, into: folder)
    if invocation.json {
      try invocation.print(Restored(file: file, folder: folder, bytes: bytes))
    } else {
      invocation.out.line("Restored \(Amounts.bytes(bytes)), checked, into \(folder.escaped).")
      invocation.out.line(
        words.count == 2
          ? "Use it with: companiond --data \(folder.escaped)" : "The next daemon of this user uses it.")
    }
    return .done
  }

  private struct Restored: Encodable {
    let file: String
    let folder: String
    let bytes: Int64
  }

  /// Copying and checking take about a second for each gigabyte.
  private static let longPatience = Duration.seconds(3600)

  /// The daemon's own rule, as companiond(8) tells it.
  private static func ownData(_ invocation: Invocation) throws(UsageError) -> String {
    if let data = invocation.environment["XDG_DATA_HOME"], data.hasPrefix("/") { return data + "/companion" }
    if let home = invocation.environment["HOME"], home.hasPrefix("/") {
      return home + "/.local/share/companion"
    }
    throw UsageError("Without a home the folder must be named.", seeHelpOf: invocation.line.names)
  }

  /// A file that is there is that file; anything else is a name to ask a daemon for.
  private static func backupFile(_ word: String, _ invocation: Invocation) throws -> String {
    if word.contains("/") || FileText.isThere(word) { return FileText.absolute(word) }
    let backups = try invocation.client().call(BackupList.self, timeout: Invocation.patience).backups
    guard let backup = word == "latest" ? backups.first : backups.first(where: { $0.name == word }) else {
      let hint = Suggestion.nearest(to: word, in: backups.map(\.name) + ["latest"]).map {
        " Did you mean \($0)?"
      }
      throw Missing(
        description: word == "latest"
          ? "There is no backup yet."
          : "\(word.escaped) is neither a file nor the name of a backup.\(hint ?? "")")
    }
    return backup.folder + "/" + backup.name
  }
}
