import Model

/// One of fal's models, by its path, and what its family takes. Pure.
///
/// What follows the provider's name is a path as fal has it, without its usual owner: `fal/flux/schnell` is `fal-ai/flux/schnell`.
/// Another owner is named behind an at sign: `fal/@xai/grok-imagine-image`.
struct FalModel: Hashable {
  static let usual = "flux/schnell"
  static let usualForEdits = "nano-banana/edit"

  /// `fal-ai/nano-banana/edit`
  let path: String

  init(_ name: String) {
    let name = name.split(separator: "/").filter { $0 != "." && $0 != ".." }.joined(separator: "/")
    if name.hasPrefix("@") {
      path = String(name.dropFirst())
    } else {
      path = name.hasPrefix("fal-ai/") ? name : "fal-ai/\(name)"
    }
  }

  /// Only these letters stand in fal's paths; others would lead elsewhere.
  var isSpellable: Bool {
    path.split(separator: "/").count >= 2
      && path.utf8.allSatisfy { byte in
        (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte)
          || "-_./".utf8.contains(byte)
      }
  }

  /// The owner and the application, which is all that questions about a request name.
  var application: String { path.split(separator: "/").prefix(2).joined(separator: "/") }

  private func has(_ words: String...) -> Bool { words.contains { path.contains($0) } }

  var edits: Bool {
    has("/edit", "image-to-image", "img2img", "kontext", "inpaint", "/fill", "/redux", "/remix")
  }
  /// Kontext changes pictures, but its text-to-image form does not.
  var onlyEdits: Bool { edits && !has("text-to-image") }
  private var speaksRatios: Bool {
    has("nano-banana", "gemini", "imagen", "kontext", "-ultra", "ideogram", "grok")
  }
  private var takesSeveralPictures: Bool {
    has("nano-banana", "gemini", "seedream", "gpt-image", "/multi", "qwen-image-edit-")
  }
  var takesNegative: Bool {
    has("stable-diffusion", "sdxl", "qwen-image", "imagen", "lora", "wan", "realistic-vision")
  }

  func body(_ task: PictureTask) -> [String: JSONValue] {
    let order = task.order
    var body: [String: JSONValue] = ["prompt": .string(order.prompt), "num_images": 1]
    if takesNegative, !order.negative.isEmpty { body["negative_prompt"] = .string(order.negative) }
    // Ours are at most what their integers hold.
    if let seed = order.seed { body["seed"] = .integer(Int64(seed & UInt64(Int64.max))) }
    if let sources = task.sources {
      let picture = JSONValue.string(PictureBytes.dataURI(sources.picture))
      if takesSeveralPictures { body["image_urls"] = [picture] } else { body["image_url"] = picture }
      if let mask = sources.mask { body["mask_url"] = .string(PictureBytes.dataURI(mask)) }
      if has("image-to-image", "img2img", "inpaint"), let strength = order.strength {
        body["strength"] = .number(strength)
      }
    }
    if !speaksRatios {
      let most: Int64 = has("schnell") ? 12 : 50
      if let steps = order.steps { body["num_inference_steps"] = .integer(min(max(Int64(steps), 1), most)) }
      if let guidance = order.guidance { body["guidance_scale"] = .number(guidance) }
      if !order.loras.isEmpty, has("lora") {
        body["loras"] = .array(order.loras.map { ["path": .string($0.name), "scale": .number($0.weight)] })
      }
    }
    size(task, &body)
    for (name, value) in order.extra { body[name] = value }
    return body
  }

  private func size(_ task: PictureTask, _ body: inout [String: JSONValue]) {
    let order = task.order
    if speaksRatios {
      // An edit keeps the shape of what it starts from unless another is asked for.
      if let width = order.width, let height = order.height, width > 0, height > 0 {
        body["aspect_ratio"] = .string(Self.ratio(width, height))
      } else if task.sources == nil {
        body["aspect_ratio"] = "3:4"
      }
    } else if let width = order.width, let height = order.height, width > 0, height > 0 {
      body["image_size"] = [
        "width": .integer(Int64(Self.side(width))), "height": .integer(Int64(Self.side(height))),
      ]
    } else if task.sources == nil {
      body["image_size"] = "portrait_4_3"
    }
  }

  private static func side(_ side: Int) -> Int { min(max(side / 16 * 16, 256), 2048) }

  /// The nearest of those that all of them know, by what both sides would have to be stretched.
  static func ratio(_ width: Int, _ height: Int) -> String {
    let known = [(21, 9), (16, 9), (3, 2), (4, 3), (5, 4), (1, 1), (4, 5), (3, 4), (2, 3), (9, 16)]
    func distance(_ ratio: (Int, Int)) -> Double {
      let part = Double(width) / Double(height) * Double(ratio.1) / Double(ratio.0)
      return max(part, 1 / part)
    }
    let nearest = known.min { distance($0) < distance($1) } ?? (1, 1)
    return "\(nearest.0):\(nearest.1)"
  }
}
