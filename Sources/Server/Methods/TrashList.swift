import Base
import Engine
import Wire

extension Route {
  static var trashList: Route {
    task(TrashList.self) { params, call in
      let owner = call.identity.owner
      let limits = call.server.limits
      try limits.check(query: nil, cursor: params.cursor)
      let page = try await call.engine.trash.list(
        of: owner, cursor: params.cursor, limit: try limits.page(params.limit))
      return .init(trash: page.items, next: page.next)
    }
  }
}
