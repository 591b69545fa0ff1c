import Engine
import Wire

extension Route {
  static var chatExport: Route {
    prepared(ChatExport.self) { params, call in
      let owner = call.identity.owner
      let format = ChatTransferDesk.Format(rawValue: (params.format ?? .jsonl).rawValue) ?? .jsonl
      try call.begin()
      return try await call.engine.transfers.export(params.chat, format, leaf: params.leaf, of: owner) {
        file in
        try ChatExport.bytes(of: .init(name: file.name, mime: file.mime, text: file.text))
      }
    }
  }
}
