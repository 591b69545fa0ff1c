import Base
import Engine
import Model
import Wire

extension Route {
  static var chatTitle: Route {
    writing(ChatTitle.self) { params, keyed, call in
      let owner = call.identity.owner
      try call.begin()
      return try await call.written(
        call.engine.turns.writing.title(
          params.chat, of: owner, recording: keyed.recording { .init(turn: $0) }),
        wait: params.wait)
    }
  }
}
