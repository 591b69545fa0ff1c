import Wire

extension Route {
  static var ping: Route {
    immediate(Ping.self) { _, _ in Empty() }
  }
}
