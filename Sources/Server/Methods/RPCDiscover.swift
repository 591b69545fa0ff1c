import Wire

extension Route {
  static var discover: Route {
    immediate(RPCDiscover.self) { _, call in OpenRPCDocument.build(version: call.services.version) }
  }
}
