public import FoundationEssentials

/// One piece of a result that was too large for one line.
public enum DownloadRead: Method {
  public static let name = "download.read"
  public static let summary = "Reads a piece of a large result"
  public static let documentation = """
    A result that does not fit into a line is answered as `{download, bytes}` instead; its pieces, put together, are the \
    JSON text of the result. Reading does not use it up; it is dropped when nobody has touched it for an hour.
    """
  public static let access = MethodAccess.reads
  public static let errors: [ErrorCode] = [.notFound]
  public static let example = MethodExample(
    Params(download: "01JD7QH8E4T2J6X0C9M5K3S1VF", offset: 0),
    Result(data: Data(#"{"contentType":"#.utf8), next: 15))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var download: String
    public var offset: Int64

    public init(download: String, offset: Int64) {
      self.download = download
      self.offset = offset
    }

    public static let fields = [
      "download": "As the large result named it.",
      "offset": "Where to read on, in bytes.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var data: Data
    public var next: Int64?

    public init(data: Data, next: Int64? = nil) {
      self.data = data
      self.next = next
    }

    public static let fields = [
      "data": "The piece.",
      "next": "The next `offset`; absent when this was the last piece.",
    ]
  }
}
