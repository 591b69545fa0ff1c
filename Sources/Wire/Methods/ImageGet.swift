public import Base
public import Model

/// One picture, without its bytes.
public enum ImageGet: Method {
  public static let name = "image.get"
  public static let summary = "Tells of a picture"
  public static let documentation = """
    What it is, where it comes from and what it was asked for with. A picture's bytes never change.
    """
  public static let access = MethodAccess.reads
  public static let errors: [ErrorCode] = [.notFound]
  public static let example = MethodExample(
    Params(image: Example.image), Result(image: .example))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var image: ULID

    public init(image: ULID) { self.image = image }

    public static let fields = [
      "image": "Which one."
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var image: Image

    public init(image: Image) { self.image = image }

    public static let fields = [
      "image": "The picture."
    ]
  }
}
