public import Base

/// A piece of a message. A kind this program does not know is kept as it came.
public enum Part: Hashable, Sendable {
  case text(String)
  case reasoning(String)
  case image(ULID)
  case suggestedPrompt(String)
  /// What the person had at hand when they wrote: a selection, a file, a tray.
  case context(kind: String, title: String?, text: String)
  /// What a vision model saw in a picture.
  case description(image: ULID?, text: String)
  case other(JSONValue)

  /// Only what belongs to the message's own text.
  public var text: String? {
    if case .text(let text) = self { text } else { nil }
  }
}

extension Part: Codable {
  private enum CodingKeys: String, CodingKey { case type, text, image, kind, title }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    switch try container.decode(String.self, forKey: .type) {
    case "text": self = .text(try container.decode(String.self, forKey: .text))
    case "reasoning": self = .reasoning(try container.decode(String.self, forKey: .text))
    case "image": self = .image(try container.decode(ULID.self, forKey: .image))
    case "suggestedPrompt": self = .suggestedPrompt(try container.decode(String.self, forKey: .text))
    case "context":
      self = .context(
        kind: try container.decode(String.self, forKey: .kind),
        title: try container.decodeIfPresent(String.self, forKey: .title),
        text: try container.decode(String.self, forKey: .text))
    case "description":
      self = .description(
        image: try container.decodeIfPresent(ULID.self, forKey: .image),
        text: try container.decode(String.self, forKey: .text))
    default: self = .other(try JSONValue(from: decoder))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    if case .other(let value) = self { return try value.encode(to: encoder) }
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .text(let text):
      try container.encode("text", forKey: .type)
      try container.encode(text, forKey: .text)
    case .reasoning(let text):
      try container.encode("reasoning", forKey: .type)
      try container.encode(text, forKey: .text)
    case .image(let image):
      try container.encode("image", forKey: .type)
      try container.encode(image, forKey: .image)
    case .suggestedPrompt(let text):
      try container.encode("suggestedPrompt", forKey: .type)
      try container.encode(text, forKey: .text)
    case .context(let kind, let title, let text):
      try container.encode("context", forKey: .type)
      try container.encode(kind, forKey: .kind)
      try container.encodeIfPresent(title, forKey: .title)
      try container.encode(text, forKey: .text)
    case .description(let image, let text):
      try container.encode("description", forKey: .type)
      try container.encodeIfPresent(image, forKey: .image)
      try container.encode(text, forKey: .text)
    case .other: break
    }
  }
}
