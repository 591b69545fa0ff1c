import Base
import Engine
import Model
import Wire

extension Route {
  static var messageSiblings: Route {
    task(MessageSiblings.self) { params, call in
      let (owner, limits) = (call.identity.owner, call.server.limits)
      try limits.check(query: nil, cursor: params.cursor)
      let page = try await call.doors.messages.siblings(
        of: params.message, cursor: params.cursor, limit: try limits.page(params.limit), owner: owner)
      return .init(siblings: page.items.map { .init(message: $0.message, tip: $0.tip) }, next: page.next)
    }
  }
}
