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

/// Something that happened to an owner's things, published by Engine after the commit that made it true. The hub knows how
/// each is told on the wire.
public struct Event: Sendable {
  public enum Subject: Sendable {
    /// The whole settings as they are now, and the members that changed.
    case settingsChanged(Settings, changed: [String])
    case companionCreated(Companion)
    case companionUpdated(Companion)
    case companionPublished(Companion)
    /// As it was; its chats went with it.
    case companionDeleted(Companion)
    case chatCreated(Chat)
    /// Its title, settings, mode or version.
    case chatUpdated(Chat)
    case chatArchived(Chat)
    /// As it was.
    case chatDeleted(Chat)
    /// The tip of the last activity moved.
    case chatHead(Chat)
    case chatRead(Chat)
    case messageCreated(Message, in: Chat)
    case messageUpdated(Message, in: Chat)
    /// As it was; `withChildren` when everything below went with it.
    case messageDeleted(Message, in: Chat, withChildren: Bool)
    /// The scene a message carries, and the members that are not as before.
    case stateChanged(SceneState, of: ULID, in: Chat, changed: [String])
    case imageCreated(Image)
    case imageUpdated(Image)
    /// As it was.
    case imageDeleted(Image)
    case jobCreated(Job)
    case jobStarted(Job)
    /// How far it is, or that it waits for another try.
    case jobProgress(Job)
    case jobEnded(Job)
    /// One that was not even stored: a rule of ours was in the way, which its error names.
    case jobSkipped(Job)
    case turnStarted(Turn)
    /// `detail` says why it lingers.
    case turnPhase(Turn, detail: String? = nil)
    case turnEnded(Turn)
    /// For those who listen to the stream itself: before its first piece, and after its last.
    case streamBegan(Turn, in: Chat?, parent: ULID?, message: Message?)
    case streamEnded(Turn, reply: Message?)
  }

  public let owner: Owner
  public let subject: Subject
  public let origin: Origin?

  public init(owner: Owner, _ subject: Subject, origin: Origin? = nil) {
    self.owner = owner
    self.subject = subject
    self.origin = origin
  }
}
