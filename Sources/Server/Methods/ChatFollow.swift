import Base
import Engine
import Model
import Wire

extension Route {
  static var chatFollow: Route {
    task(ChatFollow.self) { params, call in
      let (owner, limits) = (call.identity.owner, call.server.limits)
      if let from = params.from, from < 0 {
        throw RPCError.invalidParams(path: "params.from", expected: "0 or the next byte wanted")
      }
      let chat = try await call.doors.chats.get(params.chat, of: owner)
      // From here on without a wait: what runs now and where the follow begins are one moment.
      try call.begin()
      guard let session = call.session else { throw RPCError.cancelled }
      var result = ChatFollow.Result(chat: chat, from: 0)
      var opened: StreamCursor?
      if let stream = session.runningStream(in: params.chat) {
        if let cursor = session.events.stream(of: stream.id) {
          result.from = Int64(cursor.offset)
        } else {
          try session.checkRoomForStream()
          let place = Session.place(params.turn == stream.id ? params.from : nil, in: stream)
          opened = session.listen(to: stream, from: place.offset, follow: params.chat)
          result.from = Int64(place.offset)
          result.reset = place.reset ? true : nil
        }
        result.turn = stream.turnNow
      }
      if session.events.follow(of: params.chat) == nil {
        guard session.events.count < limits.maxSubscriptions else {
          opened.map { session.detach($0.stream.id) }
          throw RPCError.tooLarge(
            "A connection", limit: Int64(limits.maxSubscriptions), unit: "subscriptions")
        }
        let follow = Subscription(following: params.chat, from: session.ring.seq + 1)
        session.events.add(follow)
        call.afterReply = { [weak session] in
          follow.isActive = true
          opened?.isActive = true
          session?.flushSoon()
        }
      } else {
        call.afterReply = { [weak session] in
          opened?.isActive = true
          session?.flushSoon()
        }
      }
      return result
    }
  }
}
