import HTTP
import Model

/// One order at fal: placed once, asked about until it is finished, and fetched. Each order is paid for, so nothing here places one
/// twice: where it is not known whether fal has it, that is what is said.
@Loop
final class FalRun: PictureRun {
  private static let firstPause = Duration.milliseconds(500)
  private static let longestPause = Duration.seconds(5)
  /// A server that cannot be asked is asked again; the job is known there and goes on. After this it is left to the queue.
  private static let patienceWithSilence = Duration.seconds(120)

  private static let patienceWithNumber = Duration.seconds(10)

  private let model: FalModel
  private let server: PictureServer
  private var request: FalRequest?
  private var pause = firstPause
  private var placedAt = Duration.zero
  private var silentSince: Duration?
  private var hasBegunThere = false
  private var isPlacing = false
  private var wantsToLeave = false
  private var queuedBefore: Int??

  init(
    _ task: PictureTask, model: FalModel, server: PictureServer, seams: ProviderSeams,
    sink: @escaping @Loop (PictureEvent) -> Void
  ) {
    self.model = model
    self.server = server
    super.init(task, asked: server.asked(task.model), seams: seams, sink: sink)
  }

  private var base: String { server.configuration.url }

  override func start() {
    placedAt = seams.timing.now()
    if task.resumes {
      guard let job = task.remote, let known = FalRequest(job, base: base) else {
        return fail(.lost, "its name there cannot be read")
      }
      request = known
      return ask()
    }
    guard model.isSpellable else {
      return fail(.model, "\(model.path.prefix(80)) is not the path of a model")
    }
    place()
  }

  // MARK: The order

  private func place() {
    var http = server.request(.post, "/\(model.path)", json: .object(model.body(task)))
    // Pictures to start from go along.
    http.patience.total = .seconds(300)
    http.patience.first = .seconds(120)
    isPlacing = true
    call(http, of: server) { [weak self] result in
      guard let self else { return }
      isPlacing = false
      guard wantsToLeave else { return placed(result) }
      if case .success(let answer) = result { request = number(answer) }
      leave()
    }
  }

  private func placed(_ result: Result<PictureAnswer, HTTPError>) {
    switch result {
    case .failure(let error):
      let failure = ProviderError(error, asked: asked)
      // Only before the connection stood is it sure that nothing was ordered.
      let isSure = [.request, .address, .resolve, .connect, .tls].contains(error.phase)
      if isSure { end(.failure(failure)) } else { fail(.unclear, failure.detail) }
    case .success(let answer) where (200..<300).contains(answer.status):
      guard let request = number(answer) else {
        // A model that answers at once has answered.
        if let json = answer.json, json["images"] != nil { return finish(json) }
        return end(.failure(server.failure(answer, task.model)))
      }
      self.request = request
      tell(.accepted(request.job))
      if let ahead = answer.json?["queue_position"]?.count { queued(ahead) }
      askLater()
    case .success(let answer): end(.failure(server.failure(answer, task.model, cause: cause(answer))))
    }
  }

  /// The number an order has got; where the answer was cut off, the one in its head.
  private func number(_ answer: PictureAnswer) -> FalRequest? {
    guard (200..<300).contains(answer.status) else { return nil }
    if let json = answer.json, let told = FalRequest(json, application: model.application, base: base) {
      return told
    }
    return answer.head["x-fal-request-id"].flatMap {
      FalRequest(number: $0, application: model.application, base: base)
    }
  }

  /// Words of the model's own, where the status alone would say too little.
  private func cause(_ answer: PictureAnswer) -> ProviderError.Cause? {
    let type = answer.json?["detail"]?.array?.first?["type"]?.string ?? ""
    if type.contains("content_policy") || type.contains("nsfw") || type.contains("safety") { return .content }
    if type.hasSuffix("too_large") { return .tooLarge }
    let words = ServerError(status: answer.status, body: answer.body, head: answer.head).message.lowercased()
    if answer.status == 403, words.contains("balance") || words.contains("locked") { return .payment }
    // What waited too long by our own wish will do so again.
    if answer.head["x-fal-request-timeout-type"] == "user" { return .request }
    return nil
  }

  // MARK: How it is

  private func askLater() {
    let next = pause
    pause = min(pause * 1.5, Self.longestPause)
    after(next) { [weak self] in self?.ask() }
  }

