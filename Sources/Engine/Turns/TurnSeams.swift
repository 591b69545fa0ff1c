import Base
import Model
import Providers
import Store

/// What the last commit of a reply left.
struct SavedReply: Sendable {
  /// As it is stored; nil when there is no text.
  var message: Message?
  /// As it was to be, or that of the tail that follows.
  var phase: Turn.Phase
}

/// What a running turn is given: time, the loop's telling, and the two ways to the disk.
@Loop
struct TurnSeams {
  var clock: any Clock<Duration>
  var wallClock: WallClock
  var log: Log
  /// How the scene is read once the reply is stored; nil when it is not.
  var analysing: AnalysisRule?
  /// A task that stays on the loop between its waits: hundreds of streams need one every 100 ms.
  var begin: @Loop (_ body: @escaping @Loop () async -> Void) -> Task<Void, Never>
  var publish: @Loop (Event) -> Void
  /// The turn's log has more.
  var grew: @Loop (ULID) -> Void
  /// Hands the text so far to the writer and does not wait; `then` is called once the writer is done with it, well or badly.
  var checkpoint: @Loop (RunningTurn, _ text: String, _ then: @escaping @Loop @Sendable () -> Void) -> Void
  /// The last commit: message, turn, head.
  var save: @Loop (RunningTurn, _ phase: Turn.Phase) async throws(EngineError) -> SavedReply
  /// Closes the turn as it is, without a message, as well as it can be.
  var giveUp: @Loop (RunningTurn) async -> Void
}
