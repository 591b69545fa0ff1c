import Base
import Client
import Model
import Wire

extension Commands {
  static let prompt = CommandSpec(
    name: "prompt",
    summary: "Show what the model would be told next",
    takes: Place.words,
    words: 0...1,
    options: [
      OptionSpec("--text", "TEXT", "with this as your next line"),
      OptionSpec("--message", "MESSAGE", "as if this message were written anew"),
      OptionSpec("--leaf", "MESSAGE", "on the branch that ends here"),
      OptionSpec("--picture", nil, "what a picture of the scene would be asked for with"),
      OptionSpec("--request", nil, "the request itself, exactly as it would be sent, as JSON"),
    ],
    discussion: """
      Lists the sections of the request with what each costs in tokens, estimated by what the model counted before. \
      Nothing is sent. Sections in which something is new with every turn are marked: behind the first of them no \
      provider's cache helps.
      """ + " " + Place.explained,
    examples: [
      .init("companionctl prompt --text \"And then?\" ada", "What goes out with that line."),
      .init("companionctl prompt --request ada | jq .messages", "Word by word."),
    ]
  ) { invocation in
    let client = invocation.client()
    let place = try Place.find(invocation.words.first, client)
    let params = PromptPreview.Params(
      chat: place.chat.id, leaf: try invocation.id("--leaf"), text: invocation.value("--text"),
      message: try invocation.id("--message"), picture: invocation.has("--picture") ? true : nil)
    let reply = try client.call(CallRequest(PromptPreview.self, params), timeout: Invocation.patience)
    if invocation.json, !invocation.has("--request") {
      invocation.print(reply.json)
      return .done
    }
    let preview = try reply.decoded(as: PromptPreview.self)
    if invocation.has("--request") {
      try invocation.print(preview.request)
      return .done
    }
    let out = invocation.out
    if invocation.has("--picture") {
      out.line(preview.request["prompt"]?.string?.escaped ?? "")
      out.line("Not: \(preview.request["negative"]?.string?.escaped ?? "")")
      if preview.omitted > 0 { out.line("Left out: \(preview.omitted) parts.") }
      return .done
    }
    out.line("\(preview.model.escaped) at \(preview.provider.escaped), about \(preview.tokens) tokens")
    var table = Table()
    for section in preview.sections {
      let mark = preview.cacheBreakers.contains(section.name) ? "new each turn" : ""
      table.row(
        "\(section.name.escaped)", .figure("\(section.tokens)"),
        Table.Cell(section.source.escaped, shown: out.styled(section.source.escaped, .dim)), "\(mark)")
    }
    out.table(table)
    if preview.omitted > 0 { out.line("Left out: \(preview.omitted) older messages.") }
    return .done
  }
}
