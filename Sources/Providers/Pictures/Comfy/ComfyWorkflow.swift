import Model

/// A graph as ComfyUI runs it, with placeholders where an order's values belong. Pure.
///
/// A text that is nothing but a placeholder becomes the value with its type, so that `"%steps%"` is a number in the end; within a
/// longer text it becomes the value's letters. What is not in an order has a default; the seed is never the same twice unless the
/// order says so, since a graph that was run before brings nothing new.
struct ComfyWorkflow {
  private let nodes: [String: JSONValue]

  /// Of the owner's file, as it was saved for the API.
  init(_ text: String) throws(PictureFault) {
    let bytes = Array(text.utf8)
    guard let json = LooseJSON(bytes.span) else {
      throw PictureFault(cause: .configuration, words: "the workflow is no JSON")
    }
    if json["nodes"]?.array != nil {
      throw PictureFault(
        cause: .configuration, words: "the workflow was saved for the page; export it for the API instead")
    }
    let inner = json["prompt"].flatMap { $0.isObject ? $0 : nil } ?? json
    guard case .object(let nodes) = JSONValue(inner), !nodes.isEmpty,
      nodes.values.allSatisfy({ $0["class_type"]?.string != nil })
    else {
      throw PictureFault(
        cause: .configuration, words: "the workflow has no nodes with a class_type; export it for the API")
    }
    self.nodes = nodes
  }

  init(nodes: [String: JSONValue]) { self.nodes = nodes }

  /// Whether a placeholder of that name stands anywhere.
  func uses(_ name: String) -> Bool { nodes.values.contains { Self.uses("%\(name)%", $0) } }

  private static func uses(_ mark: String, _ value: JSONValue) -> Bool {
    switch value {
    case .string(let text): text.firstRange(of: mark) != nil
    case .array(let items): items.contains { uses(mark, $0) }
    case .object(let members): members.values.contains { uses(mark, $0) }
    default: false
    }
  }

  /// The graph with those values in their places.
  func filled(_ values: [String: JSONValue], seed: UInt64) -> JSONValue {
    var values = values
    let number = JSONValue.integer(Int64(seed & UInt64(Int64.max)))
    values["seed"] = number
    let namesSeed = uses("seed")
    let filled = nodes.mapValues { node -> JSONValue in
      var node = Self.fill(node, values)
      guard !namesSeed, case .object(var members) = node, case .object(var inputs)? = members["inputs"] else {
        return node
      }
      for name in ["seed", "noise_seed"] {
        switch inputs[name] {
        case .integer, .number, .string: inputs[name] = number
        default: break
        }
      }
      members["inputs"] = .object(inputs)
      node = .object(members)
      return node
    }
    return .object(filled)
  }

  private static func fill(_ value: JSONValue, _ values: [String: JSONValue]) -> JSONValue {
    switch value {
    case .string(let text): fill(text, values)
    case .array(let items): .array(items.map { fill($0, values) })
    case .object(let members): .object(members.mapValues { fill($0, values) })
    default: value
    }
  }

  /// In one pass from left to right: what a value brings in is text and never a placeholder.
  private static func fill(_ text: String, _ values: [String: JSONValue]) -> JSONValue {
    var written = ""
    var rest = Substring(text)
    while let open = rest.firstIndex(of: "%") {
      let inner = rest[rest.index(after: open)...]
      let name = inner.prefix { $0.isASCII && ($0.isLetter || $0 == "_") }
      guard !name.isEmpty, inner.dropFirst(name.count).first == "%", let value = values[String(name)] else {
        written += rest[...open]
        rest = inner
        continue
      }
      let behind = inner.dropFirst(name.count + 1)
      if written.isEmpty, open == text.startIndex, behind.isEmpty { return value }
      written += rest[..<open] + letters(value)
      rest = behind
    }
    return .string(written + rest)
  }

  private static func letters(_ value: JSONValue) -> String {
    switch value {
    case .string(let text): text
    case .integer(let number): String(number)
    case .number(let number): String(number)
    case .bool(let value): String(value)
    default: ""
    }
  }
}

extension ComfyWorkflow {
  static let usualWidth = 640
  static let usualHeight = 896

