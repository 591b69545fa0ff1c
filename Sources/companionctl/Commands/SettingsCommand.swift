import Base
import Client
import FoundationEssentials
import Model
import Wire

extension Commands {
  static let settings = CommandSpec(
    name: "settings",
    summary: "Show or change your settings",
    discussion: "Settings go by name, the same in what is shown and in what is set.",
    terms: ("Names", SettingName.all.map { ($0.path, $0.kind.words) }),
    examples: [
      .init("companionctl settings", "What is set?"),
      .init("companionctl settings user Kim --overview \"Paints, and walks a lot.\"", "Who you are."),
      .init("companionctl settings set defaults.model home/gemma reuse true", "Two at once."),
      .init("companionctl settings unset user", "Forget who I am."),
    ],
    subcommands: [settingsShow, settingsSet, settingsUnset, settingsUser],
    run: settingsShow.run)

  private static let settingsShow = CommandSpec(
    name: "show", summary: "What is set, one name a line"
  ) { invocation in
    guard let result = try invocation.ask(SettingsGet.self) else { return .done }
    show(result.settings, invocation.out)
    return .done
  }

  private static let settingsSet = CommandSpec(
    name: "set",
    summary: "Change settings, by name and value; the others stay",
    takes: "NAME VALUE …",
    words: 2...128,
    discussion: "All of them change together, or none.",
    terms: ("Names", SettingName.all.map { ($0.path, $0.kind.words) }),
    examples: [
      .init(
        "companionctl settings set user.name Kim user.overview \"Paints.\"", "Words with spaces are quoted."),
      .init("companionctl settings set defaults.sampling.stop '[\"THE END\"]'", "A list is JSON."),
    ]
  ) { invocation in
    let words = invocation.words
    guard words.count % 2 == 0 else {
      throw UsageError(
        "\(words[words.count - 1].escaped) has no value: names and values come in pairs.",
        seeHelpOf: invocation.line.names)
    }
    let changes = try stride(from: 0, to: words.count, by: 2).map { index in
      let name = try SettingName.named(words[index], seeHelpOf: invocation.line.names)
      return (name.path, try name.value(of: words[index + 1], seeHelpOf: invocation.line.names))
    }
    return try change(changes, invocation)
  }

  private static let settingsUnset = CommandSpec(
    name: "unset",
    summary: "Clear settings, or a whole group of them",
    takes: "NAME …",
    words: 1...64,
    examples: [.init("companionctl settings unset user.overview defaults.sampling", "A name and a group.")]
  ) { invocation in
    let changes = try invocation.words.map { word in
      try (SettingName.path(orGroup: word, seeHelpOf: invocation.line.names), JSONValue.null)
    }
    return try change(changes, invocation)
  }

  private static let settingsUser = CommandSpec(
    name: "user",
    summary: "Tell who you are to your companions",
    takes: "NAME …",
    words: 1...16,
    options: [
      OptionSpec("--appearance", "TEXT", "what you look like"),
      OptionSpec("--overview", "TEXT", "what they should know of you"),
    ],
    discussion: "What is not given stays as it is.",
    examples: [.init("companionctl settings user Kim --appearance \"Tall, short hair.\"", "That's you.")]
  ) { invocation in
    var changes: [(String, JSONValue)] = [
      ("user.name", .string(invocation.words.joined(separator: " ")))
    ]
    for (option, path) in [("--appearance", "user.appearance"), ("--overview", "user.overview")] {
      if let text = invocation.value(option) { changes.append((path, .string(text))) }
    }
    return try change(changes, invocation)
  }

  // MARK: Changing

  /// Reads, changes and writes under the revision that was read: a member is replaced as a whole, so an edit by somebody else
  /// in between must not be lost. Two or three such edits in a row are taken in stride.
  private static func change(_ changes: [(String, JSONValue)], _ invocation: Invocation) throws -> ExitCode {
    let client = invocation.client()
    var attempt = 1
    while true {
      let old = try client.call(SettingsGet.self, timeout: Invocation.patience).settings
      let request = try CallRequest(SettingsSet.self, SettingsEdit(of: old, changes).params)
      let outcome = Result { () throws(ClientError) in
        try client.call(request, timeout: Invocation.patience)
      }
      if attempt < 4, case .failure(.daemon(let error)) = outcome, error.code == .conflict {
        attempt += 1
        continue
      }
      let reply = try outcome.get()
      if invocation.json {
        invocation.print(reply.json)
      } else {
        show(try reply.decoded(as: SettingsSet.self).settings, invocation.out)
      }
      return .done
    }
  }

  private static func show(_ settings: Settings, _ out: Output) {
    let tree = JSONText.value(settings)
    var table = Table()
    for name in SettingName.all {
      guard let value = tree.at(name.path[...]), value != .null else { continue }
      let shown: String
      if case .string(let text) = value {
        shown = text.escaped
      } else {
        shown = JSONPrinter.oneLine((try? JSONText.encoder().encode(value)) ?? Data(), out)
      }
      table.row(Table.Cell(name.path, shown: out.styled(name.path, .cyan)), "\(shown)")
    }
    out.line(table.text)
  }
}
