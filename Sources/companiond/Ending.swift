import Base
import Posix
import Server
import Wire

/// The orderly end: running calls finish within their grace, everybody is told goodbye, replies are stored as far as they got, then the
/// vaults close. Each step has its time, so that neither a peer nor a disk can keep the daemon.
@Loop
final class Ending {
  private enum Stage { case finishingCalls, sayingGoodbye, storing, closing }

  /// What storing gets where the calls have used up the grace.
  private static let leastTimeToStore = Duration.seconds(1)

  private let server: Server
  private let reason: ServerClosing.Reason
  private let deadline: LoopClock.Instant
  private let store: @Loop () async -> Void
  private let close: @Loop () async -> Void
  private var stage = Stage.finishingCalls
  private var lookIsDue = false

  init(
    _ server: Server, reason: ServerClosing.Reason, grace: Duration, store: @escaping @Loop () async -> Void,
    close: @escaping @Loop () async -> Void
  ) {
    self.server = server
    self.reason = reason
    self.store = store
    self.close = close
    deadline = LoopClock().now.advanced(by: grace)
    server.beginStopping()
    EventLoop.shared.after(grace) { [weak self] in self?.sayGoodbye() }
  }

  /// Something ended; perhaps that was what was waited for. Looked at before the loop waits again: who calls may be in the
  /// middle of a connection's line, and connections are closed here.
  func look() {
    guard !lookIsDue else { return }
    lookIsDue = true
    EventLoop.shared.beforeNextWait {
      self.lookIsDue = false
      self.proceed()
    }
  }

  private func proceed() {
    switch stage {
    case .finishingCalls: if server.runningCalls == 0 { sayGoodbye() }
    case .sayingGoodbye: if server.connectionCount == 0 { finish() }
    case .storing, .closing: break
    }
  }

  /// Whoever asks again has no patience: every step is over now.
  func hurry() {
    if stage == .finishingCalls { sayGoodbye() }
    if stage == .sayingGoodbye {
      server.abandonAll()
      finish()
    }
    closeUp()
  }

  private func sayGoodbye() {
    guard stage == .finishingCalls else { return }
    stage = .sayingGoodbye
    server.closeAll(reason, retryMs: 50)
    // A peer that does not read its goodbye loses it.
    EventLoop.shared.after(.seconds(1)) { [weak self] in
      guard let self, stage == .sayingGoodbye else { return }
      server.abandonAll()
      finish()
    }
    look()
  }

  private func finish() {
    guard stage == .sayingGoodbye else { return }
    stage = .storing
    let rest = max(LoopClock().now.duration(to: deadline), Self.leastTimeToStore)
    EventLoop.shared.after(rest) { self.closeUp() }
    Loop.begin {
      await self.store()
      self.closeUp()
    }
  }

  private func closeUp() {
    guard stage == .storing else { return }
    stage = .closing
    Loop.begin { await self.close() }
  }
}
