import Base
import Client
import Model
import Wire

extension Commands {
  static let models = CommandSpec(
    name: "models",
    summary: "The models your companions may speak with",
    options: [OptionSpec("--refresh", nil, "ask the servers anew")],
    discussion: """
      A star marks the one that answers where a chat names none. Servers that could not be asked are told on stderr.
      """,
    examples: [
      .init("companionctl models", "What is there?"),
      .init("companionctl models test home/gemma", "Does it answer, and how fast?"),
    ],
    subcommands: [modelsTest]
  ) { invocation in
    let params = ModelList.Params(refresh: invocation.has("--refresh") ? true : nil)
    guard let list = try invocation.ask(ModelList.self, params) else { return .done }
    var table = Table()
    for entry in list.models {
      let context = entry.contextTokens.map { "\($0) tokens" } ?? ""
      table.row(
        "\(entry.id == list.standard ? "*" : " ")", .yielding(entry.id.escaped), .figure(context),
        "\(entry.capabilities.joined(separator: ", ").escaped)")
    }
    for named in list.lists {
      table.row(
        "\(named.name == list.standard ? "*" : " ")", .yielding(named.name.escaped), "",
        .yielding(named.models.joined(separator: ", then ").escaped))
    }
    invocation.out.table(table)
    for failure in list.failures {
      invocation.err.line("\(failure.provider.escaped): \(failure.message.printable(limit: 1024))")
    }
    return .done
  }

  private static let modelsTest = CommandSpec(
    name: "test",
    summary: "Have a model say something, and tell how long it took",
    takes: "MODEL",
    words: 1...1,
    examples: [.init("companionctl models test offline/companion", "The one that is built in.")]
  ) { invocation in
    let request = try CallRequest(ModelTest.self, ModelTest.Params(model: invocation.words[0]))
    // A model that has to be loaded first takes its time.
    let reply = try invocation.client().call(request, timeout: .seconds(600))
    if invocation.json {
      invocation.print(reply.json)
      return .done
    }
    let tested = try reply.decoded(as: ModelTest.self)
    let first = tested.firstTokenMs.map { "first word after \(Amounts.span(milliseconds: $0)), " } ?? ""
    invocation.out.line(tested.text.speech)
    invocation.out.line(
      "\(tested.model.escaped) answered: \(first)all of it after \(Amounts.span(milliseconds: tested.totalMs))."
    )
    return .done
  }
}
