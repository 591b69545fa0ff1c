public import FoundationEssentials
public import Model

/// A picture of the person's own.
public enum ImageImport: Method {
  public static let name = "image.import"
  public static let summary = "Stores a picture"
  public static let documentation = """
    JPEG, PNG and WebP are read; what the file is, is seen by its bytes. It is made upright and opaque, brought down \
    to the configured size and stored as JPEG without its metadata. The file may have 5 MiB; what is larger than a \
    line comes by `upload`, which is used up. `image.created` follows the reply.
    """
  public static let access = MethodAccess.writes
  public static let errors: [ErrorCode] = [.notFound, .tooLarge, .unsupported, .storageFull, .storageFailed]
  public static let example = MethodExample(
    Params(data: Data([0xFF, 0xD8, 0xFF, 0xD9]), companion: "ada"), Result(image: .example))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var data: Data?
    public var upload: String?
    public var companion: String?
    public var kind: Image.Kind?

    public init(
      data: Data? = nil, upload: String? = nil, companion: String? = nil, kind: Image.Kind? = nil
    ) {
      self.data = data
      self.upload = upload
      self.companion = companion
      self.kind = kind
    }

    public static let fields = [
      "data": "The file, in base64; either this or `upload`.",
      "upload": "A whole upload with the file.",
      "companion": "Whose it is: an id, a handle, or an unambiguous beginning.",
      "kind": "`upload` when absent; `portrait` and `header` can be chosen too.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var image: Image

    public init(image: Image) { self.image = image }

    public static let fields = [
      "image": "The picture as it is stored."
    ]
  }
}
