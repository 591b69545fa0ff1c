import Base
import Engine
import Model
import Wire

extension Route {
  static var stateHistory: Route {
    task(StateHistory.self) { params, call in
      let limits = call.server.limits
      try limits.check(query: nil, cursor: params.cursor)
      let page = try await call.engine.scenes.history(
        params.chat, leaf: params.leaf, cursor: params.cursor, limit: try limits.page(params.limit),
        of: call.identity.owner)
      return .init(
        states: page.steps.map { .init(message: $0.message, state: $0.state, changed: $0.changed) },
        next: page.next)
    }
  }
}
