package import Base
package import Model
import Providers

/// What `image.imagine` asks for.
package struct ImagineRequest: Sendable {
  package struct Lora: Sendable {
    package var name: String
    package var weight: Double

    package init(_ name: String, weight: Double = 1) {
      self.name = name
      self.weight = weight
    }
  }

  /// A second pass at a larger size.
  package struct SecondPass: Sendable {
    package var scale: Double
    package var upscaler: String?
    package var steps: Int?
    package var strength: Double?

    package init(scale: Double) { self.scale = scale }
  }

  package var prompt: String
  package var negative = ""
  package var width: Int?
  package var height: Int?
  package var steps: Int?
  package var cfg: Double?
  package var sampler: String?
  package var scheduler: String?
  package var checkpoint: String?
  package var vae: String?
  package var clipSkip: Int?
  package var seed: UInt64?
  package var loras: [Lora] = []
  package var styles: [String] = []
  package var secondPass: SecondPass?
  package var strength: Double?
  /// Members of the provider's own request.
  package var extra: [String: JSONValue] = [:]
  /// `provider` or `provider/model`; nil is the configured one.
  package var provider: String?
  package var count = 1
  /// Pictures of the owner's to start from, and where that may be changed.
  package var source: ULID?
  package var mask: ULID?
  /// By id, handle or unambiguous prefix.
  package var companion: String?

  package init(prompt: String) { self.prompt = prompt }

  var order: PictureOrder {
    var order = PictureOrder(prompt: prompt)
    order.negative = negative
    (order.width, order.height, order.steps) = (width, height, steps)
    (order.guidance, order.clipSkip, order.seed) = (cfg, clipSkip, seed)
    (order.sampler, order.scheduler) = (sampler, scheduler)
    (order.checkpoint, order.vae) = (checkpoint, vae)
    (order.styles, order.strength, order.extra) = (styles, strength, extra)
    order.loras = loras.map { .init($0.name, weight: $0.weight) }
    if let secondPass {
      var again = PictureOrder.HighResolution(scale: secondPass.scale)
      (again.upscaler, again.steps, again.strength) = (
        secondPass.upscaler, secondPass.steps, secondPass.strength
      )
      order.highResolution = again
    }
    return order
  }
}

/// What an order may be, whoever wrote it: a provider is not handed what it could choke on.
enum PictureRules {
  static let longestPrompt = 8192
  static let mostOfOneCall = 8
  static let sides = 64...4096

  static func check(_ order: PictureOrder) throws(EngineError) {
    guard order.prompt.contains(where: { !$0.isWhitespace }), order.prompt.utf8.count <= longestPrompt else {
      throw .invalid(path: "prompt", expected: "1 to \(longestPrompt) bytes that say something")
    }
    guard order.negative.utf8.count <= longestPrompt else {
      throw .invalid(path: "negative", expected: "at most \(longestPrompt) bytes")
    }
    try check(order.width, "width", sides)
    try check(order.height, "height", sides)
    try check(order.steps, "steps", 1...200)
    try check(order.clipSkip, "clipSkip", 1...12)
    try check(order.guidance, "cfg", 0...50)
    try check(order.strength, "strength", 0...1)
    let names = [
      ("sampler", order.sampler), ("scheduler", order.scheduler), ("checkpoint", order.checkpoint),
      ("vae", order.vae), ("hires.upscaler", order.highResolution?.upscaler),
    ]
    for (path, name) in names { if let name { try check(name: name, path) } }
    if let again = order.highResolution {
      try check(again.scale, "hires.scale", 1...4)
      try check(again.steps, "hires.steps", 0...200)
      try check(again.strength, "hires.strength", 0...1)
    }
    guard order.loras.count <= 16 else { throw .invalid(path: "loras", expected: "at most 16") }
    for lora in order.loras {
      try check(name: lora.name, "loras")
      try check(lora.weight, "loras", -10...10)
    }
    guard order.styles.count <= 32 else { throw .invalid(path: "styles", expected: "at most 32") }
    for style in order.styles { try check(name: style, "styles") }
    guard order.extra.count <= 64, weight(.object(order.extra)) <= 16 << 10 else {
      throw .invalid(path: "extra", expected: "at most 64 members in 16 KiB")
    }
    // They would stand in the place of what was looked at.
    for name in order.extra.keys where ["prompt", "negative_prompt"].contains(name.lowercased()) {
      throw .invalid(path: "extra.\(name)", expected: "not there; `prompt` and `negative` say it")
    }
  }

  private static func check<Number: Comparable>(
    _ number: Number?, _ path: String, _ range: ClosedRange<Number>
  ) throws(EngineError) {
    if let number, !range.contains(number) {
      throw .invalid(path: path, expected: "\(range.lowerBound) to \(range.upperBound)")
    }
  }

  private static func check(name: String, _ path: String) throws(EngineError) {
    guard (1...256).contains(name.utf8.count), !name.unicodeScalars.contains(where: { $0.value < 0x20 })
    else {
      throw .invalid(path: path, expected: "a name of 1 to 256 bytes")
    }
  }

  private static func weight(_ value: JSONValue) -> Int {
    if let text = value.string { return text.utf8.count + 2 }
    if let array = value.array { return array.reduce(2) { $0 + weight($1) + 1 } }
    if let object = value.object { return object.reduce(2) { $0 + $1.key.utf8.count + 3 + weight($1.value) } }
    return 8
  }

  // MARK: Rating

  /// Refuses what is against the rating, and adds what a picture must not show to what is kept out of it.
  static func rate(_ order: inout PictureOrder, by rule: RatingRule) throws(EngineError) {
    let said = [order.prompt] + order.styles + order.loras.map(\.name) + texts(.object(order.extra))
    for text in said {
      if let offence = rule.offence(in: text) { throw refusal(offence, rule) }
    }
    let there = Set(order.negative.lowercased().split(separator: ",").map { $0.trimmingSpaces })
    let missing = rule.negatives.filter { !there.contains($0) }
    guard !missing.isEmpty else { return }
    order.negative = (order.negative.isEmpty ? missing : [order.negative] + missing).joined(separator: ", ")
  }

  static func refusal(_ offence: String, _ rule: RatingRule) -> EngineError {
    .refused(
      rule: "rating",
      rule.minor == nil
        ? "“\(offence)” is not for all ages, and your pictures are to be; `settings.set` changes the rating."
        : "“\(offence)” is not for pictures of somebody who is under 18.")
  }

  private static func texts(_ value: JSONValue) -> [String] {
    if let text = value.string { return [text] }
    if let array = value.array { return array.flatMap(texts) }
    return value.object?.flatMap { [$0.key] + texts($0.value) } ?? []
  }
}

extension Substring {
  fileprivate var trimmingSpaces: String {
    String(self.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
