import Base
import Engine
import Model
import Wire

extension Route {
  static var chatLeaves: Route {
    task(ChatLeaves.self) { params, call in
      let (owner, limits) = (call.identity.owner, call.server.limits)
      try limits.check(query: nil, cursor: params.cursor)
      let page = try await call.doors.chats.leaves(
        of: params.chat, cursor: params.cursor, limit: try limits.page(params.limit), owner: owner)
      return .init(leaves: page.items, next: page.next)
    }
  }
}
