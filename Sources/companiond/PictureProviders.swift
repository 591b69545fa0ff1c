import Base
import Config
import Engine
import FoundationEssentials
import Glibc
import HTTP
import Posix
import Providers

/// What the configuration says of pictures, as the queue and the providers take it.
enum PictureProviders {
  /// The largest workflow that is read: ComfyUI's own have some tens of kilobytes.
  private static let maxWorkflowBytes = 1 << 20

  @Loop static func pool(_ configuration: Configuration, log: LogCentre, metrics: Base.Metrics) -> PicturePool
  {
    PicturePool(
      settings(configuration, Log(log, component: "providers")),
      seams: ProviderSeams(client: HTTPClient(), log: Log(log, component: "providers"), metrics: metrics))
  }

  /// Threads at a lower priority than everything that somebody waits for, one processor left to that.
  static func threads() -> WorkerPool {
    WorkerPool(name: "pictures", width: max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))) - 1), niceness: 10)
  }

  static func settings(_ configuration: Configuration, _ log: Log) -> [PictureConfiguration] {
    configuration.providers.compactMap { provider in
      guard let kind = PictureConfiguration.Kind(rawValue: provider.kind.rawValue) else { return nil }
      return PictureConfiguration(
        name: provider.name, kind: kind, url: provider.url?.description, key: provider.key?.reveal(),
        models: provider.models, concurrency: provider.concurrency, totalTimeout: provider.totalTimeout,
        headers: Dictionary(provider.headers.map { ($0.name, $0.value.reveal()) }) { $1 },
        workflow: provider.workflow.flatMap { workflow($0, log) })
    }
  }

  /// A workflow that cannot be read leaves the one that is built in, and a line in the log.
  private static func workflow(_ path: String, _ log: Log) -> String? {
    guard let data = FileManager.default.contents(atPath: path), data.count <= maxWorkflowBytes else {
      log.error("A workflow cannot be read, or is too large; the built-in one is used.", ["path": path])
      return nil
    }
    return String(decoding: data, as: UTF8.self)
  }

  static func defaults(_ configuration: Configuration) -> PictureDefaults {
    var defaults = PictureDefaults()
    defaults.picture = configuration.defaults.picture.description
    defaults.edit = configuration.defaults.edit?.description
    defaults.fallback = configuration.pictures.fallback == .placeholder ? "placeholder" : nil
    defaults.quality = configuration.pictures.quality
    defaults.maxSide = configuration.pictures.maxSide
    defaults.headerWidth = configuration.pictures.headerWidth
    return defaults
  }
}
