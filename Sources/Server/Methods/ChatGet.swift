import Engine
import Wire

extension Route {
  static var chatGet: Route {
    task(ChatGet.self) { params, call in
      let owner = call.identity.owner
      return .init(chat: try await call.doors.chats.get(params.chat, of: owner))
    }
  }
}
