import Base
import Wire

extension Route {
  static var chatUnfollow: Route {
    immediate(ChatUnfollow.self) { params, call in
      guard let session = call.session else { return Empty() }
      // What happened before this call still belongs to the follow, as far as the peer reads it.
      session.serveEvents()
      guard session.events.follow(of: params.chat) != nil else {
        throw RPCError.notFound(kind: "follow", id: params.chat.description)
      }
      session.unfollow(params.chat)
      return Empty()
    }
  }
}
