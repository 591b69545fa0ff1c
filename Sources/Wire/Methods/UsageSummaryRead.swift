public import Base
public import Model

/// Tokens by model, chat, day or purpose.
public enum UsageSummaryRead: Method {
  public static let name = "usage.summary"
  public static let summary = "Sums what turns have cost"
  public static let documentation = """
    Days are those of UTC and count whole: what happened earlier on the day of `since` is in the sums. Turns of chats that are gone \
    still count. Besides replies, the analyses that follow them cost tokens: `by: "purpose"` tells them apart.
    """
  public static let access = MethodAccess.reads
  public static let example = MethodExample(
    Params(by: .model), Result(usage: [.example], total: .exampleTotal))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var since: Timestamp?
    public var by: UsageGrouping?

    public init(since: Timestamp? = nil, by: UsageGrouping? = nil) {
      self.since = since
      self.by = by
    }

    public static let fields = [
      "since": "Only from this day on; absent is all.",
      "by": "What each sum is about; absent is `model`.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var usage: [UsageSum]
    public var total: UsageSum

    public init(usage: [UsageSum], total: UsageSum) {
      self.usage = usage
      self.total = total
    }

    public static let fields = [
      "usage": "One for each model, chat, day or purpose.",
      "total": "Of everything since then, also what no sum names.",
    ]
  }
}
