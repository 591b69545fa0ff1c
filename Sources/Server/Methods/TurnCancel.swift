import Engine
import Wire

extension Route {
  static var turnCancel: Route {
    task(TurnCancel.self) { params, call in
      let owner = call.identity.owner
      try call.begin()
      return .init(turn: try await call.doors.turns.cancel(params.turn, of: owner))
    }
  }
}
