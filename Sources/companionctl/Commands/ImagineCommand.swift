import Base
import Client
import FoundationEssentials
import Model
import Wire

extension Commands {
  static let imagine = CommandSpec(
    name: "imagine",
    summary: "Make pictures from words",
    takes: "WORDS …",
    words: 1...4096,
    options: [
      OptionSpec("--not", "TEXT", "what is not to be seen"),
      OptionSpec("--provider", "NAME", "who draws; the configured one when absent"),
      OptionSpec("--companion", "WHO", "whose pictures they are to be"),
      OptionSpec("--size", "WxH", "such as 768x512"),
      OptionSpec("--count", "N", "how many, up to 8"),
      OptionSpec("--seed", "N", "the same seed makes the same picture"),
      OptionSpec("--steps", "N", "how many steps"),
      OptionSpec("--cfg", "N", "how closely the words are followed"),
      OptionSpec("--sampler", "NAME", "how to go from noise to picture"),
      OptionSpec("--scheduler", "NAME", "in which steps"),
      OptionSpec("--checkpoint", "NAME", "which model of the provider's"),
      OptionSpec("--vae", "NAME", "which decoder"),
      OptionSpec("--clip-skip", "N", "layers to leave out"),
      OptionSpec("--hires", "N", "a second pass, so many times larger"),
      OptionSpec("--upscaler", "NAME", "by what, for --hires"),
      OptionSpec("--from", "IMAGE", "a picture to start from, by id, or last"),
      OptionSpec("--mask", "IMAGE", "one that is white where --from may change"),
      OptionSpec("--strength", "N", "how far from --from it may go, 0 to 1"),
      OptionSpec("--loras", "A:1,B:0.5", "small additions to the model, with their weights"),
      OptionSpec("--styles", "A,B", "prompts the provider keeps"),
      OptionSpec("--extra", "JSON", "members of the provider's own request"),
    ] + Wish.options,
    discussion: "images options shows what names a provider knows. " + Wish.explained,
    examples: [
      .init("companionctl imagine a lighthouse in a storm, oil painting", "Then look."),
      .init(
        "companionctl imagine --provider forge --size 832x1216 --count 4 portrait", "Four to choose from."),
    ]
  ) { invocation in
    let client = invocation.client(reconnect: ReconnectPolicy(attempts: nil))
    let params = try order(invocation, client)
    return try Wish(client, invocation).run { client in
      let reply = try client.call(CallRequest(ImageImagine.self, params), timeout: Invocation.patience)
      return (reply, try reply.decoded(as: ImageImagine.self).jobs)
    }
  }

  private static func order(_ invocation: Invocation, _ client: BlockingClient) throws -> ImageImagine.Params
  {
    var params = ImageImagine.Params(prompt: try invocation.text(behind: 0))
    params.negative = invocation.value("--not")
    params.provider = invocation.value("--provider")
    params.companion = invocation.value("--companion")
    if let size = invocation.value("--size") { (params.width, params.height) = try sides(size, invocation) }
    func whole(_ name: String, _ bounds: ClosedRange<Double>) throws -> Int? {
      try invocation.number(name, in: bounds, whole: true).map { Int($0) }
    }
    params.count = try whole("--count", 1...8)
    params.steps = try whole("--steps", 1...200)
    params.clipSkip = try whole("--clip-skip", 1...12)
    params.cfg = try invocation.number("--cfg", in: 0...50)
    params.strength = try invocation.number("--strength", in: 0...1)
    params.seed = invocation.value("--seed")
    params.sampler = invocation.value("--sampler")
    params.scheduler = invocation.value("--scheduler")
    params.checkpoint = invocation.value("--checkpoint")
    params.vae = invocation.value("--vae")
    if let scale = try invocation.number("--hires", in: 1...4) {
      params.hires = ImageImagine.HighResolution(scale: scale, upscaler: invocation.value("--upscaler"))
    }
    params.source = try invocation.value("--from").map { try client.image($0, invocation).id }
    params.mask = try invocation.value("--mask").map { try client.image($0, invocation).id }
    params.styles = invocation.value("--styles").map { $0.split(separator: ",").map(\.trimmed) }
    params.loras = try invocation.value("--loras").map { try loras($0, invocation) }
    if let text = invocation.value("--extra") {
      guard let object = (try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)))?.object else {
        throw UsageError("--extra takes one JSON object.", seeHelpOf: invocation.line.names)
      }
      params.extra = object
    }
    return params
  }

  private static func sides(_ text: String, _ invocation: Invocation) throws(UsageError) -> (Int, Int) {
    let sides = text.lowercased().split(separator: "x").map { Int($0) }
    guard sides.count == 2, let width = sides[0], let height = sides[1] else {
      throw UsageError(
        "--size takes a width and a height such as 768x512, not \(text.escaped).",
        seeHelpOf: invocation.line.names)
    }
    return (width, height)
  }

  /// `name`, or `name:weight`; the last colon counts, since names may have some.
  private static func loras(
    _ text: String, _ invocation: Invocation
  ) throws(UsageError) -> [ImageImagine.Lora] {
    var found: [ImageImagine.Lora] = []
    for part in text.split(separator: ",").map(\.trimmed) {
      guard let colon = part.lastIndex(of: ":") else {
        found.append(ImageImagine.Lora(name: part))
        continue
      }
      guard let weight = Double(part[part.index(after: colon)...]) else {
        throw UsageError(
          "--loras takes names with weights such as sea:0.8, not \(part.escaped).",
          seeHelpOf: invocation.line.names)
      }
      found.append(ImageImagine.Lora(name: String(part[..<colon]), weight: weight))
    }
    return found
  }
}
