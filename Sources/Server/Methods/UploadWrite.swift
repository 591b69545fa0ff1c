import Engine
import Wire

extension Route {
  static let uploadWrite = task(UploadWrite.self) { params, call async throws(RPCError) in
    let owner = call.identity.owner
    let state = try await call.engine { engine throws(EngineError) in
      try await engine.uploads.write(params.data, to: params.upload, at: params.offset, for: owner)
    }
    return .init(received: state.received, complete: state.isComplete)
  }
}
