import Wire

extension Route {
  static let configReload = task(ConfigReload.self) { _, call in await call.services.control.reload() }
}
