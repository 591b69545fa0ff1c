import Base
import Engine
import Model
import Wire

extension Route {
  static var companionGenerate: Route {
    writing(CompanionGenerate.self) { params, keyed, call in
      let bounds = 1...CompanionGenerate.maxPromptBytes
      for (name, text) in [("prompt", params.prompt), ("appearance", params.appearance ?? "-")]
      where !bounds.contains(text.utf8.count) {
        throw RPCError.invalidParams(path: "params.\(name)", expected: "1 to \(bounds.upperBound) bytes")
      }
      let owner = call.identity.owner
      try call.begin()
      return try await call.written(
        call.engine.turns.writing.generate(
          params.prompt, appearance: params.appearance, of: owner,
          recording: keyed.recording { .init(turn: $0) },
          origin: call.origin),
        wait: params.wait)
    }
  }
}
