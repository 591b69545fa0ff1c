import Base
import Engine
import Model
import Wire

extension Route {
  static var stateSet: Route {
    writing(StateSet.self) { params, keyed, call in
      try check(params.location, "location", atMost: StateSet.longestPhrase)
      try check(params.action, "action", atMost: StateSet.longestPhrase)
      var correction = SceneDesk.Correction(location: params.location, action: params.action)
      switch params.outfit {
      case .text(let text):
        try check(text, "outfit", atMost: StateSet.longestOutfit)
        correction.outfit = .text(text)
      case .garments(let garments): correction.outfit = .garments(garments)
      case nil: break
      }
      let (owner, origin) = (call.identity.owner, call.origin)
      try call.begin()
      return try await call.engine.scenes.set(
        params.chat, leaf: params.leaf, correction, of: owner,
        recording: keyed.recording { .init(message: $0, state: $0.state ?? SceneState()) }, origin: origin
      ).map { .init(message: $0, state: $0.state ?? SceneState()) }
    }
  }

  private static func check(_ text: String?, _ name: String, atMost limit: Int) throws(RPCError) {
    guard let text, text.utf8.count > limit else { return }
    throw .invalidParams(path: "params.\(name)", expected: "at most \(limit) bytes")
  }
}
