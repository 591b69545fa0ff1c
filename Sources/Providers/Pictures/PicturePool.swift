import Base
import HTTP
import Model

/// All providers of pictures by name: the door that the queue knocks at. How many orders run at a time, which goes first and when
/// one that failed is tried again is the queue's; what is known of a provider's health is kept here.
@Loop
package final class PicturePool {
  private struct Entry {
    let provider: any PictureProvider
    var breaker = CircuitBreaker()
  }

  private let seams: ProviderSeams
  private var entries: [String: Entry] = [:]
  private var order: [String] = []

  package init(_ configurations: [PictureConfiguration] = [], seams: ProviderSeams) {
    self.seams = seams
    configure(configurations)
  }

  /// Takes a new configuration. Orders under way go on with what they began with; a provider that has not changed keeps its health.
  /// The two that are built in are always there.
  package func configure(_ configurations: [PictureConfiguration]) {
    var all = configurations
    for builtIn in PictureConfiguration.builtIn where !all.contains(where: { $0.name == builtIn.name }) {
      all.append(builtIn)
    }
    var next: [String: Entry] = [:]
    for configuration in all {
      let known = entries[configuration.name]
      next[configuration.name] =
        known?.provider.configuration == configuration
        ? known : Entry(provider: Self.provider(configuration, seams))
    }
    entries = next
    order = all.map(\.name)
  }

  private static func provider(_ configuration: PictureConfiguration, _ seams: ProviderSeams)
    -> any PictureProvider
  {
    switch configuration.kind {
    case .forge: ForgeProvider(configuration, seams)
    case .fal: FalProvider(configuration, seams)
    case .comfyui: ComfyProvider(configuration, seams)
    case .openaiImages: OpenAIPictureProvider(configuration, seams)
    case .placeholder, .offline: DrawnProvider(configuration, seams)
    }
  }

  /// In the order of the configuration.
  package var names: [String] { order }

  // MARK: Orders

  /// Where an order for that name would go: `forge`, `fal/nano-banana/edit`, `placeholder`.
  package func traits(of name: String) throws(ProviderError) -> PictureTraits {
    let (entry, model) = try find(name)
    return entry.provider.traits(model)
  }

  /// What the provider is to know the job by, for the queue to store before it calls `start`; nil where the provider gives the names
  /// itself, or there is none of that name.
  package func freshName(for name: String) -> RemoteJob? {
    (try? find(name))?.entry.provider.freshName()
  }

  /// Places the order; with `resuming` looks for one that was placed before a restart and goes on watching it. That never places it
  /// again: one that the provider surely does not know fails with the cause `lost`. Events come on the loop, none before this
  /// returns, the last being `pictures`, `failure` or `cancelled`. Dropping the handle changes nothing.
  @discardableResult
  package func start(
    _ order: PictureOrder, sources: PictureSources? = nil, model name: String, remote: RemoteJob? = nil,
    resuming: Bool = false, sink: @escaping @Loop (PictureEvent) -> Void
  ) -> any PictureHandle {
    do throws(ProviderError) {
      let (entry, model) = try find(name)
      try check(entry, model, sources, remote, resuming)
      let task = PictureTask(order: order, sources: sources, model: model, remote: remote, resumes: resuming)
      let run = entry.provider.run(task, sink: watching(entry.provider.configuration.name, sink))
      _ = seams.timing.after(.zero) { run.begin() }
      return run
    } catch {
      let refusal = RefusedPicture(error, sink)
      _ = seams.timing.after(.zero) { refusal.tell() }
      return refusal
    }
  }

  /// What can be chosen there, asked of the provider now.
  package func options(
    of name: String, then: @escaping @Loop (Result<PictureOptions, ProviderError>) -> Void
  ) {
    do throws(ProviderError) {
      try find(name).entry.provider.options(then: then)
    } catch {
      then(.failure(error))
    }
  }

  package struct Status: Sendable, Hashable {
    package var name: String
    package var kind: PictureConfiguration.Kind
    /// It kept failing; until then orders fail at once.
    package var leftAloneFor: Duration?
  }

  package var status: [Status] {
    let now = seams.timing.now()
    return order.compactMap { name in
      entries[name].map { entry in
        Status(
          name: name, kind: entry.provider.configuration.kind,
          leftAloneFor: entry.breaker.isOpen(at: now) ? entry.breaker.remaining(at: now) : nil)
      }
    }
  }

  // MARK: Finding and judging

  private func find(_ name: String) throws(ProviderError) -> (entry: Entry, model: String?) {
    let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
    guard let entry = entries[parts.first ?? ""] else {
      let all = order.joined(separator: ", ")
      throw ProviderError(
        .model, asked: Asked(provider: parts.first ?? name),
        detail: "no provider of that name draws pictures; there are \(all)")
    }
    return (entry, parts.count > 1 ? parts[1] : entry.provider.configuration.models.first)
  }

  private func check(
    _ entry: Entry, _ model: String?, _ sources: PictureSources?, _ remote: RemoteJob?, _ resuming: Bool
  ) throws(ProviderError) {
    let traits = entry.provider.traits(model)
    let asked = Asked(provider: traits.provider, model: model)
    if sources != nil, !traits.edits {
      throw ProviderError(.request, asked: asked, detail: "it cannot start from a picture")
    }
    if sources == nil, traits.onlyEdits, !resuming {
      throw ProviderError(.request, asked: asked, detail: "it only changes pictures, and was given none")
    }
    if resuming, remote == nil, !traits.isPlaceholder {
      throw ProviderError(.lost, asked: asked, detail: "it was given no name to find it by")
    }
    let now = seams.timing.now()
    if entry.breaker.isOpen(at: now) {
      throw ProviderError(
        .circuitOpen, asked: asked, detail: "several orders in a row failed",
        retryAfter: entry.breaker.remaining(at: now))
    }
  }

  /// Listens to an order for what it says of the provider's health.
  private func watching(
    _ name: String, _ sink: @escaping @Loop (PictureEvent) -> Void
  ) -> @Loop (PictureEvent) -> Void {
    { [weak self] event in
      switch event {
      case .pictures: self?.entries[name]?.breaker.succeeded()
      case .failure(let error):
        self?.seams.log.notice(
          "A picture's provider failed.",
          ["provider": error.provider, "cause": error.cause.rawValue, "status": error.status ?? 0])
        if error.cause.isOfHealth, let now = self?.seams.timing.now() {
          self?.entries[name]?.breaker.failed(at: now)
        }
      case .accepted, .queued, .progress, .cancelled: break
      }
      sink(event)
    }
  }
}

extension ProviderError.Cause {
  /// Whether the failure speaks of the provider's health rather than of one request.
  var isOfHealth: Bool {
    switch self {
    case .connection, .timeout, .overload, .server, .malformed, .notAnAPI: true
    default: false
    }
  }
}

/// An order that could not even be placed.
@Loop
private final class RefusedPicture: PictureHandle {
  private let error: ProviderError
  private var sink: (@Loop (PictureEvent) -> Void)?

  init(_ error: ProviderError, _ sink: @escaping @Loop (PictureEvent) -> Void) {
    self.error = error
    self.sink = sink
  }

  func tell() { end(.failure(error)) }

  func cancel() { end(.cancelled) }

  func abandon() { sink = nil }

  private func end(_ event: PictureEvent) {
    let sink = sink
    self.sink = nil
    sink?(event)
  }
}
