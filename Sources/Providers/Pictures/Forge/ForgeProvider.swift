import Base
import HTTP
import Model

/// Forge, AUTOMATIC1111 and those that speak like them.
@Loop
final class ForgeProvider: PictureProvider {
  let configuration: PictureConfiguration
  var lessons = ForgeLessons()
  private let seams: ProviderSeams

  init(_ configuration: PictureConfiguration, _ seams: ProviderSeams) {
    self.configuration = configuration
    self.seams = seams
  }

  func traits(_ model: String?) -> PictureTraits {
    PictureTraits(
      provider: configuration.name, model: model, kind: .forge, concurrency: configuration.concurrency,
      edits: true, form: .tags, takesNegative: true, memory: .ourName, isPlaceholder: false,
      width: ForgeOrder.usualWidth, height: ForgeOrder.usualHeight)
  }

  func freshName() -> RemoteJob? {
    let random = seams.random
    let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
    let name = (0..<15).map { _ in letters[Int(random.next() % UInt64(letters.count))] }
    // As the server's own pages name theirs.
    return RemoteJob("task(\(String(name)))")
  }

  func run(_ task: PictureTask, sink: @escaping @Loop (PictureEvent) -> Void) -> PictureRun {
    let server = PictureServer(configuration: configuration, seams: seams)
    let name = task.remote ?? freshName() ?? RemoteJob("")
    return ForgeRun(task, name: name.text, server: server, provider: self, seams: seams, sink: sink)
  }

  // MARK: Tasks nobody waits for

  private static let betweenLooks = Duration.seconds(5)
  private static let mostLooks = 240

  /// Stops a task that was taken back while it waited in the server's own queue, out of which nothing can be taken: as soon as it
  /// runs, and not while another's does. Gives up when the server does not answer, or after some twenty minutes.
  func stopLater(_ name: String, looks: Int = mostLooks) {
    guard looks > 0 else { return }
    _ = seams.timing.after(Self.betweenLooks) { [weak self] in
      guard let self else { return }
      let server = PictureServer(configuration: configuration, seams: seams)
      _ = server.call(ForgeAnswer.Task.question(name, server)) { [weak self] result in
        guard case .success(let answer) = result, let known = ForgeAnswer.Task(answer) else { return }
        if known.isActive {
          _ = server.call(server.request(.post, "/sdapi/v1/interrupt")) { _ in }
        } else if known.isQueued {
          self?.stopLater(name, looks: looks - 1)
        }
      }
    }
  }

  // MARK: Options

  private static let lists:
    [(path: String, names: [String], keep: WritableKeyPath<PictureOptions, [String]>)] = [
      ("/sdapi/v1/sd-models", ["title", "model_name"], \.checkpoints),
      ("/sdapi/v1/samplers", ["name"], \.samplers),
      ("/sdapi/v1/schedulers", ["name", "label"], \.schedulers), ("/sdapi/v1/sd-vae", ["model_name"], \.vaes),
      ("/sdapi/v1/upscalers", ["name"], \.upscalers), ("/sdapi/v1/loras", ["name", "alias"], \.loras),
      ("/sdapi/v1/prompt-styles", ["name"], \.styles),
    ]

  /// Asks for all lists at once. Most servers lack some; only one that has not even models is no such server.
  func options(then: @escaping @Loop (Result<PictureOptions, ProviderError>) -> Void) {
    let server = PictureServer(configuration: configuration, seams: seams)
    var options = PictureOptions()
    var failure: ProviderError?
    var open = Self.lists.count
    for (index, list) in Self.lists.enumerated() {
      _ = server.call(server.request(.get, list.path)) { result in
        switch result {
        case .failure(let error): if index == 0 { failure = ProviderError(error, asked: server.asked(nil)) }
        case .success(let answer):
          if answer.status == 200, let items = answer.json?.array {
            options[keyPath: list.keep] = PictureOptions.names(items, members: list.names)
          } else if index == 0 {
            failure = server.failure(
              answer, nil, cause: ForgeAnswer.cause(answer), saying: ForgeAnswer.sentence(answer))
          }
        }
        open -= 1
        guard open == 0 else { return }
        then(failure.map { .failure($0) } ?? .success(options))
      }
    }
  }
}

extension PictureOptions {
  /// The first of those members that each item has, or the item where it is a name itself.
  static func names(_ items: [LooseJSON], members: [String]) -> [String] {
    items.prefix(mostOfAKind).compactMap { item in
      let name = item.string ?? members.lazy.compactMap { item[$0]?.string }.first
      return name.flatMap { 1...maxNameBytes ~= $0.utf8.count ? $0 : nil }
    }
  }
}
