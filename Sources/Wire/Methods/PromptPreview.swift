public import Base
public import Model

/// Shows what a model would be told.
public enum PromptPreview: Method {
  public static let name = "prompt.preview"
  public static let summary = "Shows the request that the next turn would send"
  public static let documentation = """
    Nothing is sent, stored or counted. With `text` it is the request that `message.send` with that line would make, \
    with `message` the one of its regeneration, with neither the one for a reply to the leaf. `request` is the body \
    exactly as the provider would get it; `sections` tell what it is made of, in order, and what each costs, \
    estimated by what the model counted before. With `picture` the request is the `prompt` and the `negative` of a picture, \
    `sections` its parts, and `omitted` counts those left out for want of room or by the rating.
    """
  public static let access = MethodAccess.reads
  public static let mayBeLarge = true
  public static let errors: [ErrorCode] = [
    .notFound, .conflict, .tooLarge, .providerUnavailable, .providerRefused, .unsupported,
  ]
  public static let example = MethodExample(
    Params(chat: Example.chat),
    Result(
      provider: "home", model: "home/gemma",
      request: ["model": "gemma", "messages": [["role": "user", "content": .string(Example.question)]]],
      sections: [Section(name: "history", source: "this turn", tokens: 12)], omitted: 0, tokens: 12,
      cacheBreakers: ["scene"], scene: "current"))

  public struct Section: Codable, Hashable, Sendable, Documented {
    public var name: String
    public var source: String
    public var tokens: Int

    public init(name: String, source: String, tokens: Int) {
      self.name = name
      self.source = source
      self.tokens = tokens
    }

    public static let fields = [
      "name": "What it is: `system`, `persona`, `history`, `scene` and so on.",
      "source": "Where it comes from: a field, or a message's id.",
      "tokens": "What it costs, estimated.",
    ]
  }

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var chat: ULID
    public var leaf: ULID?
    public var text: String?
    public var message: ULID?
    public var picture: Bool?

    public init(
      chat: ULID, leaf: ULID? = nil, text: String? = nil, message: ULID? = nil, picture: Bool? = nil
    ) {
      self.chat = chat
      self.leaf = leaf
      self.text = text
      self.message = message
      self.picture = picture
    }

    public static let fields = [
      "chat": "Which one.",
      "leaf": "The message the line would stand under; the chat's head where it is absent.",
      "text": "The person's next line.",
      "message": "The message that would be written anew, by id.",
      "picture": "Shows what a picture of the scene after that message would be asked for with.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var provider: String
    public var model: String
    public var request: JSONValue
    public var sections: [Section]
    public var omitted: Int
    public var tokens: Int
    public var cacheBreakers: [String]
    public var scene: String

    public init(
      provider: String, model: String, request: JSONValue, sections: [Section], omitted: Int, tokens: Int,
      cacheBreakers: [String], scene: String
    ) {
      self.provider = provider
      self.model = model
      self.request = request
      self.sections = sections
      self.omitted = omitted
      self.tokens = tokens
      self.cacheBreakers = cacheBreakers
      self.scene = scene
    }

    public static let fields = [
      "provider": "Who would be asked.",
      "model": "The model, or the list of models, by name.",
      "request": "The body of the request.",
      "sections": "What it is made of, in order.",
      "omitted": "Messages of the branch that it leaves out.",
      "tokens": "What all of it costs, estimated.",
      "cacheBreakers":
        "Sections that are new with every turn; a provider's cache ends before the first of them.",
      "scene": "`current`, or `pending` while the last exchange has not been read for its scene yet.",
    ]
  }
}
