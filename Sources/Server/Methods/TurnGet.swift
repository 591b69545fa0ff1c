import Engine
import Wire

extension Route {
  static var turnGet: Route {
    task(TurnGet.self) { params, call in
      let owner = call.identity.owner
      return .init(turn: try await call.doors.turns.get(params.turn, of: owner))
    }
  }
}
