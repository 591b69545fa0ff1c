public import Base

/// Opens a place for something that is too large for one line.
public enum UploadBegin: Method {
  public static let name = "upload.begin"
  public static let summary = "Begins an upload in pieces"
  public static let documentation = """
    The id it answers may stand as `upload` wherever a method takes `data`, from any connection of the owner, once every byte \
    has arrived. It is dropped when a method has used it up, or when nobody has touched it for an hour.
    """
  public static let access = MethodAccess.reads
  public static let errors: [ErrorCode] = [.tooLarge, .rateLimited, .storageFull]
  public static let example = MethodExample(
    Params(bytes: 12_582_912),
    Result(
      upload: "01JD7QB3S5Z1H8N0W4R6P2V9CD", pieceBytes: 524_288,
      expiresAt: Timestamp(milliseconds: 1_795_173_078_042)))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var bytes: Int64

    public init(bytes: Int64) { self.bytes = bytes }

    public static let fields = ["bytes": "How many there will be, exactly; at least 1."]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var upload: String
    public var pieceBytes: Int
    public var expiresAt: Timestamp

    public init(upload: String, pieceBytes: Int, expiresAt: Timestamp) {
      self.upload = upload
      self.pieceBytes = pieceBytes
      self.expiresAt = expiresAt
    }

    public static let fields = [
      "upload": "Its id.",
      "pieceBytes": "The most that one piece may hold, before base64.",
      "expiresAt": "When it is dropped unless another piece comes.",
    ]
  }
}
