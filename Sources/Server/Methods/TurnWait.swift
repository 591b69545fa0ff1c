import Engine
import Model
import Wire

extension Route {
  static var turnWait: Route {
    task(TurnWait.self) { params, call in
      let (owner, turns) = (call.identity.owner, call.doors.turns)
      var outcome = try await turns.waitForReply(params.turn, of: owner)
      if params.until == .done, !outcome.turn.phase.isOver {
        await turns.waitForEnd(params.turn, of: owner)
        outcome.turn = try await turns.get(params.turn, of: owner)
      }
      return .init(turn: outcome.turn, reply: outcome.reply)
    }
  }
}
