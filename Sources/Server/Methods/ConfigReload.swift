import Wire

extension Route {
  static var configReload: Route {
    task(ConfigReload.self) { _, call in await call.services.control.reload() }
  }
}
