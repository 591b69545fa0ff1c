package import Model

/// What a picture is to be like, whoever draws it. A provider passes on what it knows and leaves out the rest.
package struct PictureOrder: Sendable, Hashable, Codable {
  package struct Lora: Sendable, Hashable, Codable {
    package var name: String
    package var weight: Double

    package init(_ name: String, weight: Double = 1) {
      self.name = name
      self.weight = weight
    }
  }

  /// A second pass at a larger size.
  package struct HighResolution: Sendable, Hashable, Codable {
    package var scale: Double
    package var upscaler: String?
    package var steps: Int?
    package var strength: Double?

    package init(scale: Double, upscaler: String? = nil, steps: Int? = nil, strength: Double? = nil) {
      self.scale = scale
      self.upscaler = upscaler
      self.steps = steps
      self.strength = strength
    }
  }

  package var prompt: String
  package var negative = ""
  package var width: Int?
  package var height: Int?
  package var steps: Int?
  package var guidance: Double?
  package var sampler: String?
  package var scheduler: String?
  package var checkpoint: String?
  package var vae: String?
  package var clipSkip: Int?
  /// Chosen before the order is stored, so that a picture can be made again.
  package var seed: UInt64?
  package var loras: [Lora] = []
  package var styles: [String] = []
  package var highResolution: HighResolution?
  /// How far from `source` the result may go, 0 to 1.
  package var strength: Double?
  /// Members of the provider's own request, as they are.
  package var extra: [String: JSONValue] = [:]
  /// What an illustration stands for where nothing can draw it: a name, and what the placeholder says below it.
  package var caption: String?

  package init(prompt: String) { self.prompt = prompt }
}

/// What an order starts from: the picture to change, and where it may be changed. Kept apart from the order, which is stored as
/// text while these are files.
package struct PictureSources: Sendable, Hashable {
  package var picture: [UInt8]
  /// White where it may change, black where not.
  package var mask: [UInt8]?

  package init(picture: [UInt8], mask: [UInt8]? = nil) {
    self.picture = picture
    self.mask = mask
  }
}

/// How a provider knows a job: what a restarted daemon needs to find it again instead of paying twice. Opaque to all but the
/// provider that made it; at most `maxBytes` of text.
package struct RemoteJob: Sendable, Hashable, Codable {
  package static let maxBytes = 4096

  package var text: String

  package init(_ text: String) { self.text = text }
}
