import Base
import Engine
import Wire

extension Route {
  static var chatArchive: Route {
    writing(ChatArchive.self) { params, keyed, call in
      var edit = ChatDesk.Edit()
      edit.archived = params.archived ?? true
      return try await call.update(params.chat, edit, keyed)
    }
  }
}
