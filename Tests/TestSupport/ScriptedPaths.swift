import Base

/// What a scripted server answers at each of its paths; what it was not told of is not found, as it would be at a real one.
package final class ScriptedPaths: Sendable {
  package typealias Script = [ScriptedUpstream.Step]

  private let scripts = Lock<[String: [Script]]>([:])

  /// Takes over all requests of the server that have no script of their own.
  package init(_ upstream: ScriptedUpstream) {
    upstream.otherwise { [scripts] request in
      let target = String(request.target.prefix { $0 != "?" })
      return scripts.withLock { scripts in
        guard var list = scripts[target], let first = list.first else {
          return .whole(404, #"{"detail":"Not Found"}"#)
        }
        // The last one stays.
        if list.count > 1 { list.removeFirst() }
        scripts[target] = list
        return first
      }
    }
  }

  /// `POST /sdapi/v1/txt2img`: these answers, one after the other, the last of them for ever.
  package func on(_ target: String, _ answers: Script...) {
    scripts.withLock { $0[target] = answers }
  }
}
