import Wire

extension Route {
  static var configShow: Route {
    immediate(ConfigShow.self) { _, call in call.services.control.configuration }
  }
}
