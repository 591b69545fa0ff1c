import Engine
import Wire

extension Route {
  static var trashRestore: Route {
    writing(TrashRestore.self) { params, keyed, call in
      let (owner, origin) = (call.identity.owner, call.origin)
      try call.begin()
      let recorded = try await call.engine.trash.restore(
        params.trash, of: owner, recording: keyed.recording { TrashRestore.Result(trash: $0) }, origin: origin
      )
      return recorded.map { .init(trash: $0) }
    }
  }
}
