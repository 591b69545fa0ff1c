import Base
import Engine
import Model
import Wire

extension Route {
  static var imageCollect: Route {
    writing(ImageCollect.self) { params, keyed, call in
      let owner = call.identity.owner
      try call.begin()
      return try await call.engine.pictures.collect(
        dryRun: params.dryRun ?? true, of: owner, recording: keyed.recording { .init(collection: $0) }
      ).map { .init(collection: $0) }
    }
  }
}
