import Base
import HTTP
import Model

/// What replies cost and how they end, by provider and model.
///
/// People may name any model, so only so many get labels of their own; the rest is counted together.
@Loop
final class ReplyMetrics {
  private static let mostModels = 100

  private let metrics: Metrics
  private var models: [String: Instruments] = [:]

  init(_ metrics: Metrics) { self.metrics = metrics }

  @Loop
  private final class Instruments {
    let firstToken: Histogram
    let total: Histogram
    let prompt: Counter
    let completion: Counter
    let cached: Counter
    private let metrics: Metrics
    private let provider: String
    private let model: String

    init(_ metrics: Metrics, _ provider: String, _ model: String) {
      (self.metrics, self.provider, self.model) = (metrics, provider, model)
      firstToken = metrics.histogram(
        "companion_reply_first_token_seconds", "From asking to the first text or thought.",
        labels: ["provider": provider, "model": model])
      total = metrics.histogram(
        "companion_reply_seconds", "From asking to the end, however it ended.",
        labels: ["provider": provider, "model": model])
      func tokens(_ kind: String) -> Counter {
        metrics.counter(
          "companion_tokens", "Tokens as the providers count them.",
          labels: ["provider": provider, "model": model, "kind": kind])
      }
      (prompt, completion, cached) = (tokens("prompt"), tokens("completion"), tokens("cached"))
    }

    func ended(_ finish: String) -> Counter {
      metrics.counter(
        "companion_replies", "Replies by how they ended.",
        labels: ["provider": provider, "model": model, "finish": finish])
    }
  }

  private func instruments(_ name: String) -> Instruments {
    if let known = models[name] { return known }
    let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
    let key = models.count < Self.mostModels ? name : "other/other"
    if let known = models[key] { return known }
    let isOther = key != name
    let made = Instruments(
      metrics, isOther ? "other" : parts.first ?? "", isOther || parts.count < 2 ? "other" : parts[1])
    models[key] = made
    return made
  }

  /// Listens to a reply from before its first event on, and passes everything on. Of a tail, which nobody waits for, only the tokens
  /// and the failures are told.
  func watching(
    _ timing: LoopTiming, _ place: QueuePlace, _ sink: @escaping @Loop (ReplyEvent) -> Void
  ) -> @Loop (ReplyEvent) -> Void {
    let begun = timing.now()
    var model: String?
    var hasSpoken = false
    var usage: TokenUsage?
    return { event in
      switch event {
      case .started(let name): model = name
      case .text, .reasoning:
        if !hasSpoken, !place.isTail, let model {
          self.instruments(model).firstToken.observe(timing.now() - begun)
        }
        hasSpoken = true
      case .usage(let latest): usage = latest
      case .waiting, .notice: break
      case .finish(let end):
        self.ended(model, place.isTail ? nil : timing.now() - begun, usage, end.reason.rawValue)
      case .failure(let error):
        let name = model ?? error.model.map { "\(error.provider)/\($0)" }
        self.ended(name, place.isTail ? nil : timing.now() - begun, usage, "error")
        self.failures(error).add()
      }
      sink(event)
    }
  }

  private func ended(_ model: String?, _ took: Duration?, _ usage: TokenUsage?, _ finish: String) {
    // Who gave up before anybody was asked has no model.
    let instruments = instruments(model ?? "none/none")
    if let took {
      instruments.total.observe(took)
      instruments.ended(finish).add()
    }
    guard let usage else { return }
    instruments.prompt.add(usage.prompt)
    instruments.completion.add(usage.completion)
    instruments.cached.add(usage.cached ?? 0)
  }

  private func failures(_ error: ProviderError) -> Counter {
    metrics.counter(
      "companion_reply_failures", "Replies that failed, by the cause.",
      labels: ["cause": error.cause.rawValue])
  }
}
