import Base
import Engine
import Model
import Wire

extension Route {
  static var messageMark: Route {
    writing(MessageMark.self) { params, keyed, call in
      if let name = params.name, !(1...200).contains(name.utf8.count) {
        throw RPCError.invalidParams(path: "params.name", expected: "1 to 200 bytes")
      }
      let (owner, origin) = (call.identity.owner, call.origin)
      try call.begin()
      return try await call.doors.messages.mark(
        params.message, params.name, of: owner, recording: keyed.recording { .init(message: $0) },
        origin: origin
      ).map { .init(message: $0) }
    }
  }
}
