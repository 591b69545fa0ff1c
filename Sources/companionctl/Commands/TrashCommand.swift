import Base
import Client
import Glibc
import Model
import Wire

extension Commands {
  static let trash = CommandSpec(
    name: "trash",
    summary: "List what was deleted, bring it back, or remove it for good",
    discussion: "What lies in the trash goes by itself after 30 days.",
    examples: [
      .init("companionctl trash", "What is there?"),
      .init("companionctl trash restore 01KAJ6B4T2RWFZMVM7Q3W9G9A1", "Back where it was."),
      .init("companionctl trash empty", "All of it, for good; asks first."),
    ],
    subcommands: [trashList, trashRestore, trashPurge, trashEmpty],
    run: trashList.run)

  private static let trashList = CommandSpec(
    name: "list",
    summary: "What was deleted, the latest first",
    discussion: "With --json each page of up to 200 entries is a line."
  ) { invocation in
    let client = invocation.client()
    var table = Table()
    try eachPage(client, invocation) { entry in
      let left = entry.purgeAt.milliseconds - Int64(time(nil)) * 1000
      let days = max(0, (left + 43_200_000) / 86_400_000)
      table.row(
        Table.Cell(entry.id.description, shown: invocation.out.styled(entry.id.description, .dim)),
        "\(entry.kind.rawValue)", .yielding(entry.title.speech.flattened.escaped), "\(entry.deletedAt.day)",
        "\(days) d left")
    }
    guard !invocation.json else { return .done }
    if table.isEmpty { invocation.out.line("The trash is empty.") } else { invocation.out.table(table) }
    return .done
  }

  private static func eachPage(
    _ client: BlockingClient, _ invocation: Invocation, _ body: (TrashEntry) -> Void
  ) throws {
    var params = TrashList.Params(limit: 200)
    repeat {
      let reply = try client.call(CallRequest(TrashList.self, params), timeout: Invocation.patience)
      let page = try reply.decoded(as: TrashList.self)
      if invocation.json { invocation.print(reply.json) } else { page.trash.forEach(body) }
      params.cursor = page.next
    } while params.cursor != nil
  }

  private static let trashRestore = CommandSpec(
    name: "restore",
    summary: "Bring back what was deleted",
    takes: "ENTRY …",
    words: 1...200,
    discussion: """
      ENTRY is an id of trash list. What belonged to something that is itself in the trash comes back after that. The first \
      that cannot be restored ends it.
      """,
    examples: [.init("companionctl trash restore 01KAJ6B4T2RWFZMVM7Q3W9G9A1", "One entry.")]
  ) { invocation in
    let client = invocation.client()
    for entry in try invocation.ids("an entry of the trash") {
      let reply = try client.call(
        CallRequest(TrashRestore.self, TrashRestore.Params(trash: entry)), timeout: Invocation.patience)
      if invocation.json {
        invocation.print(reply.json)
        continue
      }
      let restored = try reply.decoded(as: TrashRestore.self).trash
      invocation.out.line("Restored: \(name(restored))")
    }
    return .done
  }

  private static let trashPurge = CommandSpec(
    name: "purge",
    summary: "Remove entries of the trash for good",
    takes: "ENTRY …",
    words: 1...200,
    options: [OptionSpec("--yes", nil, "do not ask first")],
    discussion: """
      ENTRY is an id of trash list. Nothing but a backup brings back what was purged. Asks first at a terminal; elsewhere --yes \
      must say so.
      """,
    examples: [.init("companionctl trash purge --yes 01KAJ6B4T2RWFZMVM7Q3W9G9A1", "One, without a question.")]
  ) { invocation in
    let entries = try invocation.ids("an entry of the trash")
    guard
      try Question.agreed("Remove \(Amounts.count(entries.count, "entry", "entries")) for good?", invocation)
    else { return .refused }
    let client = invocation.client()
    for entry in entries {
      try tell(invocation, client, TrashPurge.Params(trash: entry))
    }
    return .done
  }

  private static let trashEmpty = CommandSpec(
    name: "empty",
    summary: "Remove everything in the trash for good",
    options: [OptionSpec("--yes", nil, "do not ask first")],
    discussion: "Nothing but a backup brings it back. Asks first at a terminal; elsewhere --yes must say so."
  ) { invocation in
    guard try Question.agreed("Remove everything in the trash for good?", invocation) else { return .refused }
    try tell(invocation, invocation.client(), TrashPurge.Params(all: true))
    return .done
  }

  private static func tell(_ invocation: Invocation, _ client: BlockingClient, _ params: TrashPurge.Params)
    throws
  {
    let reply = try client.call(CallRequest(TrashPurge.self, params), timeout: Invocation.patience)
    if invocation.json { return invocation.print(reply.json) }
    let count = try reply.decoded(as: TrashPurge.self).purged
    invocation.out.line(
      count == 0 ? "The trash was empty." : "\(Amounts.count(count, "entry", "entries")) removed for good.")
  }

  private static func name(_ entry: TrashEntry) -> String {
    "the \(entry.kind.rawValue) \(entry.title.speech.flattened.fitted(to: 50).escaped)"
  }
}

/// Asking before something that cannot be undone.
enum Question {
  /// Nobody who could answer means that `--yes` has to be said.
  static func agreed(_ question: String, _ invocation: Invocation) throws(UsageError) -> Bool {
    if invocation.has("--yes") { return true }
    guard isatty(0) == 1, invocation.err.isTerminal, !invocation.json else {
      throw UsageError(
        "This cannot be undone; --yes says that you mean it.", seeHelpOf: invocation.line.names)
    }
    invocation.err.write(Array("\(question) [y/N] ".utf8))
    let answer = readLine()?.trimmed.lowercased()
    if answer == nil { invocation.err.line("") }
    guard answer == "y" || answer == "yes" else {
      invocation.err.line("Nothing was changed.")
      return false
    }
    return true
  }
}

extension Invocation {
  /// All words, as ids.
  func ids(_ what: String) throws(UsageError) -> [ULID] {
    var ids: [ULID] = []
    for word in words { ids.append(try id(of: word, what)) }
    return ids
  }

  func id(of word: String, _ what: String) throws(UsageError) -> ULID {
    guard let id = ULID(word) else {
      throw UsageError(
        "\(word.escaped) is not the id of \(what): 26 letters and digits.", seeHelpOf: line.names)
    }
    return id
  }
}
