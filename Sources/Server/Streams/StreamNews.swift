import Base
import Model
import Posix
import Wire

/// A step of a turn as it stands in the owner's ring, for those who listen to the turn itself.
@Loop
final class StreamNews {
  enum Step {
    case began
    /// With a word about why it lingers.
    case phase(Turn.Phase, String?)
    case ended
    /// The last phase: nothing of the turn comes after it.
    case over(Turn.Phase)
  }

  let step: Step
  let turn: Turn
  /// Nil once the turn is over and nobody reads it any more: then it is rebuilt from the store.
  weak var stream: LiveStream?
  private var encoded: [UInt8]?

  init(_ step: Step, _ turn: Turn) {
    self.step = step
    self.turn = turn
  }

  /// Whether it is told only after all of the text.
  var followsText: Bool {
    switch step {
    case .began: false
    case .phase(let phase, _), .over(let phase):
      switch phase {
      case .queued, .preparing, .responding: false
      default: true
      }
    case .ended: true
    }
  }

  /// The `turn.phase` notification, encoded for the first listener and shared by all.
  func phaseLine(_ phase: Turn.Phase, detail: String? = nil) -> [UInt8] {
    if let encoded { return encoded }
    let params = TurnPhaseNotification.Params(turn: turn.id, chat: turn.chat, phase: phase, detail: detail)
    let line = MessageLine.notification(TurnPhaseNotification.name, params: JSONText.written(params))
    encoded = line
    return line
  }
}

extension Event.Subject {
  /// What it tells those who listen to the turn, if anything.
  @Loop var news: StreamNews? {
    switch self {
    case .streamBegan(let turn, _, _, _): StreamNews(.began, turn)
    case .streamEnded(let turn, _): StreamNews(.ended, turn)
    case .turnPhase(let turn, let detail):
      StreamNews(turn.phase.isOver ? .over(turn.phase) : .phase(turn.phase, detail), turn)
    case .turnEnded(let turn): StreamNews(.over(turn.phase), turn)
    default: nil
    }
  }
}
