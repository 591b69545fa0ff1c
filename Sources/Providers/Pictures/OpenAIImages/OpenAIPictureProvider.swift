import Base
import HTTP
import Model

/// OpenAI's pictures, and servers that speak like it.
@Loop
final class OpenAIPictureProvider: PictureProvider {
  let configuration: PictureConfiguration
  var lessons: [String: OpenAIPictureLessons] = [:]
  private let seams: ProviderSeams

  init(_ configuration: PictureConfiguration, _ seams: ProviderSeams) {
    self.configuration = configuration
    self.seams = seams
  }

  func traits(_ model: String?) -> PictureTraits {
    let order = OpenAIPictureOrder(model: model ?? OpenAIPictureOrder.usual)
    return PictureTraits(
      provider: configuration.name, model: model, kind: .openaiImages, concurrency: configuration.concurrency,
      edits: order.edits, form: .sentence, takesNegative: order.family == .other, memory: .none,
      isPlaceholder: false, width: 1024, height: order.family == .dallE3 ? 1792 : 1536)
  }

  func freshName() -> RemoteJob? { nil }

  func run(_ task: PictureTask, sink: @escaping @Loop (PictureEvent) -> Void) -> PictureRun {
    OpenAIPictureRun(
      task, server: PictureServer(configuration: configuration, seams: seams), provider: self, seams: seams,
      sink: sink)
  }

  /// The models as the server lists them, those of its owner first; which of them draw it does not say, their names do.
  func options(then: @escaping @Loop (Result<PictureOptions, ProviderError>) -> Void) {
    let server = PictureServer(configuration: configuration, seams: seams)
    let named = configuration.models
    _ = server.call(server.request(.get, "/models")) { result in
      var options = PictureOptions()
      options.models = named
      switch result {
      case .failure(let error):
        if named.isEmpty { return then(.failure(ProviderError(error, asked: server.asked(nil)))) }
      case .success(let answer):
        if answer.status == 200, let items = answer.json?["data"]?.array {
          let words = ["image", "dall-e", "flux", "diffusion", "sdxl", "sd3"]
          let listed = PictureOptions.names(items, members: ["id"]).filter { name in
            words.contains { name.lowercased().contains($0) } && !named.contains(name)
          }
          options.models += listed
        } else if named.isEmpty, answer.status != 404 {
          return then(.failure(server.failure(answer, nil)))
        }
      }
      then(.success(options))
    }
  }
}

/// One order there: a single request, which is paid for and cannot be found again.
@Loop
final class OpenAIPictureRun: PictureRun {
  private static let maxLessons = 5

  private let order: OpenAIPictureOrder
  private let server: PictureServer
  private let provider: OpenAIPictureProvider
  private var lessonCount = 0

  init(
    _ task: PictureTask, server: PictureServer, provider: OpenAIPictureProvider, seams: ProviderSeams,
    sink: @escaping @Loop (PictureEvent) -> Void
  ) {
    order = OpenAIPictureOrder(model: task.model ?? OpenAIPictureOrder.usual)
    self.server = server
    self.provider = provider
    super.init(task, asked: server.asked(order.model), seams: seams, sink: sink)
  }

  override func start() {
    let members = order.members(task, provider.lessons[order.model] ?? OpenAIPictureLessons())
    var request: HTTPRequest
    if let sources = task.sources {
      let random = seams.random
      var form = MultipartForm(random: random.next(), random.next())
      order.form(sources, members, &form)
      request = server.request(.post, "/images/edits")
      request.headers.append(("Content-Type", form.contentType))
      request.body = form.body
    } else {
      request = server.request(.post, "/images/generations", json: .object(members))
    }
    let total = server.configuration.totalTimeout
    request.patience.first = total
    request.patience.idle = .seconds(120)
    request.patience.total = total + .seconds(120)
    request.maxBodyBytes = PictureServer.maxAnswerBytes
    call(request, of: server) { [weak self] result in self?.take(result, members) }
  }

  private func take(_ result: Result<PictureAnswer, HTTPError>, _ sent: [String: JSONValue]) {
    switch result {
    case .failure(let error):
      let failure = ProviderError(error, asked: asked)
      let isSure = [.request, .address, .resolve, .connect, .tls].contains(error.phase)
      // At home it costs nothing but time.
      guard !isSure, !HTTPURL.isLoopback(server.configuration.url), failure.kind == .unavailable else {
        return end(.failure(failure))
      }
      fail(.unclear, failure.detail)
    case .success(let answer) where answer.status == 200:
      guard let json = answer.json, let data = json["data"]?.array else {
        return end(.failure(server.failure(answer, order.model)))
      }
      guard !data.isEmpty else { return fail(.malformed, "it sent an empty list of pictures") }
      collect(data[...], [])
    case .success(let answer):
      var lessons = provider.lessons[order.model] ?? OpenAIPictureLessons()
      if lessonCount < Self.maxLessons, OpenAIPictureOrder.learn(from: answer, sent: sent, &lessons) {
        lessonCount += 1
        provider.lessons[order.model] = lessons
        return start()
      }
      end(.failure(server.failure(answer, order.model)))
    }
  }

  private func collect(_ data: ArraySlice<LooseJSON>, _ made: [MadePicture]) {
    guard let item = data.first else { return end(.pictures(made)) }
    let take: @Loop ([UInt8]) -> Void = { [weak self] bytes in
      var picture = MadePicture(bytes, seed: item["seed"]?.unsigned)
      picture.revisedPrompt = item["revised_prompt"]?.string
      self?.collect(data.dropFirst(), made + [picture])
    }
    if let text = item["b64_json"]?.bytes, !text.isEmpty {
      do throws(PictureFault) {
        take(try PictureBytes.decode(text))
      } catch {
        endPaid(ProviderError(error.cause, asked: asked, detail: "it sent \(error.words)"))
      }
    } else if let address = item["url"]?.bytes {
      tell(.progress(PictureProgress(fraction: 0.9)))
      fetch(address, of: server) { [weak self] result in
        switch result {
        case .success(let bytes): take(bytes)
        case .failure(let error): self?.endPaid(error)
        }
      }
    } else {
      fail(.malformed, "it sent an answer without a picture")
    }
  }
}
