import Base
import Engine
import Model
import Wire

extension Route {
  static var messageHide: Route {
    writing(MessageHide.self) { params, keyed, call in
      let (owner, origin) = (call.identity.owner, call.origin)
      try call.begin()
      return try await call.doors.messages.hide(
        params.message, params.hidden, of: owner, recording: keyed.recording { .init(message: $0) },
        origin: origin
      ).map { .init(message: $0) }
    }
  }
}
