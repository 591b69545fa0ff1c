public import Model

/// The contract as a document for programs.
public enum RPCDiscover: Method {
  public typealias Params = Empty
  public typealias Result = JSONValue

  public static let name = "rpc.discover"
  public static let summary = "Describes every method, notification and topic"
  public static let documentation = """
    The result is an OpenRPC 1.3 document. Notifications and topics, for which OpenRPC has no place, stand under \
    `x-notifications`. It depends on the daemon's version alone.
    """
  public static let access = MethodAccess.reads
  public static let example = MethodExample(
    Empty(),
    [
      "openrpc": "1.3.2", "info": ["title": "companiond", "version": "1.0.0"], "methods": [],
    ] as JSONValue)
}
