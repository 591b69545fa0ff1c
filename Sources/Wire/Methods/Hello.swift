import Base

/// The two sides tell each other who they are.
public enum Hello: Method {
  public static let name = "hello"
  public static let summary = "Tells each side who the other is and what it may rely on"
  public static let documentation = """
    Optional: a script may call any method straight away. Clients test `features`, never versions. `boot` is another \
    at each start of the daemon: while it is the same, `events.subscribe` can go on from a `seq`; when it is not, \
    `sync.changes` since the `change` last seen tells what was missed.
    """
  public static let access = MethodAccess.reads
  public static let errors: [ErrorCode] = [.unsupported]
  public static let example = MethodExample(
    Params(client: Client(name: "notebook", version: "0.3"), protocol: 1),
    Result(
      server: Server(name: "companiond", version: "1.0.0"), protocol: 1, boot: "01JD7Q2M4X8YV5T3N9C6B1R0ZK",
      change: 4711, identity: Identity(uid: 1000, user: "mira", scopes: [.owner, .admin]),
      limits: Limits(Base.Limits()), features: ["chats", "events", "settings", "transfers"]))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var client: Client?
    public var `protocol`: Int?

    public init(client: Client? = nil, protocol: Int? = nil) {
      self.client = client
      self.protocol = `protocol`
    }

    public static let fields = [
      "client": "Who calls; shown in the log and nowhere else.",
      "protocol": "The version of this contract the client was written for. Another than 1 is `unsupported`.",
    ]
  }

  public struct Client: Codable, Hashable, Sendable, Documented {
    public var name: String
    public var version: String?

    public init(name: String, version: String? = nil) {
      self.name = name
      self.version = version
    }

    public static let fields = [
      "name": "The program's name.",
      "version": "The program's version, in any form.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var server: Server
    public var `protocol`: Int
    public var boot: String
    public var change: Int64
    public var identity: Identity
    public var limits: Limits
    public var features: [String]

    public init(
      server: Server, protocol: Int = 1, boot: String, change: Int64, identity: Identity, limits: Limits,
      features: [String]
    ) {
      self.server = server
      self.protocol = `protocol`
      self.boot = boot
      self.change = change
      self.identity = identity
      self.limits = limits
      self.features = features
    }

    public static let fields = [
      "server": "What answers.",
      "protocol": "The version of this contract that is spoken.",
      "boot": "Another one at each start of the daemon; to be compared, not read.",
      "change": "The counter of the caller's vault at its last commit, for `sync.changes`.",
      "identity": "Who the kernel says the caller is.",
      "limits": "How much of everything.",
      "features": "Words for what this daemon can do, in alphabetical order.",
    ]
  }

  public struct Server: Codable, Hashable, Sendable, Documented {
    public var name: String
    public var version: String

    public init(name: String = "companiond", version: String) {
      self.name = name
      self.version = version
    }

    public static let fields = [
      "name": "Always `companiond`.",
      "version": "The daemon's version, for people; programs look at `features`.",
    ]
  }

  public struct Identity: Codable, Hashable, Sendable, Documented {
    public var uid: UInt32
    public var user: String?
    public var scopes: [MethodScope]

    public init(uid: UInt32, user: String?, scopes: [MethodScope]) {
      self.uid = uid
      self.user = user
      self.scopes = scopes
    }

    public static let fields = [
      "uid": "The peer's uid.",
      "user": "Its name; absent where the system knows none.",
      "scopes": "`owner`: has a vault here. `admin`: may also call what needs that scope.",
    ]
  }
}
