import Base
import Engine
import Model
import Wire

extension Route {
  static var chatUpdate: Route {
    writing(ChatUpdate.self) { params, keyed, call in
      if let title = params.title, !(1...512).contains(title.utf8.count) {
        throw RPCError.invalidParams(path: "params.title", expected: "1 to 512 bytes")
      }
      var edit = ChatDesk.Edit()
      (edit.title, edit.mode, edit.settings) = (params.title, params.mode, params.settings)
      (edit.version, edit.ifRevision) = (params.version, params.ifRevision)
      return try await call.update(params.chat, edit, keyed)
    }
  }
}

extension Call {
  func update<M: Method>(
    _ chat: ULID, _ edit: ChatDesk.Edit, _ keyed: KeyedCall<M>
  ) async throws -> Recorded<ChatCreate.Result> where M.Result == ChatCreate.Result {
    let (owner, origin) = (identity.owner, origin)
    try begin()
    return try await doors.chats.update(
      chat, edit, of: owner, recording: keyed.recording { .init(chat: $0) }, origin: origin
    ).map { .init(chat: $0) }
  }
}
