import Base
import Client
import FoundationEssentials
import Model
import Wire

extension Commands {
  static let images = CommandSpec(
    name: "images",
    summary: "Look at and look after pictures",
    takes: imagesList.takes,
    words: imagesList.words,
    options: imagesList.options,
    discussion: """
      Alone it is list. IMAGE is an id, or last, which is the newest of all. On a terminal that can show pictures they are drawn: \
      by its own graphics, by sixels, or as coloured blocks.
      """,
    examples: [
      .init("companionctl images ada", "Those of Ada."),
      .init("companionctl images show last", "The newest, here in the terminal."),
      .init("companionctl images export --into ~/Pictures last", "A copy to keep elsewhere."),
    ],
    subcommands: [
      imagesList, imagesShow, imagesOpen, imagesExport, imagesAdd, imagesRemove, imagesStats, imagesCollect,
      imagesOptions,
    ],
    run: imagesList.run)

  private static let imagesList = CommandSpec(
    name: "list",
    summary: "Your pictures, the newest first",
    takes: "[COMPANION]",
    words: 0...1,
    options: [
      OptionSpec("--kind", "KIND", "only scene, portrait, header, edit, imagine or upload"),
      OptionSpec("--chat", "CHAT", "only of this chat"),
      OptionSpec("--limit", "N", "how many at most; 20 when absent"),
      OptionSpec("--thumbnails", nil, "draw each of them, small"),
    ],
    discussion:
      "COMPANION is a handle, its beginning or an id. With --json each page of up to 200 is a line.",
    examples: [.init("companionctl images list --kind portrait --thumbnails", "All faces.")]
  ) { invocation in
    let client = invocation.client()
    var left = Int(try invocation.number("--limit", in: 1...100_000, whole: true) ?? 20)
    var params = ImageList.Params(
      companion: invocation.words.first, chat: try invocation.id("--chat"), kind: try kind(invocation))
    var table = Table()
    let viewer = invocation.has("--thumbnails") ? PictureViewer(invocation, widest: 24) : nil
    repeat {
      params.limit = min(left, 200)
      let reply = try client.call(CallRequest(ImageList.self, params), timeout: Invocation.patience)
      let page = try reply.decoded(as: ImageList.self)
      if invocation.json { invocation.print(reply.json) }
      for image in page.images {
        let id = image.id.description
        if let viewer {
          try viewer.show(image, client)
          invocation.out.line("\(invocation.out.styled(id, .dim))  \(image.line)")
        } else {
          table.row(
            Table.Cell(id, shown: invocation.out.styled(id, .dim)), "\(image.createdAt.minute)",
            "\(image.kind.rawValue)", .figure("\(image.width)×\(image.height)"),
            .figure(Amounts.bytes(image.bytes)), .yielding((image.prompt ?? "").flattened.escaped))
        }
      }
      left -= page.images.count
      params.cursor = page.next
    } while params.cursor != nil && left > 0
    if !table.isEmpty {
      invocation.out.table(table)
    } else if viewer == nil, !invocation.json {
      invocation.out.line("There is no picture. Make one with: companionctl imagine WORDS")
    }
    return .done
  }

  private static func kind(_ invocation: Invocation) throws(UsageError) -> Image.Kind? {
    guard let word = invocation.value("--kind") else { return nil }
    if let kind = Image.Kind(rawValue: word) { return kind }
    let known = Image.Kind.allCases.map(\.rawValue)
    let hint = Suggestion.nearest(to: word, in: known).map { " Did you mean \($0)?" } ?? ""
    throw UsageError(
      "--kind takes \(known.joined(separator: ", ")), not \(word.escaped).\(hint)",
      seeHelpOf: invocation.line.names)
  }

  private static let imagesShow = CommandSpec(
    name: "show",
    summary: "A picture, and all that is known of it",
    takes: "[IMAGE]",
    words: 0...1,
    options: [PictureViewer.option],
    discussion: "The newest where none is named.",
    examples: [.init("companionctl --json images show last | jq -r .image.path", "Its file.")]
  ) { invocation in
    let client = invocation.client()
    let image = try client.image(invocation.words.first, invocation)
    if invocation.json {
      try invocation.print(ImageGet.Result(image: image))
      return .done
    }
    try PictureViewer(invocation).show(image, client)
    let out = invocation.out
    var table = Table()
    func row(_ name: String, _ text: String?) {
      guard let text, !text.isEmpty else { return }
      table.row(Table.Cell(name, shown: out.styled(name, .dim)), .yielding(text.flattened.escaped))
    }
    row("id", image.id.description)
    row("is", image.line)
    row("made", image.createdAt.minute)
    row("of", image.companion?.description)
    row("message", image.message?.description)
    row("prompt", image.prompt)
    row("not", image.negative)
    row("shows", image.description)
    row("file", image.path)
    out.table(table)
    return .done
  }

