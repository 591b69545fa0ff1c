public import Base

/// A picture that is being made, or was, or could not be: a row from the moment it is asked for.
public struct Job: Codable, Hashable, Sendable {
  public enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
    case imagine, illustrate, portrait, edit, again
  }

  public enum State: String, Codable, Hashable, Sendable, CaseIterable {
    /// Waits for its turn, or for another try.
    case queued
    case running, succeeded, failed, cancelled

    public var isOver: Bool {
      switch self {
      case .queued, .running: false
      case .succeeded, .failed, .cancelled: true
      }
    }
  }

  public var id: ULID
  public var kind: Kind
  public var state: State
  public var companion: ULID?
  public var chat: ULID?
  public var message: ULID?
  /// 0 to 1.
  public var progress: Double
  public var step: Int?
  public var steps: Int?
  /// How many wait before it at the provider, where that is told.
  public var ahead: Int?
  public var etaMs: Int64?
  /// How often a provider was asked.
  public var attempts: Int
  public var nextTryAt: Timestamp?
  public var provider: String
  /// What it came to.
  public var image: ULID?
  /// Why it failed, or why the try before did.
  public var error: TurnError?
  /// The greater goes first among those of a chat.
  public var priority: Int
  public var createdAt: Timestamp
  public var startedAt: Timestamp?
  public var endedAt: Timestamp?
  public var change: Int64

  public init(
    id: ULID, kind: Kind, state: State = .queued, companion: ULID? = nil, chat: ULID? = nil,
    message: ULID? = nil, progress: Double = 0, attempts: Int = 0, provider: String, priority: Int = 0,
    createdAt: Timestamp, change: Int64 = 0
  ) {
    self.id = id
    self.kind = kind
    self.state = state
    self.companion = companion
    self.chat = chat
    self.message = message
    self.progress = progress
    self.attempts = attempts
    self.provider = provider
    self.priority = priority
    self.createdAt = createdAt
    self.change = change
  }
}
