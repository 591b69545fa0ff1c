import Base
import Engine
import Wire

extension Route {
  static var chatHistory: Route {
    task(ChatHistory.self) { params, call in
      if params.before != nil, params.after != nil {
        throw RPCError.invalidParams(path: "params.after", expected: "only one of before and after")
      }
      let owner = call.identity.owner
      let page = try await call.doors.chats.history(
        of: params.chat, leaf: params.leaf, before: params.before, after: params.after,
        limit: try call.server.limits.page(params.limit), owner: owner)
      return .init(
        messages: page.messages, leaf: page.leaf, tip: page.tip, stale: page.stale, more: page.more)
    }
  }
}
