import Base
import Engine
import Wire

extension Route {
  static var companionList: Route {
    task(CompanionList.self) { params, call in
      let (owner, limits) = (call.identity.owner, call.server.limits)
      try limits.check(query: params.query, cursor: params.cursor)
      let page = try await call.doors.companions.list(
        of: owner, query: params.query, archived: params.archived ?? false, cursor: params.cursor,
        limit: try limits.page(params.limit))
      return .init(companions: page.items, next: page.next)
    }
  }
}
