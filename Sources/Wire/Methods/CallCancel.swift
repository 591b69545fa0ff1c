/// Takes back a call that has not had its effect yet.
public enum CallCancel: Method {
  public static let name = "call.cancel"
  public static let summary = "Cancels a call of the same connection"
  public static let documentation = """
    A cancelled call answers `cancelled` and had no effect. `cancelled: false` means that there is no such call, or that \
    its effect is already with the writer: then its own result comes as if nothing had been asked. Either way the \
    call is answered exactly once. Overtakes calls that wait.
    """
  public static let access = MethodAccess.reads
  public static let overtakes = true
  public static let example = MethodExample(Params(id: .number(7)), Result(cancelled: true))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var id: RequestID

    public init(id: RequestID) { self.id = id }

    public static let fields = ["id": "The id the call was sent with; `\"7\"` and `7` differ."]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var cancelled: Bool

    public init(cancelled: Bool) { self.cancelled = cancelled }

    public static let fields = ["cancelled": "Whether the call was stopped before it had any effect."]
  }
}
