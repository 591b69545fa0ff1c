import Base
import Engine
import Model
import Wire

extension Route {
  static var chatSearch: Route {
    task(ChatSearch.self) { params, call in
      let owner = call.identity.owner
      let limits = call.server.limits
      guard !params.query.isEmpty else {
        throw RPCError.invalidParams(path: "params.query", expected: "words to find")
      }
      try limits.check(query: params.query, cursor: params.cursor)
      let limit = try limits.page(params.limit)
      let page = try await call.engine.search.search(
        params.query, chat: params.chat, companion: params.companion, order: params.order ?? .recent,
        cursor: params.cursor, limit: limit, of: owner)
      return .init(
        matches: page.matches, next: page.next, ranked: page.ranked, older: page.older ? true : nil,
        indexing: page.indexing ? true : nil)
    }
  }
}
