import Base
import Client
import FoundationEssentials
import Model
import Wire

extension Commands {
  static let exporting = CommandSpec(
    name: "export",
    summary: "Write a companion as a card, or a chat as a file",
    takes: "COMPANION | --chat [COMPANION|CHAT]",
    words: 0...1,
    options: [
      OptionSpec("--chat", nil, "the chat, not the companion"),
      OptionSpec("--format", "FORMAT", "a card as json, png or charx; a chat as jsonl, markdown or json"),
      OptionSpec("--leaf", "MESSAGE", "of a chat, the branch that ends here"),
      OptionSpec("--version", "N", "of a companion, this version; 0 is the draft"),
      OptionSpec("--v2", nil, "a card for programs that know no version 3"),
      OptionSpec("--picture", "FILE", "a PNG to put the card into"),
      OptionSpec("--output", "FILE", "where to; - is stdout"),
      OptionSpec("--force", nil, "write over a file that is there"),
    ],
    discussion: """
      Into a pipe or a file of the shell's it goes as it is. On a terminal a file is made in the current folder, named for what is in \
      it. The ending of --output tells the format, where --format does not. 
      """ + Place.explained,
    examples: [
      .init("companionctl export ada --output ada.png", "A card in a picture."),
      .init("companionctl export --chat ada > ada.jsonl", "The last chat with her, for SillyTavern."),
      .init("companionctl export --chat ada --format markdown | less", "To read."),
    ]
  ) { invocation in
    let client = invocation.client()
    return invocation.has("--chat") ? try exportChat(client, invocation) : try exportCard(client, invocation)
  }

  private static let patience = Duration.seconds(600)

  private static func exportCard(_ client: BlockingClient, _ invocation: Invocation) throws -> ExitCode {
    guard let name = invocation.words.first else {
      throw UsageError(
        "Say whom: companionctl export COMPANION, or --chat.", seeHelpOf: invocation.line.names)
    }
    var params = CompanionExport.Params(companion: name)
    params.format = try format(
      invocation, CompanionExport.Format.self, ["json": .json, "png": .png, "charx": .charx])
    params.version = try invocation.number("--version", in: 0...1_000_000, whole: true).map { Int($0) }
    if invocation.has("--v2") { params.spec = .v2 }
    if let file = invocation.value("--picture") {
      params.format = params.format ?? .png
      let bytes = try FileText.read(file, limit: 16 << 20)
      if bytes.count > Limits().maxLineBytes / 2 {
        params.upload = try client.upload(bytes, timeout: Invocation.patience)
      } else {
        params.picture = bytes
      }
    }
    let reply = try client.call(CallRequest(CompanionExport.self, params), timeout: patience)
    if invocation.json {
      invocation.print(reply.json)
      return .done
    }
    let result = try reply.decoded(as: CompanionExport.self)
    for warning in result.warnings { invocation.err.line("note: \(warning.printable(limit: 1024))") }
    return try put(result.data, result.name, invocation)
  }

  private static func exportChat(_ client: BlockingClient, _ invocation: Invocation) throws -> ExitCode {
    let place = try Place.find(invocation.words.first, client)
    var params = ChatExport.Params(chat: place.chat.id, leaf: try invocation.id("--leaf"))
    params.format = try format(
      invocation, ChatExport.Format.self,
      ["jsonl": .jsonl, "markdown": .markdown, "md": .markdown, "json": .json])
    let reply = try client.call(CallRequest(ChatExport.self, params), timeout: patience)
    if invocation.json {
      invocation.print(reply.json)
      return .done
    }
    let result = try reply.decoded(as: ChatExport.self)
    return try put(Data(result.text.utf8), result.name, invocation)
  }

  /// What is asked for, or what the file's name says.
  private static func format<Format>(
    _ invocation: Invocation, _ type: Format.Type, _ names: [String: Format]
  ) throws(UsageError) -> Format? {
    if let word = invocation.value("--format") {
      guard let format = names[word] else {
        throw UsageError(
          "--format takes \(names.keys.sorted().joined(separator: ", ")), not \(word.escaped).",
          seeHelpOf: invocation.line.names)
      }
      return format
    }
    let ending = invocation.value("--output")?.split(separator: ".").last.map { $0.lowercased() }
    return ending.flatMap { names[$0] }
  }

  private static func put(_ bytes: Data, _ name: String, _ invocation: Invocation) throws -> ExitCode {
    let output = invocation.value("--output")
    if output == "-" || output == nil && !invocation.out.isTerminal {
      invocation.out.write([UInt8](bytes))
      return .done
    }
    // A name of the daemon's making leads nowhere else.
    let path = output ?? name.replacing("/", with: "-")
    try FileText.write(bytes, to: path, replacing: invocation.has("--force"))
    invocation.err.line("\(path.escaped) (\(Amounts.bytes(Int64(bytes.count))))")
    return .done
  }
}
