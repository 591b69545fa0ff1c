/// What stands in place of a result that does not fit into a line.
public struct LargeResult: Codable, Hashable, Sendable, Documented {
  public var download: String
  public var bytes: Int64

  public init(download: String, bytes: Int64) {
    self.download = download
    self.bytes = bytes
  }

  public static let fields = [
    "download": "What to hand to `download.read`.",
    "bytes": "The length of the result's JSON text.",
  ]
}
