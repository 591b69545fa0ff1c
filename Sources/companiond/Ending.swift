import Base
import Posix
import Server
import Wire

/// The orderly end: running calls finish within their grace, everybody is told goodbye, then the vaults close.
@Loop
final class Ending {
  private enum Stage { case finishingCalls, sayingGoodbye, closing }

  private let server: Server
  private let reason: ServerClosing.Reason
  private let close: @Loop () async -> Void
  private var stage = Stage.finishingCalls
  private var lookIsDue = false

  init(
    _ server: Server, reason: ServerClosing.Reason, grace: Duration, close: @escaping @Loop () async -> Void
  ) {
    self.server = server
    self.reason = reason
    self.close = close
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
    case .closing: break
    }
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
    guard stage != .closing else { return }
    stage = .closing
    Loop.begin { await self.close() }
  }
}
