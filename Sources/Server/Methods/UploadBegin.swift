import Base
import Engine
import Wire

extension Route {
  static var uploadBegin: Route {
    task(UploadBegin.self) { params, call in
      let owner = call.identity.owner
      try call.begin()
      let upload = try await call.engine.uploads.begin(bytes: params.bytes, for: owner)
      return .init(
        upload: upload.id, pieceBytes: call.server.limits.uploadPieceBytes, expiresAt: upload.expiresAt)
    }
  }
}
