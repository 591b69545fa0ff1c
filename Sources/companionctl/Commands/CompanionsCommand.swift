import Base
import Client
import FoundationEssentials
import Model
import Wire

extension Commands {
  static let companions = CommandSpec(
    name: "companions",
    summary: "List and look after your companions",
    takes: "[QUERY]",
    words: 0...1,
    options: companionsList.options,
    discussion: """
      Alone it is list. WHO is a handle, its beginning or an id. Making one is a command of its own: companionctl new.
      """,
    examples: [
      .init("companionctl companions", "Who is there?"),
      .init(
        "companionctl companions edit ada --personality \"Dry, warm.\"", "Change one line of who she is."),
      .init("companionctl --json companions | jq -r '.companions[].handle'", "For a script."),
    ],
    subcommands: [
      companionsList, companionsShow, companionsEdit, companionsPublish, companionsVersions,
      companionsArchive,
      companionsDelete,
    ],
    run: companionsList.run)

  private static let companionsList = CommandSpec(
    name: "list",
    summary: "Your companions, those you talked with last first",
    takes: "[QUERY]",
    words: 0...1,
    options: [OptionSpec("--archived", nil, "the archived ones instead of the others")],
    discussion:
      "With a query, those whose name, handle or tags hold it. With --json each page of up to 200 is a line.",
    examples: [.init("companionctl companions list --archived", "Those put aside.")]
  ) { invocation in
    var table = Table()
    let client = invocation.client()
    var params = CompanionList.Params(
      query: invocation.words.first, archived: invocation.has("--archived") ? true : nil, limit: 200)
    repeat {
      let reply = try client.call(CallRequest(CompanionList.self, params), timeout: Invocation.patience)
      let page = try reply.decoded(as: CompanionList.self)
      if invocation.json { invocation.print(reply.json) }
      for companion in page.companions { row(companion, &table, invocation.out) }
      params.cursor = page.next
    } while params.cursor != nil
    guard !invocation.json else { return .done }
    if !table.isEmpty {
      invocation.out.table(table)
    } else if let query = params.query {
      invocation.out.line("Nobody's name, handle or tags hold \(query.escaped).")
    } else if params.archived == true {
      invocation.out.line("Nobody is archived.")
    } else {
      invocation.out.line("There is nobody yet. Make a companion with: companionctl new NAME")
    }
    return .done
  }

  private static func row(_ companion: Companion, _ table: inout Table, _ out: Output) {
    let last = companion.lastMessageAt.map { "last \($0.day)" } ?? "never talked"
    table.row(
      Table.Cell(companion.handle.escaped, shown: out.styled(companion.handle.escaped, .cyan)),
      .yielding(companion.name.escaped), "\(Amounts.count(companion.chats, "chat"))",
      Table.Cell(last, shown: out.styled(last, .dim)), .yielding((companion.tagline ?? "").escaped))
  }

  private static let companionsShow = CommandSpec(
    name: "show",
    summary: "Everything about one companion",
    takes: "WHO",
    words: 1...1,
    options: [OptionSpec("--version", "N", "as they were in this version; 0 is the draft")],
    examples: [.init("companionctl --json companions show ada | jq .version.persona", "For new --persona.")]
  ) { invocation in
    let client = invocation.client()
    let who = invocation.words[0]
    let reply = try client.call(
      CallRequest(CompanionGet.self, CompanionGet.Params(companion: who)), timeout: Invocation.patience)
    let got = try reply.decoded(as: CompanionGet.self)
    var version = got.version
    if let number = try invocation.number("--version", in: 0...1_000_000, whole: true) {
      let params = CompanionVersionGet.Params(companion: got.companion.id.description, version: Int(number))
      guard let named = try invocation.ask(CompanionVersionGet.self, params) else { return .done }
      version = named.version
    } else if invocation.json {
      invocation.print(reply.json)
      return .done
    }
    let (companion, out) = (got.companion, invocation.out)
    out.line("\(out.styled(companion.name.escaped, .bold))  \(out.styled(companion.handle.escaped, .cyan))")
    var table = Table(indent: "  ")
    table.row("id", "\(companion.id)")
    let state = version.version == 0 ? "the draft" : "\(version.version)"
    table.row("version", "\(state)\(version.note.map { ", \($0.escaped)" } ?? "")")
    if let tagline = companion.tagline { table.row("tagline", "\(tagline.escaped)") }
    if !companion.tags.isEmpty { table.row("tags", "\(companion.tags.joined(separator: ", ").escaped)") }
    if companion.archived { table.row("archived", "yes") }
    table.row("chats", "\(companion.chats)")
    table.row("made", "\(companion.createdAt.minute)")
    out.line(table.text)
    for (name, text) in PersonaText.rows(version.persona) {
      out.line("\n\(out.styled(name, .bold))")
      let wrapped = Wrapping.lines(text.speech, width: max(30, min(out.columns ?? 80, 100) - 4))
      out.line(wrapped.map { "  " + $0 }.joined(separator: "\n"))
    }
    return .done
  }

