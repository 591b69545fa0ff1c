import Engine
import Wire

extension Route {
  static var turnAttach: Route {
    task(TurnAttach.self) { params, call in
      let owner = call.identity.owner
      if let from = params.from, from < 0 {
        throw RPCError.invalidParams(path: "params.from", expected: "0 or the next byte wanted")
      }
      let stream = try await call.server.hub.streams.stream(
        params.turn, of: owner, through: call.doors.turns)
      try call.begin()
      guard let session = call.session else { throw RPCError.cancelled }
      // A listener that asks again is moved: the old place ends here, and the new one begins anew.
      session.detach(params.turn)
      try session.checkRoomForStream()
      let place = Session.place(params.from, in: stream)
      let cursor = session.listen(to: stream, from: place.offset, reasoning: params.reasoning ?? false)
      call.afterReply = { [weak session] in
        cursor.isActive = true
        session?.flushSoon()
      }
      return .init(
        turn: stream.turnNow, from: Int64(place.offset), reset: place.reset ? true : nil)
    }
  }
}
