import Base
import Engine
import Wire

extension Route {
  static var chatList: Route {
    task(ChatList.self) { params, call in
      let (owner, limits) = (call.identity.owner, call.server.limits)
      try limits.check(query: params.query, cursor: params.cursor)
      let page = try await call.doors.chats.list(
        companion: params.companion, of: owner, query: params.query, cursor: params.cursor,
        limit: try limits.page(params.limit))
      return .init(chats: page.items, next: page.next)
    }
  }
}
