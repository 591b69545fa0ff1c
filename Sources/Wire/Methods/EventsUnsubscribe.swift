/// Ends a subscription.
public enum EventsUnsubscribe: Method {
  public typealias Result = Empty

  public static let name = "events.unsubscribe"
  public static let summary = "Ends a subscription of this connection"
  public static let documentation = "Its last event comes before the reply; none comes after it."
  public static let access = MethodAccess.streams
  public static let errors: [ErrorCode] = [.notFound]
  public static let example = MethodExample(Params(subscription: "s1"), Empty())

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var subscription: String

    public init(subscription: String) { self.subscription = subscription }

    public static let fields = ["subscription": "As `events.subscribe` named it."]
  }
}
