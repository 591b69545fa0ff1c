public import Base
public import Model

/// Into the trash.
public enum ImageDelete: Method {
  public static let name = "image.delete"
  public static let summary = "Deletes a picture"
  public static let documentation = """
    It goes into the trash; its files go when the trash is emptied and no other picture has the same content. \
    `image.deleted` follows the reply.
    """
  public static let access = MethodAccess.writes
  public static let errors: [ErrorCode] = [.notFound, .storageFull, .storageFailed]
  public static let example = MethodExample(
    Params(image: Example.image), Result(trash: .exampleImage))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var image: ULID

    public init(image: ULID) { self.image = image }

    public static let fields = [
      "image": "Which one."
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var trash: TrashEntry

    public init(trash: TrashEntry) { self.trash = trash }

    public static let fields = [
      "trash": "What brings it back."
    ]
  }
}
