import Engine
import Wire

extension Route {
  static var promptPreview: Route {
    task(PromptPreview.self) { params, call in
      if params.message != nil, params.text != nil || params.leaf != nil {
        throw RPCError.invalidParams(path: "params.message", expected: "no `text` and no `leaf` beside it")
      }
      if let text = params.text { try call.check(text: text) }
      if params.picture == true, params.text != nil {
        throw RPCError.invalidParams(path: "params.text", expected: "no `picture` beside it")
      }
      let preview =
        if params.picture == true {
          try await call.engine.turns.picturePreview(
            params.chat, at: params.message ?? params.leaf, of: call.identity.owner)
        } else {
          try await call.engine.turns.preview(
            .init(chat: params.chat, leaf: params.leaf, text: params.text, message: params.message),
            of: call.identity.owner)
        }
      return .init(
        provider: preview.provider, model: preview.model, request: preview.request,
        sections: preview.sections.map { .init(name: $0.name, source: $0.source, tokens: $0.tokens) },
        omitted: preview.omitted, tokens: preview.tokens, cacheBreakers: preview.cacheBreakers,
        scene: preview.isScenePending ? "pending" : "current")
    }
  }
}
