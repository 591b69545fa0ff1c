import Base
import Client
import Model
import Wire

extension Commands {
  static let scene = CommandSpec(
    name: "scene",
    summary: "What a companion wears, where it is and what it does",
    takes: Place.words,
    words: 0...1,
    options: [leaf],
    discussion: "Alone it is show. " + Place.explained,
    examples: [
      .init("companionctl scene ada", "The scene now."),
      .init(
        "companionctl scene set --outfit \"open blue coat over a red dress\" ada", "Change what she wears."),
      .init("companionctl scene set --place \"\" ada", "Nobody knows where she is."),
      .init("companionctl scene history ada", "How it came about."),
    ],
    subcommands: [sceneShow, sceneSet, sceneHistory],
    run: sceneShow.run)

  private static let leaf = OptionSpec(
    "--leaf", "MESSAGE", "after this message, instead of the chat's newest")

  private static let sceneShow = CommandSpec(
    name: "show",
    summary: "The scene of a chat",
    takes: Place.words,
    words: 0...1,
    options: [leaf],
    discussion: "What is worn under something else is told apart from what can be seen. " + Place.explained,
    examples: [.init("companionctl scene show", "Of the chat in which something happened last.")]
  ) { invocation in
    let client = invocation.client()
    let place = try Place.find(invocation.words.first, client)
    let params = StateGet.Params(chat: place.chat.id, leaf: try invocation.id("--leaf"))
    let reply = try client.call(CallRequest(StateGet.self, params), timeout: Invocation.patience)
    if invocation.json {
      invocation.print(reply.json)
      return .done
    }
    let result = try reply.decoded(as: StateGet.self)
    var table = Table()
    func row(_ name: String, _ text: String?) {
      guard let text, !text.isEmpty else { return }
      table.row(Table.Cell(name, shown: invocation.out.styled(name, .dim)), .yielding(text.flattened.escaped))
    }
    row("wears", result.visible.joined(separator: ", "))
    row("under it", result.hidden.joined(separator: ", "))
    row("not on", result.state.outfit.filter { !$0.worn }.map(\.name).joined(separator: ", "))
    row("place", result.state.location)
    row("action", result.state.action)
    if table.isEmpty {
      invocation.out.line("Nothing is known of the scene yet. Set it with: companionctl scene set")
    } else {
      invocation.out.table(table)
    }
    return .done
  }

  private static let sceneSet = CommandSpec(
    name: "set",
    summary: "Correct the scene",
    takes: Place.words,
    words: 0...1,
    options: [
      OptionSpec("--outfit", "TEXT", "all that is worn, in words; nothing else stays on"),
      OptionSpec("--place", "TEXT", "where they are; an empty text when nobody knows"),
      OptionSpec("--action", "TEXT", "what the companion does; an empty text for nothing"),
      leaf,
    ],
    discussion: """
      The correction belongs to one message and to what comes after it; other branches keep their own scene.
      """ + " " + Place.explained,
    examples: [
      .init("companionctl scene set --place \"the kitchen\" --action \"making tea\" ada", "Somewhere else."),
      .init("companionctl scene set --outfit \"white shirt, jeans\" ada", "Something else to wear."),
    ]
  ) { invocation in
    let (outfit, location, action) = (
      invocation.value("--outfit"), invocation.value("--place"), invocation.value("--action")
    )
    guard outfit != nil || location != nil || action != nil else {
      throw UsageError(
        "Say what is to be different: --outfit, --place or --action.", seeHelpOf: invocation.line.names)
    }
    let client = invocation.client()
    let place = try Place.find(invocation.words.first, client)
    let params = StateSet.Params(
      chat: place.chat.id, leaf: try invocation.id("--leaf"), outfit: outfit.map { .text($0) },
      location: location, action: action)
    let reply = try client.call(CallRequest(StateSet.self, params), timeout: Invocation.patience)
    if invocation.json {
      invocation.print(reply.json)
      return .done
    }
    let state = try reply.decoded(as: StateSet.self).state
    if outfit != nil {
      // As it was understood, garment by garment: what was not is seen at once.
      let names = state.outfit.map { $0.worn ? $0.name : "\($0.name) (not on)" }
      invocation.out.line(
        names.isEmpty
          ? "Nothing is worn now." : "Worn now: \(names.joined(separator: ", ").flattened.escaped)")
    } else {
      invocation.out.line("Set.")
    }
    return .done
  }

  private static let sceneHistory = CommandSpec(
    name: "history",
    summary: "How the scene came about, the newest first",
    takes: Place.words,
    words: 0...1,
    options: [leaf, OptionSpec("--limit", "N", "how many scenes at most; 20 when absent")],
    discussion: "Each line tells what a message changed. " + Place.explained,
    examples: [.init("companionctl scene history --limit 5 ada", "The last five changes.")]
  ) { invocation in
    let client = invocation.client()
    let place = try Place.find(invocation.words.first, client)
    let params = StateHistory.Params(
      chat: place.chat.id, leaf: try invocation.id("--leaf"),
      limit: Int(try invocation.number("--limit", in: 1...200, whole: true) ?? 20))
    let reply = try client.call(CallRequest(StateHistory.self, params), timeout: Invocation.patience)
    if invocation.json {
      invocation.print(reply.json)
      return .done
    }
    var table = Table()
    for step in try reply.decoded(as: StateHistory.self).states {
      let changes = step.changed.map { name -> String in
        switch name {
        case "outfit":
          "wears " + step.state.outfit.filter(\.worn).map(\.name).joined(separator: ", ")
        case "location": step.state.location.map { "at \($0)" } ?? "nobody knows where"
        case "action": step.state.action ?? "nothing particular"
        default: name
        }
      }
      let id = step.message.description
      table.row(
        Table.Cell(id, shown: invocation.out.styled(id, .dim)), "\(step.state.at?.day ?? "")",
        .yielding(changes.joined(separator: "; ").flattened.escaped))
    }
    if table.isEmpty { invocation.out.line("The scene was never set.") } else { invocation.out.table(table) }
    return .done
  }
}
