/// Ends a turn before its time.
public enum TurnCancel: Method {
  public typealias Params = TurnGet.Params
  public typealias Result = TurnGet.Result

  public static let name = "turn.cancel"
  public static let summary = "Stops a turn and keeps the text so far"
  public static let documentation = """
    From any connection of the owner, and as often as one likes: a turn that is over stays as it is. The provider's connection is \
    closed, the text so far is kept with the finish `cancelled`, and when the answer arrives the chat takes the next line. \
    After the reply only what follows it is cancelled. Overtakes calls that wait.
    """
  public static let access = MethodAccess.reads
  public static let overtakes = true
  public static let errors: [ErrorCode] = [.notFound, .storageFull, .storageFailed]
  public static let example = MethodExample(Params(turn: Example.turn), Result(turn: .exampleOver))
}
