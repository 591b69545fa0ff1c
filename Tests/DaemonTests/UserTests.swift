import FoundationEssentials
import Glibc
import Model
import TestSupport
import Testing

extension EndToEnd {
  /// Real uids on both sides of the socket.
  @Suite(.enabled(if: isRoot && tool("setpriv") != nil && tool("socat") != nil, "changing uids needs root"))
  struct UserTests {
    private static let daemonUser: UInt32 = 4000

    /// A folder and a program that the daemon's user can reach.
    private func daemon(as uid: UInt32, options: [String] = []) throws -> DaemonFixture {
      let folder = try TemporaryFolder()
      let program = try DaemonFixture.shared(in: folder)
      try setMode(0o711, of: folder.path)
      let daemon = try DaemonFixture(
        options: options, in: folder, program: program, wrapper: becoming(uid), starts: false)
      for path in [folder.path, daemon.config] { try setOwner(uid, of: path) }
      try daemon.launch()
      try daemon.waitForLog(containing: "is ready")
      return daemon
    }

    private func becoming(_ uid: UInt32) -> [String] {
      ["/usr/bin/setpriv", "--reuid", "\(uid)", "--regid", "\(uid)", "--clear-groups"]
    }

    /// A connection of another user, its input closed after these lines.
    private func socat(as uid: UInt32, _ lines: [String], to daemon: DaemonFixture) throws -> ChildProgram {
      let command =
        becoming(uid) + [try #require(tool("socat")), "-t", "20", "-", "UNIX-CONNECT:\(daemon.socket)"]
      return try ChildProgram(
        command[0], Array(command.dropFirst()), input: Array(lines.map { $0 + "\n" }.joined().utf8))
    }

    private func ask(as uid: UInt32, _ method: String, _ params: String = "{}", of daemon: DaemonFixture)
      throws
      -> JSONValue
    {
      let line = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\(method)\",\"params\":\(params)}"
      let outcome = try socat(as: uid, [line], to: daemon).outcome()
      #expect(outcome.status == 0, "\(outcome.err)")
      return try JSONDecoder().decode(
        JSONValue.self, from: Data(outcome.out.split(separator: "\n").first.map(String.init)?.utf8 ?? "".utf8)
      )
    }

    @Test func `a person's daemon refuses everybody else, root included`() throws {
      let daemon = try daemon(as: Self.daemonUser)
      let root = try daemon.lines()
      #expect(try root.notification("server.closing")["reason"] == "forbidden")
      try root.waitForEnd()
      try daemon.waitForLog(containing: "uid 0 may not use this user's daemon")
      #expect(try ask(as: Self.daemonUser, "ping", of: daemon).result == .object([:]))
      // The mode keeps others from connecting at all; were it opened by hand, the uid is looked at.
      let shut = try socat(as: 4001, [], to: daemon).outcome()
      #expect(shut.status != 0 && shut.err.contains("Permission denied"), "\(shut.err)")
      try setMode(0o666, of: daemon.socket)
      let open = try socat(as: 4001, [], to: daemon).outcome()
      #expect(open.out.contains(#""method":"server.closing","params":{"reason":"forbidden"}"#), "\(open.out)")
    }

    @Test func `the machine's daemon keeps a vault for each user and its affairs for root and itself`() throws
    {
      let daemon = try daemon(as: Self.daemonUser, options: ["--system"])
      #expect(mode(of: daemon.socket) == 0o660)
      // In place of the group that the installation makes.
      try setMode(0o666, of: daemon.socket)
      for uid in [4001, 4002, 0] as [UInt32] {
        #expect(try ask(as: uid, "hello", of: daemon).result?["identity"]?["uid"]?.integer == Int64(uid))
      }
      let mine = #"{"user":{"name":"four thousand and one"},"key":"same"}"#
      #expect(try ask(as: 4001, "settings.set", mine, of: daemon).result != nil)
      #expect(try ask(as: 4002, "settings.get", of: daemon).result?["settings"]?["user"] == nil)
      // Not even a key is shared.
      let theirs = #"{"user":{"name":"four thousand and two"},"key":"same"}"#
      let set = try ask(as: 4002, "settings.set", theirs, of: daemon).result
      #expect(set?["settings"]?["user"]?["name"] == "four thousand and two" && set?["replayed"] == nil)
      #expect(
        try ask(as: 4001, "settings.get", of: daemon).result?["settings"]?["user"]?["name"]
          == "four thousand and one")
      #expect(
        try ask(as: 4001, "sync.changes", #"{"since":0}"#, of: daemon).result?["items"]?.array?.count == 1)

      #expect(mode(of: daemon.data) == 0o700)
      for name in ["4001", "4002"] {
        #expect(mode(of: daemon.data + "/" + name) == 0o700)
        #expect(owner(of: daemon.data + "/" + name) == Self.daemonUser)
        for file in try names(in: daemon.data + "/" + name) {
          #expect(try #require(mode(of: daemon.data + "/\(name)/\(file)")) & 0o077 == 0)
        }
      }

      for method in ["config.show", "config.reload", "log.level", "metrics", "storage.check", "server.stop"] {
        let params = method == "log.level" ? #"{"level":"info"}"# : "{}"
        let refused = try ask(as: 4001, method, params, of: daemon)
        #expect(refused.code == 12 && refused.reason == "forbidden", "\(method): \(refused)")
        if method != "server.stop" {
          #expect(try ask(as: 0, method, params, of: daemon).result != nil, "\(method) as root")
          #expect(
            try ask(as: Self.daemonUser, method, params, of: daemon).result != nil, "\(method) as itself")
        }
      }
      #expect(try ask(as: 0, "server.stop", of: daemon).result == .object([:]))
      #expect(try daemon.waitForExit() == .exited(0))
    }

    @Test func `events of one user reach no other`() throws {
      let daemon = try daemon(as: Self.daemonUser, options: ["--system"])
      try setMode(0o666, of: daemon.socket)
      let subscribe =
        #"{"jsonrpc":"2.0","id":1,"method":"events.subscribe","params":{"topics":["settings"]}}"#
      let listener = try socat(as: 4001, [subscribe], to: daemon)
      try listener.wait { out, _ in out.contains("subscription") }
      #expect(try ask(as: 4002, "settings.set", #"{"user":{"name":"secret"}}"#, of: daemon).result != nil)
      #expect(try ask(as: 4001, "settings.set", #"{"user":{"name":"mine"}}"#, of: daemon).result != nil)
      try listener.wait { out, _ in out.contains("mine") }
      #expect(!listener.out.contains("secret"))
      #expect(listener.out.split(separator: "\n").count == 2, "\(listener.out)")
    }
  }
}
