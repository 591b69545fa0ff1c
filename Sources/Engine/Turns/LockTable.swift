import Base
import Model

/// Who writes in which chat: one holder at a time, named to whoever comes second.
///
/// In memory only: a daemon that starts has no writers, and closes what an earlier one left open before it answers. On the loop's
/// executor, so taking and giving back need no lock of their own.
struct LockTable {
  enum Holder: Hashable, Sendable {
    /// A turn that generates; `busy` names it.
    case turn(ULID)
    /// An edit, a deletion, a line added by hand: held for the time of one commit.
    case edit
  }

  private struct Place: Hashable {
    let owner: Owner
    let chat: ULID
  }

  private var holders: [Place: Holder] = [:]

  func holder(of chat: ULID, owner: Owner) -> Holder? { holders[Place(owner: owner, chat: chat)] }

  /// False when somebody has it.
  mutating func take(_ chat: ULID, owner: Owner, for holder: Holder) -> Bool {
    let place = Place(owner: owner, chat: chat)
    guard holders[place] == nil else { return false }
    holders[place] = holder
    return true
  }

  /// Giving back what one does not hold is a fault.
  mutating func release(_ chat: ULID, owner: Owner, by holder: Holder) {
    let place = Place(owner: owner, chat: chat)
    precondition(holders[place] == holder, "a lock is given back by who does not hold it")
    holders[place] = nil
  }

  var isEmpty: Bool { holders.isEmpty }
}
