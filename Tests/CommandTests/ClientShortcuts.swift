import Client
import Wire

extension BlockingClient {
  /// Subscriptions of all connections, by the daemon's own count.
  func subscriptions() throws -> Int { try call(Status.self, timeout: .seconds(60)).subscriptions }
}
