public import Base
public import Model

/// Pictures of an owner, a page at a time.
public enum ImageList: Method {
  public static let name = "image.list"
  public static let summary = "Lists pictures, the newest first"
  public static let documentation = """
    Of a companion, of a chat, of one kind, or all there are. Ask again with `cursor` set to `next` until it is \
    absent. The files are read from `path` and `thumb` where those are told, else with `image.data`.
    """
  public static let access = MethodAccess.reads
  public static let errors: [ErrorCode] = [.notFound]
  public static let example = MethodExample(
    Params(companion: "ada"), Result(images: [.example]))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var companion: String?
    public var chat: ULID?
    public var kind: Image.Kind?
    public var cursor: String?
    public var limit: Int?

    public init(
      companion: String? = nil, chat: ULID? = nil, kind: Image.Kind? = nil, cursor: String? = nil,
      limit: Int? = nil
    ) {
      self.companion = companion
      self.chat = chat
      self.kind = kind
      self.cursor = cursor
      self.limit = limit
    }

    public static let fields = [
      "companion": "Only of this one: an id, a handle, or an unambiguous beginning.",
      "chat": "Only of this chat.",
      "kind": "Only of this kind.",
      "cursor": "As `next` of the page before.",
      "limit": "How many to give at most.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var images: [Image]
    public var next: String?

    public init(images: [Image], next: String? = nil) {
      self.images = images
      self.next = next
    }

    public static let fields = [
      "images": "The page.",
      "next": "Where the next page begins; absent at the end.",
    ]
  }
}
