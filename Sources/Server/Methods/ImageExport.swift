import Base
import Engine
import Model
import Wire

extension Route {
  static var imageExport: Route {
    task(ImageExport.self) { params, call in
      guard (1...200).contains(params.images.count) else {
        throw RPCError.invalidParams(path: "params.images", expected: "1 to 200 pictures")
      }
      let files = try await call.engine.pictures.export(params.images, of: call.identity.owner)
      return .init(files: files.map { .init(image: $0.image, path: $0.path, name: $0.name) })
    }
  }
}
