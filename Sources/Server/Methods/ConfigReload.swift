import Wire

extension Route {
  static var configReload: Route {
    task(ConfigReload.self) { _, call in
      try call.begin()
      return await call.services.control.reload()
    }
  }
}
