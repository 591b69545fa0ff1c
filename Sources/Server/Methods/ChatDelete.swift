import Base
import Engine
import Model
import Wire

extension Route {
  static var chatDelete: Route {
    writing(ChatDelete.self) { params, keyed, call in
      let (owner, origin) = (call.identity.owner, call.origin)
      try call.begin()
      return try await call.doors.chats.delete(
        params.chat, of: owner, recording: keyed.recording { .init(chat: $0.chat, entry: $0.entry) },
        origin: origin
      ).map { .init(chat: $0.chat, entry: $0.entry) }
    }
  }
}
