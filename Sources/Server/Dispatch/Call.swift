import Base
import Model
package import Posix
import Wire

/// One request on its way: who asks, how its reply goes back, and whether it may still be taken back.
///
/// Lives on the loop from the start of a handler to its reply. When the peer vanishes the handler goes on (what it does is the owner's,
/// not the connection's) and its outcome is dropped.
@Loop
package final class Call {
  /// How far a call has gone, for `call.cancel`.
  enum Stage {
    /// Nothing has happened yet that could not be undone by forgetting it.
    case open
    /// Its effect is with the writer: it will end with its own result.
    case effective
    case cancelled
    case answered
  }

  enum Slot {
    case single(RequestID)
    case entry(BatchReply, Int, RequestID?)
    case notification
  }

  let number: UInt64
  let slot: Slot
  /// nil once the connection is gone. Strong, because a weak reference slows down every use of what it points to.
  var session: Session?
  let server: Server
  let identity: Identity
  var stage = Stage.open
  var task: Task<Void, Never>?
  /// What its parameters may hold while its handler waits.
  var heldBytes = 0
  /// Runs once the reply stands in the outbox, for what must not come before it.
  var afterReply: (@Loop () -> Void)?

  init(number: UInt64, slot: Slot, session: Session, server: Server) {
    self.number = number
    self.slot = slot
    self.session = session
    self.server = server
    identity = session.identity
  }

  /// What a handler logs with; made when asked for, since most calls say nothing.
  var log: Log { server.log.with("call", number).with("uid", identity.owner) }

  var origin: Origin { Origin(number: number) }

  /// To be called right before an effect is handed over, with no suspension in between. Throws when the call was cancelled.
  func begin() throws(RPCError) {
    guard stage == .open else { throw .cancelled }
    stage = .effective
  }
}

/// Who is at the other end, and what they may do.
struct Identity: Sendable {
  let owner: Owner
  let pid: Int32
  let isAdmin: Bool

  init(owner: Owner, pid: Int32, isAdmin: Bool) {
    self.owner = owner
    self.pid = pid
    self.isAdmin = isAdmin
  }
}
