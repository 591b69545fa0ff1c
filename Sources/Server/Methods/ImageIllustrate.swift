import Base
import Engine
import Model
import Wire

extension Route {
  static var imageIllustrate: Route {
    writing(ImageIllustrate.self) { params, keyed, call in
      let (owner, origin) = (call.identity.owner, call.origin)
      try call.begin()
      return try await call.engine.pictures.illustrate(
        params.message, provider: params.provider, of: owner, recording: keyed.recording { .init(job: $0) },
        origin: origin
      ).map { .init(job: $0) }
    }
  }
}
