import Engine
import Wire

extension Route {
  static var uploadWrite: Route {
    task(UploadWrite.self) { params, call in
      let owner = call.identity.owner
      try call.begin()
      let state = try await call.engine.uploads.write(
        params.data, to: params.upload, at: params.offset, for: owner)
      return .init(received: state.received, complete: state.isComplete)
    }
  }
}
