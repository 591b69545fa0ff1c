import Base
import Engine
import Model
import Wire

extension Route {
  static var turnList: Route {
    task(TurnList.self) { params, call in
      let (owner, limits) = (call.identity.owner, call.server.limits)
      try limits.check(query: nil, cursor: params.cursor)
      let page = try await call.doors.turns.list(
        chat: params.chat, activeOnly: params.active ?? false, cursor: params.cursor,
        limit: try limits.page(params.limit), of: owner)
      return .init(turns: page.items, next: page.next)
    }
  }
}
