package import Engine
import FoundationEssentials
import Model
package import Posix
package import Wire

/// A method's declaration tied to its handler, with the types taken off, so that one table can hold them all.
///
/// Dispatch checks scope, parameters and keys once, here; a handler sees typed parameters and throws `RPCError`.
///
/// A class, so that finding one costs one retain instead of one for each member.
@Loop
package final class Route {
  enum Outcome {
    /// The empty object, which needs no encoder.
    case empty
    case encoded([UInt8])
    case failed(RPCError)
  }

  enum Body {
    /// Answers at once, without a task.
    case immediate(@Loop (Data?, Call) -> Outcome)
    /// Decodes at once, and gives what is to be waited for: the line's bytes do not live as long as that.
    case task(@Loop (Data?, Call) throws -> Work)
  }

  typealias Work = @Loop () async -> Outcome

  package let name: String
  let bytes: [UInt8]
  let scope: MethodScope
  let overtakes: Bool
  let mayBeLarge: Bool
  let body: Body
  let method: any Method.Type

  private init<M: Method>(_ method: M.Type, _ body: Body) {
    name = M.name
    bytes = Array(M.name.utf8)
    scope = M.scope
    overtakes = M.overtakes
    mayBeLarge = M.mayBeLarge
    self.method = method
    self.body = body
  }

  /// For handlers that need not wait for anything.
  package static func immediate<M: Method>(
    _ method: M.Type, _ handler: @escaping @Loop (M.Params, Call) throws -> M.Result
  ) -> Route {
    Route(
      method,
      .immediate { data, call in
        do {
          return try encode(try handler(try decode(method, data), call), of: method)
        } catch {
          return .failed(call.translate(error))
        }
      })
  }

  /// For handlers that wait; they start in the order of arrival and run on the loop between their waits.
  package static func task<M: Method>(
    _ method: M.Type, _ handler: @escaping @Loop (M.Params, Call) async throws -> M.Result
  ) -> Route {
    Route(
      method,
      .task { data, call in
        let params = try decode(method, data)
        return {
          do {
            return try encode(try await handler(params, call), of: method)
          } catch {
            return .failed(call.translate(error))
          }
        }
      })
  }

  /// For handlers whose result is long: they have it encoded where that holds nobody up, and answer its bytes.
  package static func prepared<M: Method>(
    _ method: M.Type, _ handler: @escaping @Loop (M.Params, Call) async throws -> [UInt8]
  ) -> Route {
    Route(
      method,
      .task { data, call in
        let params = try decode(method, data)
        return {
          do {
            return .encoded(try await handler(params, call))
          } catch {
            return .failed(call.translate(error))
          }
        }
      })
  }

  /// For handlers that write: they are given what the vault must remember under the call's key, and answer bytes.
  package static func writing<M: Method>(
    _ method: M.Type,
    _ handler: @escaping @Loop (M.Params, KeyedCall<M>, Call) async throws -> Recorded<M.Result>
  ) -> Route {
    precondition(M.takesKey, "\(M.name) does not say that it writes")
    return Route(
      method,
      .task { data, call in
        let params = try decode(method, data)
        let keyed = try KeyedCall<M>(data, limits: call.server.limits)
        return {
          do {
            switch try await handler(params, keyed, call) {
            case .fresh(let result): return try encode(result, of: method)
            case .recorded(let bytes, let replayed):
              return .encoded(replayed ? KeyedCall<M>.markReplayed(bytes) : bytes)
            }
          } catch {
            return .failed(call.translate(error))
          }
        }
      })
  }

  private static func decode<M: Method>(_ method: M.Type, _ data: Data?) throws(RPCError) -> M.Params {
    if let empty = Empty() as? M.Params { return empty }
    return try M.params(from: data ?? Data("{}".utf8))
  }

  /// Throws when a number such as infinity slipped into a result: a fault of ours, which the caller puts into the log.
  private static func encode<M: Method>(_ result: M.Result, of method: M.Type) throws -> Outcome {
    if result is Empty { return .empty }
    return .encoded(try M.bytes(of: result))
  }
}
