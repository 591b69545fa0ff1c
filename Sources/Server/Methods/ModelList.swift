import Engine
import Wire

extension Route {
  static var modelList: Route {
    task(ModelList.self) { params, call in
      let listing = await call.engine.models.list(refresh: params.refresh ?? false)
      return .init(
        models: listing.models.map { model in
          .init(
            id: model.id, provider: model.provider, capabilities: model.capabilities,
            contextTokens: model.contextTokens, offline: model.isOffline ? true : nil)
        },
        lists: listing.lists.map { .init(name: $0.name, models: $0.models) }, standard: listing.standard,
        failures: listing.failures.map { .init(provider: $0.provider, message: $0.message) })
    }
  }
}
