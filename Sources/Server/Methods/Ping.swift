import Wire

extension Route {
  static let ping = immediate(Ping.self) { _, _ in Empty() }
}
