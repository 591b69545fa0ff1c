public import Base
import Model
public import Wire

/// What is heard of a turn that this client listens to, put in order: whatever happens to connections and daemons, the
/// texts of one turn follow each other without a gap and without a repetition.
///
/// A turn `began` once and `ended` once. Only after `reset` it begins anew, because what was told of it is not what it has.
public enum StreamNews: Hashable, Sendable {
  case began(StreamBegin.Params)
  /// `from` is where the last one of this turn and kind left off.
  case delta(StreamDelta.Params)
  /// What was told of this turn's text is to be forgotten: it is told again from its beginning.
  case reset(turn: ULID)
  case phase(TurnPhaseNotification.Params)
  case ended(StreamEnd.Params)
  /// The daemon does not stream this turn any more, and says why; nothing further comes of it.
  case gone(turn: ULID, RPCError)

  public var turn: ULID {
    switch self {
    case .began(let begin): begin.turn.id
    case .delta(let delta): delta.turn
    case .reset(let turn), .gone(let turn, _): turn
    case .phase(let phase): phase.turn
    case .ended(let end): end.turn.id
    }
  }
}

/// What a session knows of streams: which chats are followed, and how far each turn's text has been told.
///
/// It holds no text, only offsets: one small record for each stream that has not ended, and the last few that have.
struct StreamFeed: Sendable {
  struct Open: Sendable {
    var isBegun = false
    /// Told up to here, in bytes; where another connection goes on.
    var next: Int64 = 0
    var reasoningNext: Int64 = 0
    var wantsReasoning = false
    /// `turn.attach` is under way: what still comes belongs to the place before it and is told again from the new one.
    var isAttaching = false
  }

  /// Far more than a connection gets from a daemon; one that begins more streams without ending any is no companiond.
  static let mostOpen = 1024
  private static let mostRemembered = 64

  /// Chats, in the order they were asked for.
  var follows: [ULID] = []
  var open: [ULID: Open] = [:]
  /// Turns that ended, or that nobody wants any more: a call that is sent again may have them streamed once more.
  private var over: [ULID] = []

  func isOver(_ turn: ULID) -> Bool { over.contains(turn) }

  mutating func end(_ turn: ULID) {
    open[turn] = nil
    guard !over.contains(turn) else { return }
    over.append(turn)
    if over.count > Self.mostRemembered { over.removeFirst() }
  }

  mutating func forgetEnd(_ turn: ULID) { over.removeAll { $0 == turn } }

  mutating func connectionLost() {
    for turn in open.keys { open[turn]?.isAttaching = false }
  }
}
