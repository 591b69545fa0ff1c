import Base
import Engine
import Model
import Wire

extension Route {
  static var imageGet: Route {
    task(ImageGet.self) { params, call in
      .init(image: try await call.engine.pictures.image(params.image, of: call.identity.owner))
    }
  }
}
