import Engine
import Wire

extension Route {
  static let uploadBegin = task(UploadBegin.self) { params, call async throws(RPCError) in
    let owner = call.identity.owner
    let upload = try await call.engine { engine throws(EngineError) in
      try await engine.uploads.begin(bytes: params.bytes, for: owner)
    }
    return .init(upload: upload.id, pieceBytes: call.server.limits.uploadPieceBytes, expiresAt: upload.expiresAt)
  }
}
