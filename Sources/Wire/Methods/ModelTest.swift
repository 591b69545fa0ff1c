public import Model

/// Whether a model answers.
public enum ModelTest: Method {
  public static let name = "model.test"
  public static let summary = "Asks a model for a few words"
  public static let documentation = """
    Sends one small request, which may cost a few tokens, and waits for the whole answer. What it says is of no importance; \
    that it speaks, and how soon, is. Of a list the first that can is asked, as for a reply. Nothing is stored.
    """
  public static let access = MethodAccess.reads
  public static let errors: [ErrorCode] = [.providerUnavailable, .providerRefused]
  public static let example = MethodExample(
    Params(model: "main"),
    Result(
      model: "home/gemma-3-12b", text: "Hello.", firstTokenMs: 210, totalMs: 340,
      usage: Usage(promptTokens: 14, completionTokens: 3, estimated: false)))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var model: String

    public init(model: String) { self.model = model }

    public static let fields = [
      "model": "`provider/model`, a provider alone for its first model, or the name of a list."
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var model: String
    public var text: String
    public var firstTokenMs: Int64?
    public var totalMs: Int64
    public var usage: Usage?

    public init(model: String, text: String, firstTokenMs: Int64? = nil, totalMs: Int64, usage: Usage? = nil)
    {
      self.model = model
      self.text = text
      self.firstTokenMs = firstTokenMs
      self.totalMs = totalMs
      self.usage = usage
    }

    public static let fields = [
      "model": "The one that answered.",
      "text": "What it said; empty when it only thought.",
      "firstTokenMs": "Until its first word; absent when there was none.",
      "totalMs": "Until its last.",
      "usage": "Tokens, where the server counts them.",
    ]
  }
}
