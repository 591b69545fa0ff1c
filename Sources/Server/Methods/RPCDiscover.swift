import Wire

extension Route {
  static let discover = immediate(RPCDiscover.self) { _, call in
    OpenRPCDocument.value(version: call.services.version)
  }
}
