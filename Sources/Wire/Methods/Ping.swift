/// Is anybody there? The cheapest call there is.
public enum Ping: Method {
  public typealias Params = Empty
  public typealias Result = Empty

  public static let name = "ping"
  public static let summary = "Answers at once"
  public static let documentation = """
    Touches nothing and overtakes calls that wait, so it tells whether the daemon reads this connection at all, \
    and how long the way there and back takes.
    """
  public static let access = MethodAccess.reads
  public static let overtakes = true
  public static let example = MethodExample(Empty(), Empty())
}
