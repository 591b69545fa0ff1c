import Glibc

/// Where things are, by the rules every side shares: the daemon, the client library, and the README's shell examples.
public struct Places: Sendable {
  private let environment: [String: String]
  private let uid: UInt32
  private let home: String
  private let ownsFolder: @Sendable (String) -> Bool

  public init(
    environment: [String: String], uid: UInt32? = nil, home: String? = nil,
    ownsFolder: (@Sendable (String) -> Bool)? = nil
  ) {
    self.environment = environment.filter { !$0.value.isEmpty }
    let uid = uid ?? getuid()
    self.uid = uid
    self.home = home ?? environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? "/"
    self.ownsFolder =
      ownsFolder ?? { path in
        var status = stat()
        return unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR && status.st_uid == uid
      }
  }

  public static let systemSocket = "/run/companion/companiond.sock"
  public static let systemData = "/var/lib/companion"

  /// The folder of the per-user socket; made 0700 by the daemon when it is missing.
  public var runtimeFolder: String {
    if let runtime = environment["XDG_RUNTIME_DIR"], runtime.hasPrefix("/") { return runtime + "/companion" }
    let run = "/run/user/\(uid)"
    return ownsFolder(run) ? run + "/companion" : "/tmp/companion-\(uid)"
  }

  /// `COMPANION_SOCKET`, else the per-user place.
  public var socket: String { environment["COMPANION_SOCKET"] ?? runtimeFolder + "/companiond.sock" }

  public var dataFolder: String {
    if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") { return data + "/companion" }
    return home + "/.local/share/companion"
  }

  public var configFolder: String {
    if let config = environment["XDG_CONFIG_HOME"], config.hasPrefix("/") { return config + "/companion" }
    return home + "/.config/companion"
  }
}
