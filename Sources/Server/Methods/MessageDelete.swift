import Base
import Engine
import Model
import Wire

extension Route {
  static var messageDelete: Route {
    writing(MessageDelete.self) { params, keyed, call in
      let (owner, origin) = (call.identity.owner, call.origin)
      let fate: ChildrenFate? =
        switch params.children {
        case .delete: .delete
        case .lift: .lift
        case nil: nil
        }
      try call.begin()
      let result: @Sendable (Deleted) -> MessageDelete.Result = { deleted in
        guard let message = deleted.message else { preconditionFailure("a deletion without its message") }
        return .init(message: message, chat: deleted.chat, entry: deleted.entry)
      }
      return try await call.doors.messages.delete(
        params.message, children: fate, of: owner, recording: keyed.recording(result), origin: origin
      ).map(result)
    }
  }
}
