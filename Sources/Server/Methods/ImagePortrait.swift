import Base
import Engine
import Model
import Wire

extension Route {
  static var imagePortrait: Route {
    writing(ImagePortrait.self) { params, keyed, call in
      let (owner, origin) = (call.identity.owner, call.origin)
      try call.begin()
      return try await call.engine.pictures.portrait(
        params.companion, provider: params.provider, of: owner, recording: keyed.recording { .init(job: $0) },
        origin: origin
      ).map { .init(job: $0) }
    }
  }
}
