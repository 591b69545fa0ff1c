public import Base

/// One piece of generation: a reply that is streamed, and a tail that follows it.
public struct Turn: Codable, Hashable, Sendable {
  public enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
    case reply, regenerate, `continue`, initiation, impersonate, enhance, generate, title, describe

    /// Kinds that write a message take the chat's lock.
    public var writesMessage: Bool {
      switch self {
      case .reply, .regenerate, .continue, .initiation: true
      case .impersonate, .enhance, .generate, .title, .describe: false
      }
    }
  }

  public enum Phase: String, Codable, Hashable, Sendable, CaseIterable {
    case queued, preparing, responding, saving, analysing, illustrating, done, failed, cancelled

    /// The chat's lock is held in these.
    public var isReply: Bool {
      switch self {
      case .queued, .preparing, .responding, .saving: true
      default: false
      }
    }

    public var isOver: Bool {
      switch self {
      case .done, .failed, .cancelled: true
      default: false
      }
    }
  }

  public var id: ULID
  public var chat: ULID?
  public var companion: ULID?
  public var kind: Kind
  public var phase: Phase
  public var replyId: ULID?
  /// Bytes of the log that were there before this turn wrote (a continued message's old text).
  public var base: Int64?
  /// Bytes of the log now.
  public var next: Int64
  public var retryOf: ULID?
  public var startedAt: Timestamp
  public var endedAt: Timestamp?
  public var finish: Finish?
  public var error: TurnError?
  public var model: String
  public var result: JSONValue?
  public var timing: Timing?
  public var usage: Usage?

  public init(
    id: ULID, chat: ULID?, companion: ULID?, kind: Kind, phase: Phase = .queued, replyId: ULID? = nil,
    base: Int64? = nil, next: Int64 = 0, retryOf: ULID? = nil, startedAt: Timestamp, model: String
  ) {
    self.id = id
    self.chat = chat
    self.companion = companion
    self.kind = kind
    self.phase = phase
    self.replyId = replyId
    self.base = base
    self.next = next
    self.retryOf = retryOf
    self.startedAt = startedAt
    self.model = model
  }
}

/// Why a turn or job failed, in the shape of a call's error.
public struct TurnError: Error, Codable, Hashable, Sendable {
  public var code: Int
  public var message: String
  public var data: [String: JSONValue]

  public init(code: Int, message: String, data: [String: JSONValue]) {
    self.code = code
    self.message = message
    self.data = data
  }

  public var reason: String { data["reason"]?.string ?? "" }
}

public struct Timing: Codable, Hashable, Sendable {
  public var queuedMs: Int64
  public var firstTokenMs: Int64?
  public var totalMs: Int64

  public init(queuedMs: Int64, firstTokenMs: Int64? = nil, totalMs: Int64) {
    self.queuedMs = queuedMs
    self.firstTokenMs = firstTokenMs
    self.totalMs = totalMs
  }
}

/// Tokens, as the provider counted them, or estimated where it does not.
public struct Usage: Codable, Hashable, Sendable {
  public var promptTokens: Int
  public var completionTokens: Int
  public var cachedTokens: Int?
  public var estimated: Bool

  public init(promptTokens: Int, completionTokens: Int, cachedTokens: Int? = nil, estimated: Bool) {
    self.promptTokens = promptTokens
    self.completionTokens = completionTokens
    self.cachedTokens = cachedTokens
    self.estimated = estimated
  }
}
