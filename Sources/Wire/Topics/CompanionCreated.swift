public import Model

public enum CompanionCreated: Topic {
  public static let name = "companion.created"
  public static let summary = "A companion was made"
  public static let isState = false
  public static let example = Payload(companion: .example)

  public struct Payload: Codable, Hashable, Sendable, Documented {
    public var companion: Companion
    public var revision: Int64
    public var cut: Bool?

    public init(companion: Companion, cut: Bool? = nil) {
      self.companion = companion
      revision = companion.revision
      self.cut = cut
    }

    public static let fields = [
      "companion": "As it is stored.",
      "revision": "Its revision.",
      "cut": "True when its tags and tagline were too long for an event; `companion.get` has them.",
    ]
  }
}
