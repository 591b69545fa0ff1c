import Base
import Engine
import Posix
import Wire

extension Call {
  /// What a handler threw, as the peer is told.
  func translate(_ error: any Error) -> RPCError {
    switch error {
    case let error as RPCError: return error
    case let error as EngineError: return translate(error)
    case is CancellationError: return .cancelled
    default: return fault("\(error)")
    }
  }

  /// The one place where what Engine says becomes what the wire says.
  private func translate(_ error: EngineError) -> RPCError {
    switch error {
    case .notFound(let kind, let id): return .notFound(kind: kind, id: id)
    case .leafNotFound(let leaf, let head):
      return .notFound(leaf: leaf.description, head: head?.description)
    case .hasChildren(let count): return .conflict(children: count)
    case .conflict(let revision): return .conflict(revision: revision)
    case .keyConflict(let key): return .conflict(key: key)
    case .uploadConflict(let upload, let received): return .conflict(upload: upload, received: received)
    case .tooLarge(let what, let limit): return .tooLarge(what, limit: limit)
    case .tooMany(let what, let limit): return .rateLimited(retryAfterMs: 60_000, limit: "\(limit) \(what)")
    case .invalid(let path, let expected): return .invalidParams(path: "params." + path, expected: expected)
    case .unsupported(let sentence): return .unsupported(sentence)
    case .busy(let turn):
      server.refusedByLock.add()
      return .busy(turn: turn.description)
    case .rateLimited(let wait, let limit): return .rateLimited(retryAfterMs: wait, limit: limit)
    case .stale(let tip): return .conflict(tip: tip.description)
    case .providerFailed(let error): return RPCError(error)
    case .refused(let rule, let sentence): return .refused(rule: rule, sentence)
    case .cancelled: return .cancelled
    case .storageFull: return .storageFull
    case .storageFailed(let cause):
      log.error("The vault could not be read or written.", ["cause": cause])
      return .storageFailed
    case .fault(let what): return fault(what)
    }
  }

  /// Ours to mend: the log says what it was, the peer where to look.
  private func fault(_ what: String) -> RPCError {
    let incident = server.incident()
    log.fault("A call failed by a fault of ours.", ["incident": incident, "what": what])
    return .internal(incident: incident)
  }

  var engine: Engine { services.engine }

  var doors: Doors {
    guard let doors = server.doors else {
      preconditionFailure("a handler of conversations in a server without them")
    }
    return doors
  }

  var services: Services {
    guard let services = server.services else {
      preconditionFailure("a daemon's handler in a server without services")
    }
    return services
  }
}