  /// What an order says, and what is taken where it says nothing. `checkpoint` and the uploaded names are found out before.
  static func values(_ task: PictureTask, checkpoint: String?, image: String?, mask: String?) -> [String:
    JSONValue]
  {
    let order = task.order
    let source = task.sources.flatMap { PictureBytes.size($0.picture) }
    func eights(_ side: Int) -> JSONValue { .integer(Int64(min(max(side / 8 * 8, 64), 4096))) }
    var values: [String: JSONValue] = [
      "prompt": .string(order.prompt), "negative": .string(order.negative),
      "negative_prompt": .string(order.negative),
      "width": eights(order.width ?? source?.width ?? usualWidth),
      "height": eights(order.height ?? source?.height ?? usualHeight),
      "steps": .integer(Int64(order.steps ?? 24)), "cfg": .number(order.guidance ?? 6),
      "scale": .number(order.guidance ?? 6), "sampler": .string(order.sampler ?? "euler"),
      "scheduler": .string(order.scheduler ?? "normal"),
      "denoise": .number(order.strength ?? (task.sources == nil ? 1 : 0.6)),
      "clip_skip": .integer(Int64(-(order.clipSkip ?? 1))),
    ]
    if let checkpoint {
      values["model"] = .string(checkpoint)
      values["checkpoint"] = .string(checkpoint)
    }
    if let vae = order.vae { values["vae"] = .string(vae) }
    if let image { values["image"] = .string(image) }
    if let mask { values["mask"] = .string(mask) }
    for (name, value) in order.extra { values[name] = value }
    return values
  }

  /// The graph that is used where the owner has named none: what every checkpoint of Stable Diffusion runs.
  static func builtIn(_ task: PictureTask) -> ComfyWorkflow {
    func node(_ type: String, _ inputs: [String: JSONValue]) -> JSONValue {
      ["class_type": .string(type), "inputs": .object(inputs)]
    }
    func link(_ node: String, _ output: Int64 = 0) -> JSONValue { [.string(node), .integer(output)] }
    var nodes = ["checkpoint": node("CheckpointLoaderSimple", ["ckpt_name": "%model%"])]
    var (model, clip) = (link("checkpoint"), link("checkpoint", 1))
    for (index, lora) in task.order.loras.enumerated() {
      let name = "lora\(index)"
      nodes[name] = node(
        "LoraLoader",
        [
          "model": model, "clip": clip, "lora_name": .string(lora.name),
          "strength_model": .number(lora.weight),
          "strength_clip": .number(lora.weight),
        ])
      (model, clip) = (link(name), link(name, 1))
    }
    if task.order.clipSkip != nil {
      nodes["skip"] = node("CLIPSetLastLayer", ["clip": clip, "stop_at_clip_layer": "%clip_skip%"])
      clip = link("skip")
    }
    var vae = link("checkpoint", 2)
    if task.order.vae != nil {
      nodes["vae"] = node("VAELoader", ["vae_name": "%vae%"])
      vae = link("vae")
    }
    var latent = link("latent")
    if task.sources == nil {
      nodes["latent"] = node("EmptyLatentImage", ["width": "%width%", "height": "%height%", "batch_size": 1])
    } else {
      nodes["source"] = node("LoadImage", ["image": "%image%"])
      nodes["latent"] = node("VAEEncode", ["pixels": link("source"), "vae": vae])
    }
    if task.sources?.mask != nil {
      nodes["mask"] = node("LoadImageMask", ["image": "%mask%", "channel": "red"])
      nodes["masked"] = node("SetLatentNoiseMask", ["samples": latent, "mask": link("mask")])
      latent = link("masked")
    }
    nodes["positive"] = node("CLIPTextEncode", ["clip": clip, "text": "%prompt%"])
    nodes["negative"] = node("CLIPTextEncode", ["clip": clip, "text": "%negative%"])
    nodes["sampler"] = node(
      "KSampler",
      [
        "model": model, "positive": link("positive"), "negative": link("negative"), "latent_image": latent,
        "seed": "%seed%", "steps": "%steps%", "cfg": "%cfg%", "sampler_name": "%sampler%",
        "scheduler": "%scheduler%", "denoise": "%denoise%",
      ])
    nodes["decoded"] = node("VAEDecode", ["samples": link("sampler"), "vae": vae])
    // Kept there no longer than until we have it.
    nodes["picture"] = node("PreviewImage", ["images": link("decoded")])
    return ComfyWorkflow(nodes: nodes)
  }
}

extension JSONValue {
  init(_ json: LooseJSON) {
    switch json {
    case .null: self = .null
    case .bool(let value): self = .bool(value)
    case .number(let value): self = Int64(exactly: value).map { .integer($0) } ?? .number(value)
    case .text: self = .string(json.string ?? "")
    case .array(let items): self = .array(items.map { JSONValue($0) })
    case .object(let members):
      self = .object(Dictionary(members.map { ($0.name, JSONValue($0.value)) }) { _, last in last })
    }
  }
}
