import Base
import Engine
import Model
import Wire

extension Route {
  static var imageStats: Route {
    task(ImageStatsRead.self) { _, call in
      .init(stats: try await call.engine.pictures.stats(of: call.identity.owner))
    }
  }
}
