import Base
import Engine
import Model
import Wire

extension Route {
  static var imageDelete: Route {
    writing(ImageDelete.self) { params, keyed, call in
      let (owner, origin) = (call.identity.owner, call.origin)
      try call.begin()
      return try await call.engine.pictures.delete(
        params.image, of: owner, recording: keyed.recording { .init(trash: $0.entry) },
        origin: origin
      ).map { .init(trash: $0.entry) }
    }
  }
}
