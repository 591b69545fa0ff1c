import Base
import Engine
import Model
import Wire

extension Route {
  static var chatRead: Route {
    writing(ChatRead.self) { params, keyed, call in
      let (owner, origin) = (call.identity.owner, call.origin)
      try call.begin()
      return try await call.doors.chats.read(
        params.chat, upTo: params.message, of: owner, recording: keyed.recording { .init(chat: $0) },
        origin: origin
      ).map { .init(chat: $0) }
    }
  }
}
