import Wire

extension Route {
  static let configShow = immediate(ConfigShow.self) { _, call in call.services.control.configuration }
}
