import HTTP
import Model

/// One order at a Forge or AUTOMATIC1111 server: a single long request, and beside it questions how far it is.
///
/// The server keeps nothing of what it made but for whom it made it: after a restart of ours the picture is lost whatever we do. So
/// a task that still runs for nobody is stopped, since waiting for its end would be paid twice; one that waits in the server's
/// queue is waited for until it can be stopped without stopping another's; and then the order is `lost` and may be placed anew.
@Loop
final class ForgeRun: PictureRun {
  private static let firstLook = Duration.milliseconds(500)
  private static let betweenLooks = Duration.seconds(1)
  /// How many refusals may teach us something during one order.
  private static let maxLessons = 8

  private let name: String
  private let server: PictureServer
  private let provider: ForgeProvider
  private var lessons = 0
  private var wasAccepted = false
  private var wasQueued = false
  private var isAnswered = false

  init(
    _ task: PictureTask, name: String, server: PictureServer, provider: ForgeProvider, seams: ProviderSeams,
    sink: @escaping @Loop (PictureEvent) -> Void
  ) {
    self.name = name
    self.server = server
    self.provider = provider
    super.init(task, asked: server.asked(task.model), seams: seams, sink: sink)
  }

  override func start() {
    if task.resumes { return find() }
    after(Self.firstLook) { [weak self] in self?.look() }
    place()
  }

  // MARK: The order

  private func place() {
    let sent = ForgeOrder.body(task, name: name, provider.lessons)
    var request = server.request(.post, ForgeOrder.path(task), json: .object(sent))
    // Until the picture is finished, and while others' are, not a byte comes.
    let total = server.configuration.totalTimeout
    request.patience.first = total
    request.patience.idle = .seconds(120)
    request.patience.total = total + .seconds(120)
    request.maxBodyBytes = PictureServer.maxAnswerBytes
    call(request, of: server) { [weak self] result in self?.take(result, sent) }
  }

  private func take(_ result: Result<PictureAnswer, HTTPError>, _ sent: [String: JSONValue]) {
    switch result {
    case .failure(let error): end(.failure(ProviderError(error, asked: asked)))
    case .success(let answer) where answer.status == 200 && answer.json?["images"] != nil:
      isAnswered = true
      checkInterruption { [weak self] in self?.finish(answer) }
    case .success(let answer):
      var learned = provider.lessons
      if lessons < Self.maxLessons, ForgeOrder.learn(from: answer, sent: sent, task.order, &learned) {
        lessons += 1
        provider.lessons = learned
        return place()
      }
      end(
        .failure(
          server.failure(
            answer, task.model, cause: ForgeAnswer.cause(answer), saying: ForgeAnswer.sentence(answer))))
    }
  }

  private func finish(_ answer: PictureAnswer) {
    guard let json = answer.json else { return fail(.malformed, "an answer that is no JSON") }
    do throws(PictureFault) {
      end(.pictures(try ForgeAnswer.pictures(json)))
    } catch {
      fail(error.cause, "it sent \(error.words)")
    }
  }

  /// Whoever stops a task gets what there is of it, as if it were finished; only the server's state tells. It forgets that when the
  /// next task begins, so a doubt goes in favour of the picture.
  private func checkInterruption(then: @escaping @Loop () -> Void) {
    var request = server.request(.get, "/sdapi/v1/progress?skip_current_image=true")
    request.patience = .init(connect: .seconds(5), first: .seconds(5), idle: .seconds(5), total: .seconds(5))
    call(request, of: server) { [weak self] result in
      if case .success(let answer) = result, ForgeAnswer.Running(answer)?.wasInterrupted == true {
        self?.fail(.interrupted, "somebody stopped it there")
      } else {
        then()
      }
    }
  }

  // MARK: Progress

  private func look() {
    guard !isAnswered else { return }
    if provider.lessons.hasNoTasks { return lookAtAll(isOurs: false, nil) }
    askForTask { [weak self] answer in
      guard let self, !isAnswered else { return }
      guard let answer else { return lookLater() }
      guard let known = ForgeAnswer.Task(answer) else {
        if answer.status == 404 || answer.status == 405 || answer.status == 200 {
          provider.lessons.hasNoTasks = true
        }
        return lookLater()
      }
      if !known.isUnknown, !wasAccepted {
        wasAccepted = true
        tell(.accepted(RemoteJob(name)))
      }
      if known.isQueued, !known.isActive, !wasQueued {
        wasQueued = true
        tell(.queued(ahead: nil))
      }
      // What runs is ours, so what is told of it in general is too.
      if known.isActive { lookAtAll(isOurs: true, known) } else { lookLater() }
    }
  }

  private func lookAtAll(isOurs: Bool, _ known: ForgeAnswer.Task?) {
    call(server.request(.get, "/sdapi/v1/progress?skip_current_image=true"), of: server) {
      [weak self] result in
      guard let self, !isAnswered else { return }
      if case .success(let answer) = result, let running = ForgeAnswer.Running(answer), !running.isIdle {
        tell(
          .progress(
            PictureProgress(
              fraction: known?.fraction ?? running.fraction, step: running.step, steps: running.steps,
              remaining: known?.remaining ?? running.remaining)))
      } else if let fraction = known?.fraction {
        tell(.progress(PictureProgress(fraction: fraction, remaining: known?.remaining)))
      }
      lookLater()
    }
  }

  private func lookLater() { after(Self.betweenLooks) { [weak self] in self?.look() } }

  private func askForTask(then: @escaping @Loop (PictureAnswer?) -> Void) {
    call(ForgeAnswer.Task.question(name, server), of: server) { result in
      if case .success(let answer) = result { then(answer) } else { then(nil) }
    }
  }

  // MARK: After a restart

  private func find() {
    call(ForgeAnswer.Task.question(name, server), of: server) { [weak self] result in
      guard let self else { return }
      switch result {
      case .failure(let error): end(.failure(ProviderError(error, asked: asked)))
      case .success(let answer):
        guard let known = ForgeAnswer.Task(answer) else {
          if [401, 403, 429].contains(answer.status) || answer.status >= 500 {
            return end(.failure(server.failure(answer, task.model)))
          }
          return fail(.lost, "it does not tell of single tasks")
        }
        if known.isActive {
          interrupt { [weak self] in self?.fail(.lost, "its picture had nobody to go to, and was stopped") }
        } else if known.isQueued {
          if !wasQueued { tell(.queued(ahead: nil)) }
          wasQueued = true
          after(Self.betweenLooks) { [weak self] in self?.find() }
        } else {
          fail(.lost, "the answer went to a connection that is gone")
        }
      }
    }
  }

  // MARK: Taking back

  /// Stops the task if it runs. An interruption stops whatever runs, so it must be known to be ours.
  override func withdraw(then: @escaping @Loop () -> Void) {
    guard !isAnswered, !provider.lessons.hasNoTasks else { return then() }
    askForTask { [weak self] answer in
      guard let self, let answer, let known = ForgeAnswer.Task(answer), known.isActive || known.isQueued
      else {
        return then()
      }
      guard known.isActive else {
        provider.stopLater(name)
        return then()
      }
      interrupt(then: then)
    }
  }

  private func interrupt(then: @escaping @Loop () -> Void) {
    call(server.request(.post, "/sdapi/v1/interrupt"), of: server) { _ in then() }
  }
}
