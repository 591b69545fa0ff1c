package import Base
import Model
package import Posix
import Wire

/// Who may connect: the owner alone, or everybody the system's group lets in, up to a number; and where there are several, none of
/// them has more than half of all places.
@Loop
package final class Admission {
  package enum Mode: Sendable {
    /// Only the daemon's own uid, and nobody else, root included.
    case ownUser(UInt32)
    /// Every uid the socket's mode lets in, each with its own vault.
    case everyUser(daemon: UInt32)
  }

  enum Verdict {
    case admitted(Identity)
    /// What the peer is told, and what the log says, if anything this time.
    case refused(ServerClosing.Reason, log: String?)
  }

  private let mode: Mode
  private let limit: Int
  private let clock: WallClock
  private var refusals = 0
  private var lastLogged: Timestamp?

  package init(_ mode: Mode, limits: Limits, clock: WallClock) {
    self.mode = mode
    limit = limits.maxConnections
    self.clock = clock
  }

  /// Of all places, and of those that the peer's owner has.
  func judge(
    _ peer: PeerCredentials, connections: Int, ofOwner: Int, isStopping: Bool
  ) -> Verdict {
    if isStopping { return .refused(.stopping, log: nil) }
    let isAdmin: Bool
    switch mode {
    case .ownUser(let uid):
      guard peer.uid == uid else {
        return .refused(.forbidden, log: logLine("uid \(peer.uid) may not use this user's daemon"))
      }
      isAdmin = true
    case .everyUser(let daemon):
      isAdmin = peer.uid == 0 || peer.uid == daemon
    }
    guard connections < limit else {
      return .refused(.tooManyConnections, log: logLine("all \(limit) places are taken"))
    }
    if case .everyUser = mode, !isAdmin {
      guard ofOwner < max(1, limit / 2) else {
        return .refused(
          .tooManyConnections, log: logLine("uid \(peer.uid) has half of all \(limit) places"))
      }
      guard connections < max(1, limit - Self.adminPlaces(of: limit)) else {
        return .refused(
          .tooManyConnections, log: logLine("all of \(limit) places but the administrators' are taken"))
      }
    }
    return .admitted(Identity(owner: Owner(uid: peer.uid), pid: peer.pid, isAdmin: isAdmin))
  }

  /// Kept for those who could help when all others are taken.
  private static func adminPlaces(of limit: Int) -> Int { min(16, limit / 8) }

  /// Once a minute, with how many there were: a storm of connections must not become a storm of lines.
  private func logLine(_ why: String) -> String? {
    refusals += 1
    let now = clock.now()
    if let lastLogged, now >= lastLogged, now - lastLogged < .seconds(60) { return nil }
    let line = "Connections were refused (\(refusals) since the last such line): \(why)."
    (refusals, lastLogged) = (0, now)
    return line
  }
}
