import Base
import Engine
import FoundationEssentials
import Model
import Wire

extension Call {
  /// The answer to a call that has something written beside the talk; with `wait`, when that is over.
  func written(_ recorded: Recorded<Turn>, wait: Bool?) async throws -> Recorded<WritingTurn> {
    var answer: WritingTurn
    switch recorded {
    case .fresh(let turn): answer = WritingTurn(turn: turn)
    case .recorded(let bytes, _): answer = try JSONDecoder().decode(WritingTurn.self, from: Data(bytes))
    }
    if wait == true {
      await engine.turns.waitForEnd(answer.turn.id, of: identity.owner)
      answer.turn = try await engine.turns.get(answer.turn.id, of: identity.owner)
    }
    switch recorded {
    case .fresh: return .fresh(answer)
    case .recorded(_, let replayed): return .recorded(JSONText.bytes(answer), replayed: replayed)
    }
  }
}
