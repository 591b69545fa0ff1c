import Base
import Engine
import Model
import Wire

extension Route {
  static var chatCreate: Route {
    writing(ChatCreate.self) { params, keyed, call in
      if let title = params.title, !(1...512).contains(title.utf8.count) {
        throw RPCError.invalidParams(path: "params.title", expected: "1 to 512 bytes")
      }
      let (owner, origin) = (call.identity.owner, call.origin)
      try call.begin()
      let recorded = try await call.doors.chats.create(
        companion: params.companion, title: params.title, mode: params.mode, settings: params.settings,
        version: params.version, greeting: params.greeting,
        defaults: params.defaults == ChatCreate.Defaults.none ? NewChatDefaults.none : .mine, of: owner,
        recording: keyed.recording { ChatCreate.Result(chat: $0) }, origin: origin)
      return recorded.map { .init(chat: $0) }
    }
  }
}
