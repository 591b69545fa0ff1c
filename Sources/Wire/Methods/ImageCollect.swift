public import Model

/// Files and rows that have lost each other.
public enum ImageCollect: Method {
  public static let name = "image.collect"
  public static let summary = "Finds files without a picture and pictures without a file"
  public static let documentation = """
    Files that belong to no picture are removed, unless `dryRun` is left at true; those younger than an hour are left \
    alone, since a picture may be about to be stored. A picture without a file is only told: its row still says what \
    it was.
    """
  public static let access = MethodAccess.writes
  public static let errors: [ErrorCode] = [.storageFailed]
  public static let example = MethodExample(
    Params(dryRun: true), Result(collection: .example))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var dryRun: Bool?

    public init(dryRun: Bool? = nil) { self.dryRun = dryRun }

    public static let fields = [
      "dryRun": "Only looks; true when absent."
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var collection: ImageCollection

    public init(collection: ImageCollection) { self.collection = collection }

    public static let fields = [
      "collection": "What was found."
    ]
  }
}
