import Base
import Engine
import Posix
import Wire

extension Call {
  /// The one place where what Engine says becomes what the wire says.
  func translate(_ error: EngineError) -> RPCError {
    switch error {
    case .notFound(let kind, let id): return .notFound(kind: kind, id: id)
    case .conflict(let revision): return .conflict(revision: revision)
    case .keyConflict(let key): return .conflict(key: key)
    case .uploadConflict(let upload, let received): return .conflict(upload: upload, received: received)
    case .tooLarge(let what, let limit): return .tooLarge(what, limit: limit)
    case .tooMany(let what, let limit): return .rateLimited(retryAfterMs: 60_000, limit: "\(limit) \(what)")
    case .invalid(let path, let expected): return .invalidParams(path: "params." + path, expected: expected)
    case .cancelled: return .cancelled
    case .storageFull: return .storageFull
    case .storageFailed(let cause):
      log.error("The vault could not be read or written.", ["cause": cause])
      return .storageFailed
    case .fault(let what):
      let incident = server.incident()
      log.fault("A call failed by a fault of ours.", ["incident": incident, "what": what])
      return .internal(incident: incident)
    }
  }

  /// Runs a part of Engine and translates what it throws.
  func engine<Answer: Sendable>(
    _ body: @Loop (Engine) async throws(EngineError) -> Answer
  ) async throws(RPCError) -> Answer {
    do throws(EngineError) {
      return try await body(services.engine)
    } catch {
      throw translate(error)
    }
  }

  var services: Services {
    guard let services = server.services else { preconditionFailure("a daemon's handler in a server without services") }
    return services
  }
}
