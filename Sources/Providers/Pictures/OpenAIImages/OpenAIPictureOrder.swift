import Model

/// What a server has taught us by refusing it. Kept as long as the process.
struct OpenAIPictureLessons: Hashable {
  /// Members of the body it does not take.
  var dropped: Set<String> = []
}

/// An order as OpenAI's interface for pictures takes it, and those that speak like it. Pure.
struct OpenAIPictureOrder {
  static let usual = "gpt-image-1"

  enum Family { case gptImage, dallE2, dallE3, other }

  let model: String

  var family: Family {
    let name = model.split(separator: "/").last.map(String.init) ?? model
    if name.hasPrefix("gpt-image") || name.hasPrefix("chatgpt-image") { return .gptImage }
    if name.hasPrefix("dall-e-2") { return .dallE2 }
    return name.hasPrefix("dall-e") ? .dallE3 : .other
  }

  var edits: Bool { family != .dallE3 }

  /// What all requests have, be they forms or JSON.
  func members(_ task: PictureTask, _ lessons: OpenAIPictureLessons) -> [String: JSONValue] {
    let order = task.order
    var body: [String: JSONValue] = ["model": .string(model), "prompt": .string(prompt(order)), "n": 1]
    if let size = size(order) { body["size"] = .string(size) }
    // The newer ones send the picture itself and refuse to be told so.
    if family != .gptImage { body["response_format"] = "b64_json" }
    if family == .other, task.sources == nil {
      if let seed = order.seed { body["seed"] = .integer(Int64(seed & 0xFFFF_FFFF)) }
      if !order.negative.isEmpty { body["negative_prompt"] = .string(order.negative) }
    }
    for (name, value) in order.extra { body[name] = value }
    for name in lessons.dropped { body[name] = nil }
    return body
  }

  private func prompt(_ order: PictureOrder) -> String {
    let most =
      switch family {
      case .dallE2: 1000
      case .dallE3: 4000
      case .gptImage, .other: 32_000
      }
    return String(order.prompt.prefix(most))
  }

  /// The nearest shape of those that the family knows.
  func size(_ order: PictureOrder) -> String? {
    let (width, height) = (order.width ?? 768, order.height ?? 1024)
    guard width > 0, height > 0 else { return nil }
    let shape = Double(width) / Double(height)
    let isUpright = shape < 0.85
    let isBroad = shape > 1.18
    switch family {
    case .gptImage: return isUpright ? "1024x1536" : isBroad ? "1536x1024" : "1024x1024"
    case .dallE3: return isUpright ? "1024x1792" : isBroad ? "1792x1024" : "1024x1024"
    case .dallE2:
      let most = max(width, height)
      return most <= 256 ? "256x256" : most <= 512 ? "512x512" : "1024x1024"
    case .other:
      func side(_ side: Int) -> Int { min(max(side / 8 * 8, 64), 4096) }
      return "\(side(width))x\(side(height))"
    }
  }

  /// The members in order, then the files: some servers read forms as they come.
  func form(_ sources: PictureSources, _ members: [String: JSONValue], _ form: inout MultipartForm) {
    for name in members.keys.sorted() {
      switch members[name] {
      case .string(let text): form.add(name, text)
      case .integer(let number): form.add(name, String(number))
      case .number(let number): form.add(name, String(number))
      case .bool(let value): form.add(name, String(value))
      case .null, .array, .object, nil: break
      }
    }
    let type = PictureBytes.mime(sources.picture)
    form.add(
      family == .gptImage ? "image[]" : "image", file: "picture.\(type.split(separator: "/").last ?? "png")",
      type: type, sources.picture)
    if let mask = sources.mask { form.add("mask", file: "mask.png", type: PictureBytes.mime(mask), mask) }
    form.finish()
  }

  /// Whether a refusal names a member that can be left out, so that asking again at once makes sense.
  static func learn(
    from answer: PictureAnswer, sent: [String: JSONValue], _ lessons: inout OpenAIPictureLessons
  ) -> Bool {
    guard answer.status == 400 || answer.status == 422 else { return false }
    let error = ServerError(status: answer.status, body: answer.body, head: answer.head)
    for name in ["response_format", "seed", "negative_prompt", "size", "n"]
    where sent[name] != nil && error.names(name) && !lessons.dropped.contains(name) {
      // Without a size the server takes its own, which is better than none.
      lessons.dropped.insert(name)
      return true
    }
    return false
  }
}
