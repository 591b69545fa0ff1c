import Base
import Client
import Glibc
import Model
import Wire

extension Commands {
  static let title = CommandSpec(
    name: "title",
    summary: "Have a model give a chat its title",
    takes: Place.words,
    words: 0...1,
    discussion: Place.explained,
    examples: [.init("companionctl title ada", "Out of what was said in the newest chat with Ada.")]
  ) { invocation in
    let client = invocation.client()
    let place = try Place.find(invocation.words.first, client)
    guard
      let result = try written(
        ChatTitle.self, ChatTitle.Params(chat: place.chat.id, wait: true), invocation, client)
    else { return .done }
    invocation.out.line("It is called \((result["title"]?.string ?? "").flattened.escaped) now.")
    return .done
  }

  static let generate = CommandSpec(
    name: "generate",
    summary: "Have a model make a companion out of a sentence",
    takes: "SENTENCE",
    words: 1...1,
    options: [OptionSpec("--appearance", "TEXT", "how it is to look")],
    discussion: "The built-in offline companion cannot do this: it takes a model.",
    examples: [.init("companionctl generate 'A lighthouse keeper who knits'", "Somebody new.")]
  ) { invocation in
    let client = invocation.client()
    let params = CompanionGenerate.Params(
      prompt: invocation.words[0], appearance: invocation.value("--appearance"), wait: true)
    guard let result = try written(CompanionGenerate.self, params, invocation, client) else { return .done }
    let made = try client.call(
      CompanionGet.self, CompanionGet.Params(companion: result["companion"]?.string ?? ""),
      timeout: Invocation.patience)
    let name = made.companion.name.flattened.escaped
    invocation.out.line("\(name) is here. Talk with: companionctl chat \(made.companion.handle.escaped)")
    return .done
  }

  static let enhance = CommandSpec(
    name: "enhance",
    summary: "Have a model propose better words for a companion's card",
    takes: "COMPANION",
    words: 1...1,
    options: [
      OptionSpec("--fields", "NAMES", "only these, with commas between them"),
      OptionSpec("--instruction", "TEXT", "what is to be better"),
      OptionSpec("--yes", nil, "take what is proposed without a question"),
    ],
    discussion: """
      Shows the old and the new of each field, and asks at a terminal whether to take them; elsewhere nothing changes \
      without --yes. What is taken goes into the draft: companions publish makes it a version.
      """,
    examples: [
      .init("companionctl enhance --fields appearance ada", "Only how she looks."),
      .init("companionctl enhance --instruction 'Shorter, and drier.' ada", "All of it, with a wish."),
    ]
  ) { invocation in
    let client = invocation.client()
    let fields = (invocation.value("--fields") ?? "").split(separator: ",").map(\.trimmed)
    let params = CompanionEnhance.Params(
      companion: invocation.words[0], fields: fields.isEmpty ? nil : fields,
      instruction: invocation.value("--instruction"), wait: true)
    guard let result = try written(CompanionEnhance.self, params, invocation, client) else { return .done }
    guard case .object(let changes)? = result["fields"] else { return .done }
    let out = invocation.out
    for (field, change) in changes.sorted(by: { $0.key < $1.key }) {
      out.line(out.styled(field.escaped, .bold))
      if let old = change["old"]?.string { out.line(out.styled("- " + old.flattened.escaped, .dim)) }
      out.line("+ " + (change["new"]?.string ?? "").flattened.escaped)
    }
    // What is only looked at needs nobody's consent.
    guard invocation.has("--yes") || isatty(0) == 1 && invocation.err.isTerminal else { return .done }
    guard
      try Question.agreed(
        "Take \(Amounts.count(changes.count, "field", "fields")) into the draft?", invocation)
    else { return .refused }
    let persona = JSONValue.object(changes.compactMapValues { $0["new"] })
    _ = try client.call(
      CompanionUpdate.self, CompanionUpdate.Params(companion: invocation.words[0], persona: persona),
      timeout: Invocation.patience)
    out.line("Taken. To talk with it: companionctl companions publish \(invocation.words[0].escaped)")
    return .done
  }

  /// What a model wrote beside the talk; nil when all of it was printed as JSON. A model that was of no use is a failure.
  private static func written<M: Method>(
    _ method: M.Type, _ params: M.Params, _ invocation: Invocation, _ client: BlockingClient
  ) throws -> JSONValue? where M.Result == WritingTurn {
    let reply = try client.call(CallRequest(method, params), timeout: .seconds(600))
    let turn = try reply.decoded(as: method).turn
    if invocation.json {
      invocation.print(reply.json)
      return nil
    }
    if let error = turn.error { throw Missing(description: error.message) }
    guard let result = turn.result else { throw Missing(description: "It was cancelled.") }
    return result
  }
}
