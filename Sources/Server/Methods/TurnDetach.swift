import Wire

extension Route {
  static var turnDetach: Route {
    immediate(TurnDetach.self) { params, call in
      call.session?.detach(params.turn)
      return Empty()
    }
  }
}
