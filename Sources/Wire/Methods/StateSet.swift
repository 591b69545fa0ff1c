public import Base
public import Model

/// Corrects the scene.
public enum StateSet: Method {
  public static let name = "state.set"
  public static let summary = "Corrects the scene at a message"
  public static let documentation = """
    What is absent stays as it is; an empty `location` or `action` is taken away. The correction belongs to that \
    message, `leaf` or the chat's head: replies that come after it begin from it, messages below that have a scene of \
    their own keep theirs. Nothing is locked. An `outfit` in words is read garment by garment and replaces the whole.
    """
  public static let access = MethodAccess.writes
  public static let errors: [ErrorCode] = [.notFound, .storageFull, .storageFailed]
  public static let example = MethodExample(
    Params(
      chat: Example.chat, outfit: .text("open yellow raincoat over a cream linen blouse"),
      location: "the quay"),
    Result(message: .exampleReply, state: .example))

  /// Longer than a phrase is no place and no action.
  public static let longestPhrase = 200
  public static let longestOutfit = 2_000

  /// An outfit in words, or garment by garment.
  public enum Outfit: Codable, Hashable, Sendable {
    case text(String)
    case garments([Garment])

    public init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let text = try? container.decode(String.self) {
        self = .text(text)
      } else {
        self = .garments(try container.decode([Garment].self))
      }
    }

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .text(let text): try container.encode(text)
      case .garments(let garments): try container.encode(garments)
      }
    }
  }

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var chat: ULID
    public var leaf: ULID?
    public var outfit: Outfit?
    public var location: String?
    public var action: String?

    public init(
      chat: ULID, leaf: ULID? = nil, outfit: Outfit? = nil, location: String? = nil, action: String? = nil
    ) {
      self.chat = chat
      self.leaf = leaf
      self.outfit = outfit
      self.location = location
      self.action = action
    }

    public static let fields = [
      "chat": "Which one.",
      "leaf": "The message after which; the chat's head where it is absent.",
      "outfit": "All that is worn, in words of at most 2,000 bytes or as at most 48 garments.",
      "location": "Where they are, at most 200 bytes.",
      "action": "What the companion does, at most 200 bytes.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var message: Message
    public var state: SceneState

    public init(message: Message, state: SceneState) {
      self.message = message
      self.state = state
    }

    public static let fields = [
      "message": "The message that carries it.",
      "state": "The scene now.",
    ]
  }
}

extension StateSet.Outfit: SchemaDescribed {
  public static func schema(in book: SchemaBook) -> JSONValue {
    ["oneOf": [book.schema(of: String.self), book.schema(of: [Garment].self)]]
  }
  public static var sample: StateSet.Outfit { .text("") }
}
