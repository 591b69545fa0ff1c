import Base
import Engine
import Model
import Wire

extension Route {
  static var imageAgain: Route {
    writing(ImageAgain.self) { params, keyed, call in
      let seed = try Seed.read(params.seed)
      let (owner, origin) = (call.identity.owner, call.origin)
      try call.begin()
      return try await call.engine.pictures.again(
        params.image, seed: seed, of: owner, recording: keyed.recording { .init(job: $0) },
        origin: origin
      ).map { .init(job: $0) }
    }
  }
}
