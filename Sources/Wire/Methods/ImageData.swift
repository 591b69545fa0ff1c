public import Base
public import FoundationEssentials

/// A picture's bytes.
public enum ImageData: Method {
  public static let name = "image.data"
  public static let summary = "Reads a picture's file"
  public static let documentation = """
    For whoever is not told a `path`. The file is a JPEG. What is larger than a line is fetched with `download.read`.
    """
  public static let access = MethodAccess.reads
  public static let mayBeLarge = true
  public static let errors: [ErrorCode] = [.notFound, .storageFailed]
  public static let example = MethodExample(
    Params(image: Example.image, thumb: true),
    Result(mime: "image/jpeg", data: Data([0xFF, 0xD8, 0xFF, 0xD9])))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var image: ULID
    public var thumb: Bool?

    public init(image: ULID, thumb: Bool? = nil) {
      self.image = image
      self.thumb = thumb
    }

    public static let fields = [
      "image": "Which one.",
      "thumb": "The small one, at most 256 pixels a side.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var mime: String
    public var data: Data

    public init(mime: String, data: Data) {
      self.mime = mime
      self.data = data
    }

    public static let fields = [
      "mime": "What the bytes are.",
      "data": "The file, in base64.",
    ]
  }
}
