import Base
import Engine
import Model
import Wire

extension Route {
  static var messageImpersonate: Route {
    writing(MessageImpersonate.self) { params, keyed, call in
      let owner = call.identity.owner
      try call.begin()
      return try await call.written(
        call.engine.turns.writing.impersonate(
          params.chat, leaf: params.leaf, of: owner, recording: keyed.recording { .init(turn: $0) }),
        wait: params.wait)
    }
  }
}