  private static let companionsEdit = CommandSpec(
    name: "edit",
    summary: "Change who a companion is",
    takes: "WHO",
    words: 1...1,
    options: [
      OptionSpec("--name", "TEXT", "another name"),
      OptionSpec("--handle", "WORD", "another short name"),
      OptionSpec("--tagline", "TEXT", "one line for lists"),
      OptionSpec("--tags", "A,B", "words for finding them, all of them"),
      OptionSpec("--description", "TEXT", "who they are"),
      OptionSpec("--personality", "TEXT", "what they are like"),
      OptionSpec("--behaviour", "TEXT", "how they act and speak"),
      OptionSpec("--appearance", "TEXT", "what they look like"),
      OptionSpec("--scenario", "TEXT", "where and when you meet"),
      OptionSpec("--greeting", "TEXT", "what they say first"),
      OptionSpec("--persona", "FILE", "a JSON object of members to replace; - reads it from stdin"),
    ],
    discussion: """
      What is not given stays; an empty text clears. Of the persona the change is a draft: chats that begin from now on have it \
      once companions publish has frozen it.
      """,
    examples: [
      .init("companionctl companions edit ada --handle keeper --tags sea,night", "For lists and commands."),
      .init("echo '{\"age\": 61}' | companionctl companions edit ada --persona -", "Any member."),
    ]
  ) { invocation in
    var params = CompanionUpdate.Params(companion: invocation.words[0], handle: invocation.value("--handle"))
    if let tagline = invocation.value("--tagline") {
      params.tagline = tagline.isEmpty ? .clear : .set(tagline)
    }
    params.tags = invocation.value("--tags").map {
      $0.split(separator: ",").map(\.trimmed).filter { !$0.isEmpty }
    }
    params.persona = try persona(invocation)
    guard params.persona != nil || params.handle != nil || params.tags != nil || params.tagline != .keep
    else {
      throw UsageError("There is nothing to change: no option was given.", seeHelpOf: invocation.line.names)
    }
    guard let edited = try invocation.ask(CompanionUpdate.self, params) else { return .done }
    let name = edited.companion.name.escaped
    invocation.out.line(
      params.persona == nil
        ? "\(name) is changed."
        : "\(name) is changed, as a draft. Publish it with: companionctl companions publish \(edited.companion.handle.escaped)"
    )
    return .done
  }

  private static func persona(_ invocation: Invocation) throws -> JSONValue? {
    var members: [String: JSONValue] = [:]
    if let file = invocation.value("--persona") {
      let text = file == "-" ? try StandardInput.all() : try FileText.read(file)
      guard let object = (try? JSONDecoder().decode(JSONValue.self, from: text))?.object else {
        throw UsageError("\(file.escaped) is not one JSON object.", seeHelpOf: invocation.line.names)
      }
      members = object
    }
    for name in ["name", "description", "personality", "behaviour", "appearance", "scenario"] {
      if let text = invocation.value("--" + name) { members[name] = text.isEmpty ? .null : .string(text) }
    }
    if let greeting = invocation.value("--greeting") {
      members["greetings"] = greeting.isEmpty ? .null : .array([.string(greeting)])
    }
    return members.isEmpty ? nil : .object(members)
  }

