import Glibc

/// A program that can be measured: how to start it, and what to say to it.
struct Subject: Sendable {
  /// What its clients connect to.
  enum Door { case socket, stdio }

  let name: String
  let program: String
  let door: Door
  /// Files it needs in its folder, by name.
  var files: @Sendable (_ folder: String) -> [String: String] = { _ in [:] }
  let arguments: @Sendable (_ folder: String) -> [String]
  var environment: @Sendable (_ folder: String) -> [String: String]
  /// Lines it says of its own accord on a new connection.
  var greetingLines = 0
  /// Its cheapest request, answered by one line; `number` tells apart those that are under way together.
  let ping: @Sendable (_ number: Int) -> [UInt8]
  /// How it is asked to tell many listeners something; nil where it has no such thing.
  var publishing: Publishing?

  struct Publishing: Sendable {
    /// Makes a connection a listener, and how many lines say so.
    let subscribe: [UInt8]
    let subscribedLines: Int
    /// Publishes to all listeners a text of the size measured.
    let publish: @Sendable (_ number: Int) -> [UInt8]
    /// How many line ends an event has.
    let eventLines: Int
    /// The clock starts when the publisher has its reply instead of when it asks: see `FanOut`.
    let countsFromReply: Bool
  }

  static func socket(in folder: String) -> String { folder + "/s" }

  /// Those of the peers that are in PATH.
  static func installedPeers() -> [Subject] {
    [redis, mpd, deltachat].filter { isInstalled($0.program) }
  }

  static func isInstalled(_ program: String) -> Bool {
    let path = unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? "/usr/bin:/bin"
    return path.split(separator: ":").contains { unsafe access("\($0)/\(program)", X_OK) == 0 }
  }
}
