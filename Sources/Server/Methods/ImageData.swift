import Base
import Engine
import Model
import Wire

extension Route {
  static var imageData: Route {
    prepared(ImageData.self) { params, call in
      try await call.engine.pictures.data(
        params.image, thumb: params.thumb ?? false, of: call.identity.owner
      ) { content in
        try ImageData.bytes(of: .init(mime: content.mime, data: content.data))
      }
    }
  }
}
