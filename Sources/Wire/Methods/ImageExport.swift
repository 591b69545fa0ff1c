public import Base

/// Names for files outside.
public enum ImageExport: Method {
  public static let name = "image.export"
  public static let summary = "Tells where pictures' files are and what copies may be called"
  public static let documentation = """
    For saving them elsewhere: `path` is told to the user whose files the daemon's are; everybody else reads the \
    bytes with `image.data`. `name` is safe in any folder and different for each.
    """
  public static let access = MethodAccess.reads
  public static let errors: [ErrorCode] = [.notFound]
  public static let example = MethodExample(
    Params(images: [Example.image]),
    Result(files: [File(image: Example.image, name: "ada-portrait-2026-11-20-1.jpg")]))

  public struct File: Codable, Hashable, Sendable, Documented {
    public var image: ULID
    public var path: String?
    public var name: String

    public init(image: ULID, path: String? = nil, name: String) {
      self.image = image
      self.path = path
      self.name = name
    }

    public static let fields = [
      "image": "Which picture.",
      "path": "Its file, absolute; only for the user whose files the daemon's are.",
      "name": "What a copy may be called.",
    ]
  }

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var images: [ULID]

    public init(images: [ULID]) { self.images = images }

    public static let fields = [
      "images": "1 to 200 pictures."
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var files: [File]

    public init(files: [File]) { self.files = files }

    public static let fields = [
      "files": "One for each, in the same order."
    ]
  }
}
