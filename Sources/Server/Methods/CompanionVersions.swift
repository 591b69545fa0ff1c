import Base
import Engine
import Wire

extension Route {
  static var companionVersions: Route {
    task(CompanionVersions.self) { params, call in
      let owner = call.identity.owner
      let limits = call.server.limits
      try limits.check(query: nil, cursor: params.cursor)
      let page = try await call.engine.companions.versions(
        of: params.companion, cursor: params.cursor, limit: try limits.page(params.limit), owner: owner)
      return .init(versions: page.items, next: page.next)
    }
  }
}
