import Engine
import Model
import Wire

extension Route {
  static var stateGet: Route {
    task(StateGet.self) { params, call in
      let scene = try await call.engine.scenes.get(params.chat, leaf: params.leaf, of: call.identity.owner)
      let seen = VisibleOutfit(scene.state.outfit)
      return .init(
        state: scene.state, message: scene.message, visible: seen.visible.map(\.name),
        hidden: seen.hidden.map(\.name))
    }
  }
}
