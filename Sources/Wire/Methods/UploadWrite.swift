public import FoundationEssentials

/// One piece of an upload.
public enum UploadWrite: Method {
  public static let name = "upload.write"
  public static let summary = "Writes a piece of an upload"
  public static let documentation = """
    Idempotent by `offset`: the same piece may be sent again after a lost connection, and a resent piece that differs is a \
    `conflict`. Pieces may not leave a hole: `offset` is at most what has been received.
    """
  public static let access = MethodAccess.reads
  public static let errors: [ErrorCode] = [.notFound, .conflict, .tooLarge, .storageFull]
  public static let example = MethodExample(
    Params(upload: "01JD7QB3S5Z1H8N0W4R6P2V9CD", offset: 0, data: Data("Hello, world.".utf8)),
    Result(received: 13, complete: false))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var upload: String
    public var offset: Int64
    public var data: Data

    public init(upload: String, offset: Int64, data: Data) {
      self.upload = upload
      self.offset = offset
      self.data = data
    }

    public static let fields = [
      "upload": "As `upload.begin` named it.",
      "offset": "Where the piece begins, in bytes of the whole.",
      "data": "The piece.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var received: Int64
    public var complete: Bool

    public init(received: Int64, complete: Bool) {
      self.received = received
      self.complete = complete
    }

    public static let fields = [
      "received": "Bytes there from the beginning on: the next `offset`.",
      "complete": "Whether that is all of them, so that it can be used.",
    ]
  }
}
