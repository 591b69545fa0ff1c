public import Base
public import Model

/// A turn this connection listens to has gone a step further.
public enum TurnPhaseNotification: Notification {
  public static let name = "turn.phase"
  public static let summary = "A turn this connection listens to has gone a step further"
  public static let documentation = """
    `queued`, `preparing`, `responding` and `saving` belong to the reply, `analysing` and `illustrating` to what follows it; \
    `done`, `failed` or `cancelled` is the very last word about a turn.
    """
  public static let example = Params(turn: Example.turn, chat: Example.chat, phase: .saving)

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var turn: ULID
    public var chat: ULID?
    public var phase: Turn.Phase
    public var detail: String?

    public init(turn: ULID, chat: ULID? = nil, phase: Turn.Phase, detail: String? = nil) {
      self.turn = turn
      self.chat = chat
      self.phase = phase
      self.detail = detail
    }

    public static let fields = [
      "turn": "Which one, by id.",
      "chat": "The chat it works in, by id.",
      "phase": "How far it is.",
      "detail": "A word about why it lingers, such as `storage_full`.",
    ]
  }
}
