import Wire

extension Route {
  static var discover: Route {
    immediate(RPCDiscover.self) { _, call in
      OpenRPCDocument.value(version: call.services.version)
    }
  }
}
