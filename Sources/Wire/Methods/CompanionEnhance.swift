import Model

/// Has a model write parts of a card anew.
public enum CompanionEnhance: Method {
  public typealias Result = WritingTurn

  public static let name = "companion.enhance"
  public static let summary = "Proposes better words for a companion's card"
  public static let documentation = """
    A turn without a message, `result {fields: {name: {old, new}}}` with the fields that came out different. Nothing changes \
    until `companion.update` is called with what is wanted of it. Counts as a message against the rate.
    """
  public static let access = MethodAccess.writes
  public static let errors: [ErrorCode] = [
    .notFound, .rateLimited, .providerUnavailable, .providerRefused, .storageFull, .storageFailed,
  ]
  public static let example = MethodExample(
    Params(companion: "ada", fields: ["description"], instruction: "Shorter."),
    Result(turn: .exampleWriting(.enhance)))

  public static let maxInstructionBytes = 4096
  public static let maxFields = 16

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var companion: String
    public var fields: [String]?
    public var instruction: String?
    public var wait: Bool?

    public init(companion: String, fields: [String]? = nil, instruction: String? = nil, wait: Bool? = nil) {
      self.companion = companion
      self.fields = fields
      self.instruction = instruction
      self.wait = wait
    }

    public static let fields = [
      "companion": "Which one: an id, a handle, or an unambiguous beginning.",
      "fields":
        "Which: `description`, `personality`, `behaviour`, `appearance`, `defaultOutfit`, `scenario`, `exampleDialogue`, `occupation`; all when absent.",
      "instruction": "What is to be better, in the owner's words.",
      "wait": "Answers when it is over, with its `result`.",
    ]
  }
}
