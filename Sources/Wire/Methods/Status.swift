public import Base

/// What the daemon is doing, for a person or a status bar.
public enum Status: Method {
  public typealias Params = Empty

  public static let name = "status"
  public static let summary = "Tells what the daemon is and what it is doing"
  public static let documentation = """
    Numbers are of the moment and of all owners together; `vault` is the caller's own. Paths are absolute, as the \
    daemon sees them.
    """
  public static let access = MethodAccess.reads
  public static let example = MethodExample(
    Empty(),
    Result(
      server: Hello.Server(version: "1.0.0"), boot: "01JD7Q2M4X8YV5T3N9C6B1R0ZK", pid: 2317,
      startedAt: Timestamp(milliseconds: 1_795_169_478_042), uptimeMs: 86_400_000, mode: .user,
      activated: true, state: .running, socket: "/run/user/1000/companion/companiond.sock",
      data: "/home/mira/.local/share/companion", connections: 3, subscriptions: 2, calls: 1, owners: 1,
      vault: Vault(change: 4711, open: true), memoryBytes: 14_680_064, idleExitMs: 900_000,
      sandbox: Sandbox(noNewPrivileges: true, seccomp: true)))

  /// Whom the daemon serves: the one who started it, or everybody in its group.
  public enum Mode: String, Codable, Hashable, Sendable, CaseIterable { case user, system }

  public enum State: String, Codable, Hashable, Sendable, CaseIterable { case starting, running, stopping }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var server: Hello.Server
    public var boot: String
    public var pid: Int
    public var startedAt: Timestamp
    public var uptimeMs: Int64
    public var mode: Mode
    public var activated: Bool
    public var state: State
    public var socket: String
    public var data: String
    public var connections: Int
    public var subscriptions: Int
    public var calls: Int
    public var owners: Int
    public var vault: Vault
    public var memoryBytes: Int64
    public var idleExitMs: Int64?
    public var sandbox: Sandbox?

    public init(
      server: Hello.Server, boot: String, pid: Int, startedAt: Timestamp, uptimeMs: Int64, mode: Mode,
      activated: Bool, state: State, socket: String, data: String, connections: Int, subscriptions: Int,
      calls: Int, owners: Int, vault: Vault, memoryBytes: Int64, idleExitMs: Int64? = nil,
      sandbox: Sandbox? = nil
    ) {
      self.server = server
      self.boot = boot
      self.pid = pid
      self.startedAt = startedAt
      self.uptimeMs = uptimeMs
      self.mode = mode
      self.activated = activated
      self.state = state
      self.socket = socket
      self.data = data
      self.connections = connections
      self.subscriptions = subscriptions
      self.calls = calls
      self.owners = owners
      self.vault = vault
      self.memoryBytes = memoryBytes
      self.idleExitMs = idleExitMs
      self.sandbox = sandbox
    }

    public static let fields = [
      "server": "What answers.",
      "boot": "Another one at each start.",
      "pid": "The daemon's process.",
      "startedAt": "When it started.",
      "uptimeMs": "How long ago that is, by a clock that nobody sets.",
      "mode": "`user`: serves its own uid. `system`: serves everybody in its group, each with a vault.",
      "activated": "Whether systemd holds the listening socket and starts the daemon when somebody connects.",
      "state": "`stopping` from the moment it was asked to, while calls end.",
      "socket": "Where it listens.",
      "data": "The folder of the vaults.",
      "connections": "Open connections, this one included.",
      "subscriptions": "Subscriptions of all connections.",
      "calls": "Calls running now, this one included.",
      "owners": "Owners whose vault is open.",
      "vault": "The caller's own vault.",
      "memoryBytes": "Memory the process holds (resident).",
      "idleExitMs": "It ends after this long without anything to do; absent when it never does.",
      "sandbox": "How the kernel confines it; absent where that cannot be told.",
    ]
  }

  public struct Vault: Codable, Hashable, Sendable, Documented {
    public var change: Int64
    public var open: Bool

    public init(change: Int64, open: Bool) {
      self.change = change
      self.open = open
    }

    public static let fields = [
      "change": "Its durable counter at the last commit.",
      "open": "False while it cannot be written (the disk is full, an I/O error); `health` says why.",
    ]
  }

  public struct Sandbox: Codable, Hashable, Sendable, Documented {
    public var noNewPrivileges: Bool
    public var seccomp: Bool

    public init(noNewPrivileges: Bool, seccomp: Bool) {
      self.noNewPrivileges = noNewPrivileges
      self.seccomp = seccomp
    }

    public static let fields = [
      "noNewPrivileges": "It cannot gain rights by running another program.",
      "seccomp": "System calls are filtered.",
    ]
  }
}
