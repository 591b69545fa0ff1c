package import HTTP

/// Looks for servers on this machine, at the ports they usually have. Never anywhere else.
package struct LoopbackProbe: Sendable {
  package struct Found: Sendable, Hashable {
    /// As the configuration names it: `ollama`, `openai`, `forge`, `comfyui`.
    package var kind: String
    /// What belongs into `url`.
    package var url: String
    package var models: [String]
    package var latency: Duration
  }

  package struct Place: Sendable, Hashable {
    package var kind: String
    package var port: Int
    /// What is asked for, and what of the address belongs into the configuration.
    package var path: String
    package var base: String

    package init(kind: String, port: Int, path: String, base: String = "") {
      self.kind = kind
      self.port = port
      self.path = path
      self.base = base
    }
  }

  package static let usualPlaces = [
    Place(kind: "ollama", port: 11434, path: "/api/tags"),
    Place(kind: "openai", port: 8080, path: "/v1/models", base: "/v1"),  // llama.cpp
    Place(kind: "openai", port: 1234, path: "/v1/models", base: "/v1"),  // LM Studio
    Place(kind: "openai", port: 5001, path: "/v1/models", base: "/v1"),  // KoboldCpp
    Place(kind: "openai", port: 8000, path: "/v1/models", base: "/v1"),  // vLLM
    Place(kind: "forge", port: 7860, path: "/sdapi/v1/sd-models"),
    Place(kind: "comfyui", port: 8188, path: "/object_info/CheckpointLoaderSimple"),
  ]

  private static let patience = Duration.milliseconds(300)

  private let places: [Place]

  package init(places: [Place] = usualPlaces) { self.places = places }

  /// A probe on its way.
  @Loop
  package final class Run {
    fileprivate var transfers: [Transfer] = []
    fileprivate var found: [Found?]
    fileprivate var open: Int
    private var then: (@Loop ([Found]) -> Void)?

    fileprivate init(_ count: Int, _ then: @escaping @Loop ([Found]) -> Void) {
      found = Array(repeating: nil, count: count)
      open = count
      self.then = then
    }

    /// Hangs up on all that have not answered. Once it is over it does nothing.
    package func cancel() {
      for transfer in transfers { transfer.cancel() }
      end()
    }

    fileprivate func end() {
      guard let then else { return }
      self.then = nil
      transfers = []
      then(found.compactMap { $0 })
    }
  }

  /// Asks all of them at once and answers when the last has answered or run out of time, in the order of the places.
  @Loop @discardableResult
  package func run(
    _ client: HTTPClient, timing: LoopTiming, then: @escaping @Loop ([Found]) -> Void
  ) -> Run {
    let run = Run(places.count, then)
    guard !places.isEmpty else {
      run.end()
      return run
    }
    for (index, place) in places.enumerated() {
      var request = HTTPRequest(.get, "http://127.0.0.1:\(place.port)\(place.path)")
      request.patience = .init(
        connect: Self.patience, first: Self.patience, idle: Self.patience, total: Self.patience)
      request.maxBodyBytes = 4 << 20
      let started = timing.now()
      let target = Target(configuration: ProviderConfiguration(name: place.kind, kind: .openai), model: "")
      let transfer = JSONFetch.start(request, target: target, client: client) { result in
        if case .success(let json) = result, let models = place.models(in: json) {
          run.found[index] = Found(
            kind: place.kind, url: "http://127.0.0.1:\(place.port)\(place.base)", models: models,
            latency: timing.now() - started)
        }
        run.open -= 1
        if run.open == 0 { run.end() }
      }
      run.transfers.append(transfer)
    }
    return run
  }
}

extension LoopbackProbe.Place {
  /// nil when what answered is something else.
  fileprivate func models(in json: LooseJSON) -> [String]? {
    switch kind {
    case "ollama": json["models"]?.array == nil ? nil : ModelTraits.list(json, provider: "").map(\.name)
    case "forge": json.array.map { $0.compactMap { $0["title"]?.string ?? $0["model_name"]?.string } }
    case "comfyui":
      json["CheckpointLoaderSimple"].map { node in
        node["input"]?["required"]?["ckpt_name"]?.array?.first?.array?.compactMap(\.string) ?? []
      }
    default: json["data"]?.array == nil ? nil : ModelTraits.list(json, provider: "").map(\.name)
    }
  }
}
