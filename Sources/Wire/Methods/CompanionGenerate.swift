import Model

/// Has a model make a companion.
public enum CompanionGenerate: Method {
  public typealias Result = WritingTurn

  public static let name = "companion.generate"
  public static let summary = "Makes a companion out of a sentence"
  public static let documentation = """
    A turn without a message, `result {companion}`: its id, once the model's card is whole and could be kept; \
    `companion.created` comes with it. Counts as a message against the rate.
    """
  public static let access = MethodAccess.writes
  public static let errors: [ErrorCode] = [
    .notFound, .rateLimited, .providerUnavailable, .providerRefused, .storageFull, .storageFailed,
  ]
  public static let example = MethodExample(
    Params(prompt: "A lighthouse keeper who knits."), Result(turn: .exampleWriting(.generate)))

  public static let maxPromptBytes = 8192

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var prompt: String
    public var appearance: String?
    public var wait: Bool?

    public init(prompt: String, appearance: String? = nil, wait: Bool? = nil) {
      self.prompt = prompt
      self.appearance = appearance
      self.wait = wait
    }

    public static let fields = [
      "prompt": "Who it is to be.",
      "appearance": "How it is to look, where that is known.",
      "wait": "Answers when it is over, with its `result`.",
    ]
  }
}
