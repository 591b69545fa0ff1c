import Base
import Model
import Providers

/// Who writes in which chat: one holder at a time. A turn that generates is named to whoever comes second; behind an edit, which lasts
/// for one commit, one waits in order.
///
/// In memory only: a daemon that starts has no writers, and closes what an earlier one left open before it answers. On the loop, so
/// taking and giving back need no lock of their own.
@Loop
final class ChatLocks {
  private struct Place: Hashable {
    let owner: Owner
    let chat: ULID
  }

  private struct Holder {
    /// The turn that generates; nil for an edit, and for a turn whose beginning is not committed yet.
    var turn: ULID?
    /// Those who come next.
    var waiting: [Waiter] = []
  }

  private final class Waiter {
    let latch = Latch()
    /// The turn that is in the way; nil when the lock is the waiter's.
    private(set) var obstacle: ULID?

    func wake(_ obstacle: ULID?) {
      self.obstacle = obstacle
      latch.open()
    }
  }

  private var holders: [Place: Holder] = [:]

  var isEmpty: Bool { holders.isEmpty }

  /// The turn that generates in a chat.
  func turn(in chat: ULID, of owner: Owner) -> ULID? { holders[Place(owner: owner, chat: chat)]?.turn }

  /// Whether anybody stands behind the holder.
  func hasWaiting(_ chat: ULID, of owner: Owner) -> Bool {
    holders[Place(owner: owner, chat: chat)]?.waiting.isEmpty == false
  }

  /// Takes the lock as an edit, or throws `busy` with a turn that runs.
  func take(_ chat: ULID, of owner: Owner) async throws(EngineError) {
    let place = Place(owner: owner, chat: chat)
    guard let holder = holders[place] else {
      holders[place] = Holder()
      return
    }
    var obstacle = holder.turn
    if obstacle == nil {
      let waiter = Waiter()
      holders[place]?.waiting.append(waiter)
      await waiter.latch.wait()
      obstacle = waiter.obstacle
    }
    if let obstacle { throw .busy(turn: obstacle) }
  }

  /// What was an edit or another turn is this turn from here on: it runs, and who waits is told.
  func pass(_ chat: ULID, of owner: Owner, to turn: ULID) {
    let place = Place(owner: owner, chat: chat)
    guard let holder = holders[place] else {
      preconditionFailure("a lock is passed on by who does not hold it")
    }
    holders[place] = Holder(turn: turn)
    for waiter in holder.waiting { waiter.wake(turn) }
  }

  /// Giving back what one does not hold is a fault.
  func release(_ chat: ULID, of owner: Owner) {
    let place = Place(owner: owner, chat: chat)
    guard var holder = holders[place] else {
      preconditionFailure("a lock is given back by who does not hold it")
    }
    guard !holder.waiting.isEmpty else {
      holders[place] = nil
      return
    }
    let next = holder.waiting.removeFirst()
    holder.turn = nil
    holders[place] = holder
    next.wake(nil)
  }

  /// Does something to a chat that nobody else writes in meanwhile; `busy` while a turn generates there. A repetition of a call that
  /// was made before is answered from the record, whatever runs.
  func exclusively<Value>(
    _ chat: ULID, of owner: Owner, _ recording: Recording<Value>?, _ surroundings: Engine.Surroundings,
    _ body: @Loop () async throws(EngineError) -> Recorded<Value>
  ) async throws(EngineError) -> Recorded<Value> {
    do throws(EngineError) {
      try await take(chat, of: owner)
    } catch {
      if let recording, let known = try await surroundings.replay(recording, of: owner) { return known }
      throw error
    }
    defer { release(chat, of: owner) }
    return try await body()
  }
}
