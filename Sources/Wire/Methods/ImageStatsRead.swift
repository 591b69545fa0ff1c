public import Model

/// What pictures weigh.
public enum ImageStatsRead: Method {
  public static let name = "image.stats"
  public static let summary = "Tells how many pictures there are and what they weigh"
  public static let documentation = """
    Counted anew at each call.
    """
  public static let access = MethodAccess.reads
  public static let errors: [ErrorCode] = [.storageFailed]
  public static let example = MethodExample(
    Empty(), Result(stats: .example))

  public typealias Params = Empty

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var stats: ImageStats

    public init(stats: ImageStats) { self.stats = stats }

    public static let fields = [
      "stats": "The count."
    ]
  }
}
