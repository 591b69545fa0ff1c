/// Stops listening to a turn.
public enum TurnDetach: Method {
  public typealias Params = TurnGet.Params
  public typealias Result = Empty

  public static let name = "turn.detach"
  public static let summary = "Ends this connection's stream of a turn"
  public static let documentation = """
    Nothing of the stream comes after the reply. The turn goes on: only `turn.cancel` ends one. Not to be attached, or no \
    more, is no error.
    """
  public static let access = MethodAccess.streams
  public static let example = MethodExample(Params(turn: Example.turn), Empty())
}
