import Base
import Engine
import Model
import Wire

extension Route {
  static var messageGet: Route {
    task(MessageGet.self) { params, call in
      let owner = call.identity.owner
      return .init(message: try await call.doors.messages.get(params.message, of: owner))
    }
  }
}
