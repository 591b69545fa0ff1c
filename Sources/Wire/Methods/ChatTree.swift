public import Base
public import Model

/// How a chat branches.
public enum ChatTree: Method {
  public static let name = "chat.tree"
  public static let summary = "Reads how a chat's messages hang together"
  public static let documentation = """
    Level by level from the root, or from all openings, so that a limit leaves the lower levels out. `more` names \
    those whose children did not all fit: ask again with each as `root`.
    """
  public static let access = MethodAccess.reads
  public static let mayBeLarge = true
  public static let errors: [ErrorCode] = [.notFound]
  public static let example = MethodExample(
    Params(chat: Example.chat),
    Result(
      nodes: [
        Node(id: Example.line, role: .user, at: Example.at, children: 1, preview: Example.question),
        Node(
          id: Example.reply, parent: Example.line, role: .assistant, at: Example.later, children: 0,
          preview: Example.answer),
      ], more: []))

  public struct Node: Codable, Hashable, Sendable, Documented {
    public var id: ULID
    public var parent: ULID?
    public var role: Message.Role
    public var at: Timestamp
    public var children: Int
    public var preview: String

    public init(
      id: ULID, parent: ULID? = nil, role: Message.Role, at: Timestamp, children: Int, preview: String
    ) {
      self.id = id
      self.parent = parent
      self.role = role
      self.at = at
      self.children = children
      self.preview = preview
    }

    public static let fields = [
      "id": "The message.",
      "parent": "The message before it, by id; absent for an opening.",
      "role": "Who speaks.",
      "at": "When it was made.",
      "children": "How many messages stand right under it.",
      "preview": "The first 120 characters of its text.",
    ]
  }

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var chat: ULID
    public var root: ULID?
    public var depth: Int?
    public var limit: Int?

    public init(chat: ULID, root: ULID? = nil, depth: Int? = nil, limit: Int? = nil) {
      self.chat = chat
      self.root = root
      self.depth = depth
      self.limit = limit
    }

    public static let fields = [
      "chat": "Which one.",
      "root": "Where to begin; absent is all openings.",
      "depth": "Levels below the root, 0 to 10000; 50 when absent.",
      "limit": "Messages to give at most, 1 to 5000; 500 when absent.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var nodes: [Node]
    public var more: [ULID]

    public init(nodes: [Node], more: [ULID]) {
      self.nodes = nodes
      self.more = more
    }

    public static let fields = [
      "nodes": "Parents before their children.",
      "more": "By id.",
    ]
  }
}
