import TestSupport
import Testing

/// companiond for all users of a machine, under a uid of its own, and a way to speak to it as any of them.
///
/// Who connects is what the kernel says, so every person has a socat of their own uid between the test and the daemon.
final class MachineDaemon {
  /// The daemon's own uid, which may see to its affairs.
  static let uid: UInt32 = 4000

  let upstream = ScriptedUpstream()
  let daemon: DaemonFixture
  private var relays: [UInt32: ChildProgram] = [:]

  static var isPossible: Bool { isRoot && tool("setpriv") != nil && tool("socat") != nil }

  init() throws {
    let folder = try TemporaryFolder()
    let program = try DaemonFixture.shared(in: folder)
    // Others may go through, to their relays and to the socket.
    try setMode(0o711, of: folder.path)
    daemon = try DaemonFixture(
      config: Conversation.configuration(upstream.url), options: ["--system"], in: folder, program: program,
      wrapper: Self.becoming(Self.uid), starts: false)
    for path in [folder.path, daemon.config] { try setOwner(Self.uid, of: path) }
    try daemon.start()
    // In place of the group that the installation makes.
    try setMode(0o666, of: daemon.socket)
  }

  deinit { upstream.stop() }

  /// A command's beginning that runs the rest as this user.
  static func becoming(_ uid: UInt32) -> [String] {
    ["/usr/bin/setpriv", "--reuid", "\(uid)", "--regid", "\(uid)", "--clear-groups"]
  }

  /// A connection of this user; root needs nobody in between.
  func connect(as uid: UInt32) throws -> LineClient {
    guard uid != 0 else { return try daemon.lines() }
    let folder = daemon.folder.file("\(uid)")
    if relays[uid] == nil {
      try makeFolder(folder, mode: 0o700, owner: uid)
      let command =
        Self.becoming(uid) + [
          try #require(tool("socat")), "UNIX-LISTEN:\(folder)/s,fork", "UNIX-CONNECT:\(daemon.socket)",
        ]
      let relay = try ChildProgram(command[0], Array(command.dropFirst()))
      // The name is there a moment before somebody listens.
      while (try? LineClient(path: folder + "/s")) == nil {
        try #require(!relay.isOver(after: .milliseconds(2)), "\(relay.err)")
      }
      relays[uid] = relay
    }
    return try LineClient(path: folder + "/s")
  }
}
