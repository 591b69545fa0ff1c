import Base
import Engine
import Model
import Wire

extension Route {
  static var imageImport: Route {
    writing(ImageImport.self) { params, keyed, call in
      let source = try ImportSource(data: params.data, upload: params.upload)
      let (owner, origin) = (call.identity.owner, call.origin)
      try call.begin()
      return try await call.engine.pictures.import(
        source, as: params.kind ?? .upload, companion: params.companion, of: owner,
        recording: keyed.recording { .init(image: $0) }, origin: origin
      ).map { .init(image: $0) }
    }
  }
}