  private func ask() {
    guard let request else { return }
    guard seams.timing.now() - placedAt <= server.configuration.totalTimeout else {
      let cancellation = server.request(.put, url: request.cancel)
      return call(cancellation, of: server) { [weak self] _ in
        self?.fail(.timeout, "it was not finished in time, and was taken back")
      }
    }
    call(server.request(.get, url: request.status), of: server) { [weak self] result in self?.told(result) }
  }

  private func told(_ result: Result<PictureAnswer, HTTPError>) {
    switch result {
    case .failure(let error): silent(ProviderError(error, asked: asked))
    case .success(let answer) where answer.status == 200 || answer.status == 202:
      guard let json = answer.json, let status = json["status"]?.string else {
        return silent(server.failure(answer, task.model))
      }
      silentSince = nil
      switch status {
      case "IN_QUEUE":
        queued(json["queue_position"]?.count)
        askLater()
      case "IN_PROGRESS":
        if !hasBegunThere {
          // It does not say how far it is; only that it has begun.
          hasBegunThere = true
          tell(.progress(PictureProgress(fraction: 0.1)))
        }
        askLater()
      case "COMPLETED": collect()
      case "CANCELED", "CANCELLED": fail(.interrupted, "somebody cancelled it there")
      default: fail(.server, "its status is \(status.prefix(40))")
      }
    case .success(let answer):
      switch answer.status {
      case 408, 425, 429, 500...: silent(server.failure(answer, task.model))
      case 404, 410: fail(.lost, status: answer.status, "it does not know the request any more")
      default: end(.failure(server.failure(answer, task.model, cause: cause(answer))))
      }
    }
  }

  private func queued(_ ahead: Int?) {
    guard queuedBefore != .some(ahead) else { return }
    queuedBefore = .some(ahead)
    tell(.queued(ahead: ahead))
  }

  /// No answer to the question is no answer about the job.
  private func silent(_ failure: ProviderError) {
    let now = seams.timing.now()
    let since = silentSince ?? now
    silentSince = since
    let wait = max(pause, min(failure.retryAfter ?? .zero, .seconds(60)))
    guard failure.kind == .unavailable, now + wait - since <= Self.patienceWithSilence else {
      return endUnasked(failure)
    }
    pause = min(pause * 2, Self.longestPause)
    after(wait) { [weak self] in self?.ask() }
  }

  // MARK: The pictures

  private func collect() {
    guard let request else { return }
    var http = server.request(.get, url: request.response)
    http.maxBodyBytes = PictureServer.maxAnswerBytes
    call(http, of: server) { [weak self] result in
      guard let self else { return }
      switch result {
      case .failure(let error): silent(ProviderError(error, asked: asked))
      case .success(let answer) where answer.status == 200:
        guard let json = answer.json else { return silent(server.failure(answer, task.model)) }
        finish(json)
      case .success(let answer):
        // Finished does not mean made: here is what the model said.
        var failure = server.failure(answer, task.model, cause: cause(answer))
        if answer.status == 429 || answer.status == 502 { return silent(failure) }
        // It would be said of this request for ever: nothing is left to be found again.
        if failure.kind == .unavailable { failure.cause = .server }
        end(.failure(failure))
      }
    }
  }

  private func finish(_ json: LooseJSON) {
    do throws(PictureFault) {
      let result = try FalResult(json)
      tell(.progress(PictureProgress(fraction: 0.9)))
      download(result.images[...], [])
    } catch {
      endPaid(ProviderError(error.cause, asked: asked, detail: "it sent \(error.words)"))
    }
  }

  private func download(_ images: ArraySlice<FalResult.Image>, _ made: [MadePicture]) {
    guard let image = images.first else { return end(.pictures(made)) }
    fetch(image.address, of: server) { [weak self] result in
      switch result {
      case .success(let bytes):
        self?.download(images.dropFirst(), made + [MadePicture(bytes, seed: image.seed)])
      case .failure(let error): self?.endPaid(error)
      }
    }
  }

  // MARK: Taking back

  /// An order whose number is still to come can only be cancelled there once it has.
  override func cancel() {
    guard isPlacing else { return leave() }
    guard !wantsToLeave else { return }
    wantsToLeave = true
    after(Self.patienceWithNumber) { [weak self] in self?.leave() }
  }

  private func leave() { super.cancel() }

  override func withdraw(then: @escaping @Loop () -> Void) {
    guard let request else { return then() }
    call(server.request(.put, url: request.cancel), of: server) { _ in then() }
  }
}
