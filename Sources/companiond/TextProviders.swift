import Base
import Config
import HTTP
import Providers

/// What the configuration says of text providers, as the providers take it.
enum TextProviders {
  @Loop static func pool(_ configuration: Configuration, log: LogCentre, metrics: Base.Metrics)
    -> ProviderPool
  {
    ProviderPool(
      settings(configuration), lists: lists(configuration),
      seams: ProviderSeams(client: HTTPClient(), log: Log(log, component: "providers"), metrics: metrics))
  }

  static func settings(_ configuration: Configuration) -> [ProviderConfiguration] {
    configuration.providers.compactMap { provider in
      guard let kind = ProviderConfiguration.Kind(rawValue: provider.kind.rawValue) else { return nil }
      return ProviderConfiguration(
        name: provider.name, kind: kind, url: provider.url?.description, key: provider.key?.reveal(),
        models: provider.models.map { name in
          .init(
            name, capabilities: provider.reasoning.contains(name) ? .reasoning : [],
            contextTokens: provider.contextTokens)
        },
        concurrency: provider.concurrency, firstTokenTimeout: provider.firstTokenTimeout,
        tokenTimeout: provider.tokenTimeout, totalTimeout: provider.totalTimeout,
        headers: Dictionary(provider.headers.map { ($0.name, $0.value.reveal()) }) { $1 },
        contextTokens: provider.contextTokens)
    }
  }

  static func lists(_ configuration: Configuration) -> [String: [String]] {
    Dictionary(configuration.models.map { ($0.name, $0.members.map(\.description)) }) { $1 }
  }
}
