import HTTP

/// Questions about one model after another, a few at a time, and all of them within one deadline: who asks for the models waits for
/// the slowest server there is.
@Loop
final class ModelQuestions {
  typealias Answer = @Loop (Result<LooseJSON, ProviderError>) -> Void

  static let atOnce = 4
  static let patience = Duration.seconds(10)

  private var models: [ModelInfo]
  private let end: Int
  private var next = 0
  private var open = 0
  private var transfers: [Transfer] = []
  private var deadline: Alarm?
  private let ask: @Loop (ModelInfo, @escaping Answer) -> Transfer
  private var then: (@Loop ([ModelInfo]) -> Void)?

  /// `ask` puts the question, whose answer comes later, unless its transfer is cancelled; `then` is called once.
  init(
    _ models: [ModelInfo], most: Int, ask: @escaping @Loop (ModelInfo, @escaping Answer) -> Transfer,
    then: @escaping @Loop ([ModelInfo]) -> Void
  ) {
    self.models = models
    end = min(models.count, most)
    self.ask = ask
    self.then = then
  }

  func begin(_ timing: LoopTiming) {
    deadline = timing.after(Self.patience) { self.finish() }
    proceed()
  }

  private func proceed() {
    while open < Self.atOnce, next < end {
      let index = next
      next += 1
      open += 1
      // The answer may come at once, where nothing can be sent.
      transfers.append(ask(models[index]) { result in self.answered(index, result) })
    }
    if open == 0 { finish() }
  }

  private func answered(_ index: Int, _ result: Result<LooseJSON, ProviderError>) {
    guard then != nil else { return }
    open -= 1
    if case .success(let json) = result { ModelTraits.describe(&models[index], json) }
    proceed()
  }

  private func finish() {
    guard let then else { return }
    self.then = nil
    deadline?.cancel()
    // Nothing happens to those that are over.
    for transfer in transfers { transfer.cancel() }
    transfers = []
    then(models)
  }
}
