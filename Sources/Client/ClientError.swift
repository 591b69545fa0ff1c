import Base
public import Wire

/// Why a call, or the whole client, did not do what was asked. Every case describes itself in a sentence that says what to do.
public enum ClientError: Error, Hashable, Sendable {
  /// The daemon understood and said no.
  case daemon(RPCError)
  /// Nobody answers at the socket.
  case unreachable(ConnectFailure)
  /// The connection went while the call was under way and it could not be sent again: whether it took effect is unknown.
  case connectionLost(ConnectionLoss)
  /// The connection ended and is not made again; nothing was under way on it.
  case disconnected(ConnectionLoss)
  /// No reply within the caller's own patience. The call was taken back as far as that was still possible.
  case timedOut(Duration)
  /// What answers there does not keep the contract. The connection is closed: nothing after such a line can be trusted.
  case fault(ProtocolFault)
  /// The daemon refused the greeting: it speaks another protocol.
  case incompatible(RPCError)
  /// The request would not fit into one line; larger things go through `upload`.
  case requestTooLong(bytes: Int, limit: Int)
  /// The params cannot be written as a JSON object.
  case unusableParams(String)
  /// The daemon offered a result larger than this client is willing to hold.
  case resultTooLarge(bytes: Int64, limit: Int)
  /// The result is not of the shape that this client knows for the method: one of the two is older.
  case unexpectedResult(method: String, detail: String)
  /// The caller closed the client.
  case closed
}

/// What a connection ended with.
public struct ConnectionLoss: Hashable, Sendable {
  /// What the daemon said before it closed, when it did.
  public var closing: ServerClosing.Params?
  /// The system's word for it; nil for an ordinary end of file.
  public var errno: Int32?

  public init(closing: ServerClosing.Params? = nil, errno: Int32? = nil) {
    self.closing = closing
    self.errno = errno
  }
}

/// How a peer broke the contract.
public enum ProtocolFault: Hashable, Sendable {
  case lineTooLong(limit: Int)
  /// Not JSON, or no JSON-RPC message. The beginning of the line, made printable.
  case unreadable(String)
  /// A reply to something that was never asked.
  case unknownReply(String)
  /// An error that belongs to no call.
  case unattributed(RPCError)
  /// A message that clients are not sent: a request, a batch.
  case unexpected(String)
  /// A reply to the client's own bookkeeping (greeting, subscribing, pieces of a download) that makes no sense.
  case nonsense(method: String, detail: String)
}

extension ClientError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .daemon(let error): error.message.printable(limit: 4096)
    case .unreachable(let failure): failure.description
    case .connectionLost(let loss):
      "The connection was lost before the reply came (\(loss)), so it is not known whether the call took effect. "
        + "Look before you repeat it."
    case .disconnected(let loss): "The connection ended: \(loss)."
    case .timedOut(let patience):
      "No reply within \(patience.wholeMilliseconds) ms. Give it longer, or see in the daemon's log what holds it up."
    case .fault(let fault): fault.description
    case .incompatible(let error):
      "The daemon speaks another protocol than this client: \(error.message.printable(limit: 1024)) "
        + "Update the older of the two."
    case .requestTooLong(let bytes, let limit):
      "The request has \(bytes) bytes, a line may have \(limit). Send large things as an upload."
    case .unusableParams(let detail): "The parameters cannot be sent: \(detail)"
    case .resultTooLarge(let bytes, let limit):
      "The result has \(bytes) bytes, more than the \(limit) this client holds. Ask for less at a time."
    case .unexpectedResult(let method, let detail):
      "The result of \(method) is not what this client expects (\(detail)). Update the older of client and daemon."
    case .closed: "The client was closed."
    }
  }
}

extension ConnectionLoss: CustomStringConvertible {
  public var description: String {
    if let closing {
      switch closing.reason {
      case .stopping: return "the daemon is stopping"
      case .idleExit: return "the daemon had nothing to do and went"
      case .tooManyConnections: return "the daemon has too many connections"
      case .forbidden: return "the daemon does not serve this user"
      case .protocol: return "the daemon found our lines unreadable"
      default: return "the daemon closed it: \(closing.reason.rawValue.printable(limit: 64))"
      }
    }
    if let errno { return SystemWords.text(errno) }
    return "the daemon went away"
  }
}

extension ProtocolFault: CustomStringConvertible {
  public var description: String {
    let what =
      switch self {
      case .lineTooLong(let limit): "sent a line of more than \(limit) bytes"
      case .unreadable(let beginning): "sent a line that is no JSON-RPC: \(beginning)"
      case .unknownReply(let id): "answered a call that was never made (id \(id))"
      case .unattributed(let error): "refused a line: \(error.message.printable(limit: 1024))"
      case .unexpected(let what): "sent \(what), which clients do not take"
      case .nonsense(let method, let detail): "answered \(method) with something else (\(detail))"
      }
    return "What answers at the socket \(what). Is it companiond?"
  }
}