  private static let imagesRemove = CommandSpec(
    name: "rm",
    summary: "Put pictures into the trash",
    takes: "IMAGE …",
    words: 1...200,
    examples: [.init("companionctl images rm last", "Not that one.")]
  ) { invocation in
    let client = invocation.client()
    for word in invocation.words {
      let image = try client.image(word, invocation)
      let reply = try client.call(
        CallRequest(ImageDelete.self, ImageDelete.Params(image: image.id)), timeout: Invocation.patience)
      if invocation.json {
        invocation.print(reply.json)
      } else {
        invocation.out.line("\(image.id) is in the trash.")
        invocation.tellHowToRestore(try reply.decoded(as: ImageDelete.self).trash.id)
      }
    }
    return .done
  }

  private static let imagesStats = CommandSpec(
    name: "stats",
    summary: "How many pictures there are and what they weigh"
  ) { invocation in
    guard let stats = try invocation.ask(ImageStatsRead.self)?.stats else { return .done }
    var table = Table()
    table.row("pictures", .figure("\(stats.images)"))
    for (kind, count) in stats.kinds.sorted(by: { $0.key < $1.key }) {
      table.row("  \(kind.escaped)", .figure("\(count)"))
    }
    table.row("files", .figure("\(stats.files)"), .figure(Amounts.bytes(stats.bytes)))
    table.row("as they came", "", .figure(Amounts.bytes(stats.originalBytes)))
    if let quota = stats.quota { table.row("quota", "", .figure(Amounts.bytes(quota))) }
    invocation.out.table(table)
    return .done
  }

  private static let imagesCollect = CommandSpec(
    name: "collect",
    summary: "Find files without a picture and pictures without a file",
    options: [OptionSpec("--remove", nil, "remove the files; without it they are only counted")],
    discussion: "Files younger than an hour stay: a picture may be about to be stored.",
    examples: [.init("companionctl images collect --remove", "Tidy up.")]
  ) { invocation in
    let params = ImageCollect.Params(dryRun: !invocation.has("--remove"))
    guard let found = try invocation.ask(ImageCollect.self, params)?.collection else { return .done }
    let out = invocation.out
    let weight = Amounts.bytes(found.orphanBytes)
    if found.orphans == 0 {
      out.line("Every file belongs to a picture.")
    } else if found.removed > 0 {
      out.line("\(Amounts.count(found.removed, "file")) of no picture removed (\(weight)).")
    } else {
      out.line("\(Amounts.count(found.orphans, "file")) of no picture (\(weight)); --remove removes them.")
    }
    for image in found.missing { out.line("The file of \(image) is gone.") }
    return .done
  }

  private static let imagesOptions = CommandSpec(
    name: "options",
    summary: "What a provider of pictures offers",
    takes: "[PROVIDER]",
    words: 0...1,
    discussion: "For the options of imagine; the configured provider where none is named.",
    examples: [.init("companionctl images options forge", "Its checkpoints, samplers and so on.")]
  ) { invocation in
    let params = ImageOptions.Params(provider: invocation.words.first)
    guard let offered = try invocation.ask(ImageOptions.self, params) else { return .done }
    let lists = [
      ("checkpoints", offered.checkpoints), ("samplers", offered.samplers),
      ("schedulers", offered.schedulers),
      ("vaes", offered.vaes), ("upscalers", offered.upscalers), ("loras", offered.loras),
      ("styles", offered.styles), ("models", offered.models),
    ]
    let out = invocation.out
    for (name, list) in lists where !list.isEmpty {
      out.line(out.styled(name, .bold))
      for item in list { out.line("  \(item.flattened.escaped)") }
    }
    if lists.allSatisfy(\.1.isEmpty) { out.line("\(offered.provider.escaped) offers no choice.") }
    return .done
  }
}

extension BlockingClient {
  /// By id, or the newest of all: `last`, or no word.
  func image(_ word: String?, _ invocation: Invocation) throws -> Image {
    guard let word, word != "last" else {
      let params = ImageList.Params(limit: 1)
      guard let last = try call(ImageList.self, params, timeout: Invocation.patience).images.first else {
        throw Missing(description: "There is no picture yet. Make one with: companionctl imagine WORDS")
      }
      return last
    }
    let params = ImageGet.Params(image: try invocation.id(of: word, "a picture"))
    return try call(ImageGet.self, params, timeout: Invocation.patience).image
  }
}
