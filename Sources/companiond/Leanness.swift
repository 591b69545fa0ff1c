import Engine
import Posix
import Server
import Store

/// Gives back the memory of a busy time once nothing has happened for a while: a daemon that waits for its person is to cost them
/// next to nothing, whatever it did before.
///
/// Told of every call and connection that ends. A few of them leave nothing worth a wake-up; after many there is one timer, and none
/// while nothing happens.
@Loop
final class Leanness {
  private static let delay = Duration.seconds(5)
  /// So many endings are a busy time.
  private static let busy = 64

  private let engine: Engine
  private let vaults: Vaults
  private var endings = 0
  private var isArmed = false
  /// Something ended since the timer was set.
  private var hasHappened = false

  init(engine: Engine, vaults: Vaults) {
    self.engine = engine
    self.vaults = vaults
  }

  func somethingEnded(on server: Server) {
    endings += 1
    hasHappened = true
    if endings >= Self.busy, !isArmed { arm(server) }
  }

  private func arm(_ server: Server) {
    isArmed = true
    hasHappened = false
    EventLoop.shared.after(Self.delay) {
      // Replies that still stream end without a call that ends.
      if self.hasHappened || self.engine.turns.count > 0 || server.runningCalls > 0 {
        return self.arm(server)
      }
      self.isArmed = false
      self.endings = 0
      Loop.begin { await self.giveBack(server) }
    }
  }

  private func giveBack(_ server: Server) async {
    server.releaseMemory()
    for vault in vaults.all { await vault.releaseMemory() }
    Memory.giveBack()
  }
}
