import Base
import Engine
import Model
import Wire

extension Route {
  static var chatSelect: Route {
    writing(ChatSelect.self) { params, keyed, call in
      let (owner, origin) = (call.identity.owner, call.origin)
      try call.begin()
      return try await call.doors.chats.select(
        params.chat, leaf: params.leaf, of: owner, recording: keyed.recording { .init(chat: $0) },
        origin: origin
      ).map { .init(chat: $0) }
    }
  }
}
