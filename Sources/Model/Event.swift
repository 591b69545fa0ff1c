public import Base

/// Which of the machine's people something belongs to: the uid the kernel told us.
public struct Owner: Hashable, Sendable, Comparable, CustomStringConvertible {
  public let uid: UInt32
  public init(uid: UInt32) { self.uid = uid }
  public var description: String { String(uid) }
  public static func < (a: Owner, b: Owner) -> Bool { a.uid < b.uid }
}

/// The call that caused something, so that its own reply can be written before what it caused.
public struct Origin: Hashable, Sendable {
  public let number: UInt64
  public init(number: UInt64) { self.number = number }
}

/// Something that happened to an owner's things, published by Engine after the commit that made it true.
public struct Event: Sendable {
  public let owner: Owner
  /// `settings.changed`, `chat.created` …: what subscribers name by prefix.
  public let topic: String
  public let data: JSONValue
  /// An unsent event with the same key is replaced by a later one: for states, of which only the last counts.
  public let replaces: String?
  public let origin: Origin?
  /// Filters of a subscription match these.
  public let chat: ULID?
  public let companion: ULID?

  public init(
    owner: Owner, topic: String, data: JSONValue, replaces: String? = nil, origin: Origin? = nil,
    chat: ULID? = nil, companion: ULID? = nil
  ) {
    self.owner = owner
    self.topic = topic
    self.data = data
    self.replaces = replaces
    self.origin = origin
    self.chat = chat
    self.companion = companion
  }
}
