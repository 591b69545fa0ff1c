import Engine
import Wire

extension Route {
  static var companionExport: Route {
    prepared(CompanionExport.self) { params, call in
      var order = CardDesk.Order(
        companion: params.companion,
        format: CardDesk.Format(rawValue: (params.format ?? .json).rawValue) ?? .json)
      order.version = params.version
      order.isOlder = params.spec == .v2
      if params.picture != nil || params.upload != nil {
        guard order.format == .png else {
          throw RPCError.invalidParams(path: "params.format", expected: "png, where a picture is given")
        }
        order.picture = try ImportSource(data: params.picture, upload: params.upload)
      }
      let owner = call.identity.owner
      try call.begin()
      return try await call.engine.cards.export(order, of: owner) { card in
        try CompanionExport.bytes(
          of: .init(name: card.name, mime: card.mime, data: card.data, warnings: card.warnings))
      }
    }
  }
}