  private static let companionsPublish = CommandSpec(
    name: "publish",
    summary: "Freeze the draft as a new version",
    takes: "WHO",
    words: 1...1,
    options: [OptionSpec("--note", "TEXT", "what is new, for the list of versions")],
    discussion:
      "Chats that begin from now on have it; those that are there keep theirs until chats pin says otherwise."
  ) { invocation in
    let params = CompanionPublish.Params(companion: invocation.words[0], note: invocation.value("--note"))
    guard let published = try invocation.ask(CompanionPublish.self, params) else { return .done }
    invocation.out.line(
      "\(published.companion.name.escaped) is published as version \(published.version.version).")
    return .done
  }

  private static let companionsVersions = CommandSpec(
    name: "versions",
    summary: "The versions of a companion, the newest first",
    takes: "WHO",
    words: 1...1
  ) { invocation in
    let client = invocation.client()
    var params = CompanionVersions.Params(companion: invocation.words[0], limit: 200)
    var table = Table()
    repeat {
      let reply = try client.call(CallRequest(CompanionVersions.self, params), timeout: Invocation.patience)
      let page = try reply.decoded(as: CompanionVersions.self)
      if invocation.json { invocation.print(reply.json) }
      for version in page.versions {
        table.row(
          .figure(version.version == 0 ? "draft" : "\(version.version)"), "\(version.createdAt.minute)",
          .yielding((version.note ?? "").escaped))
      }
      params.cursor = page.next
    } while params.cursor != nil
    if !invocation.json { invocation.out.table(table) }
    return .done
  }

  private static let companionsArchive = CommandSpec(
    name: "archive",
    summary: "Put a companion aside, or back",
    takes: "WHO",
    words: 1...1,
    options: [OptionSpec("--undo", nil, "back among the others")],
    discussion: "An archived companion is left out of lists, and can still be talked with."
  ) { invocation in
    let undo = invocation.has("--undo")
    let params = CompanionArchive.Params(companion: invocation.words[0], archived: undo ? false : nil)
    guard let archived = try invocation.ask(CompanionArchive.self, params) else { return .done }
    invocation.out.line("\(archived.companion.name.escaped) is \(undo ? "back" : "archived").")
    return .done
  }

  private static let companionsDelete = CommandSpec(
    name: "delete",
    summary: "Move a companion with all chats to the trash",
    takes: "WHO",
    words: 1...1,
    discussion: "For 30 days trash restore brings all of it back."
  ) { invocation in
    let params = CompanionDelete.Params(companion: invocation.words[0])
    guard let deleted = try invocation.ask(CompanionDelete.self, params) else { return .done }
    invocation.out.line("\(deleted.trash.title.escaped) is in the trash, with all chats.")
    invocation.tellHowToRestore(deleted.trash.id)
    return .done
  }
}

extension Invocation {
  /// On stderr, so that a script's output stays what it asked for.
  func tellHowToRestore(_ entry: ULID) {
    err.line(err.styled("(companionctl trash restore \(entry) brings it back)", .dim))
  }
}

/// A persona as people read it: what is long under a title of its own.
enum PersonaText {
  static func rows(_ persona: Persona) -> [(String, String)] {
    var rows: [(String, String)] = []
    func put(_ name: String, _ text: String?) {
      if let text, !text.isEmpty { rows.append((name, text)) }
    }
    put("Description", persona.description)
    put("Personality", persona.personality)
    put("Behaviour", persona.behaviour)
    put("Appearance", persona.appearance)
    put("Default outfit", persona.defaultOutfit)
    put("Scenario", persona.scenario)
    for (index, greeting) in (persona.greetings ?? []).enumerated() {
      put(index == 0 ? "Greeting" : "Other greeting \(index)", greeting)
    }
    put("Example dialogue", persona.exampleDialogue)
    put("System prompt", persona.systemPrompt)
    put("After the history", persona.postHistory)
    let life = [
      persona.nickname.map { "called \($0)" }, persona.age.map { "\($0) years" }, persona.occupation,
      persona.homeCity.map { "lives in \($0)" }, persona.timezone,
    ].compactMap(\.self)
    put("Life", life.joined(separator: ", "))
    put("Creator", persona.creator)
    put("Creator's notes", persona.creatorNotes)
    return rows
  }
}

extension Timestamp {
  /// The day alone, in UTC as the wire has it.
  var day: String { String(description.prefix(10)) }
  /// Day and time of day, in UTC.
  var minute: String { String(description.prefix(16)).replacing("T", with: " ") }
}
