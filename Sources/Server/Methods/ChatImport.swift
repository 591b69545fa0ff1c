import Engine
import Wire

extension Route {
  static var chatImport: Route {
    writing(ChatImport.self) { params, keyed, call in
      let source = try ImportSource(data: params.data, upload: params.upload)
      let (owner, origin) = (call.identity.owner, call.origin)
      try call.begin()
      if params.dryRun == true {
        return .fresh(
          told(try await call.engine.transfers.look(at: source, companion: params.companion, of: owner)))
      }
      return try await call.engine.transfers.import(
        source, companion: params.companion, of: owner, recording: keyed.recording { told($0) },
        origin: origin
      ).map { told($0) }
    }
  }

  private nonisolated static func told(_ imported: ChatTransferDesk.Imported) -> ChatImport.Result {
    .init(
      chat: imported.chat, companion: imported.companion, messages: imported.messages,
      warnings: imported.warnings)
  }
}
