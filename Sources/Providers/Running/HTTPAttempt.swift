import Base
import HTTP
import Model

/// One request to one server. Tells its events in order and its end once; after `cancel` nothing.
@Loop
final class HTTPAttempt: Attempt {
  private let target: Target
  private let timing: LoopTiming
  private let wallClock: WallClock
  private let tell: @Loop (AttemptEvent) -> Void
  private var transfer: Transfer?
  private var reader: AnswerReader
  private var grace: Alarm?
  private var retryAfter: Duration?
  private var isOver = false
  private let sent: [String: JSONValue]
  private let estimatedTokens: Int?

  /// After a server gave its reason for the end, it may send the bill; it need not be waited for long.
  private static let billGrace = Duration.seconds(2)

  init(
    _ request: ChatRequest, target: Target, dialect: some Dialect, client: HTTPClient, timing: LoopTiming,
    wallClock: WallClock, tell: @escaping @Loop (AttemptEvent) -> Void
  ) {
    self.target = target
    self.timing = timing
    self.wallClock = wallClock
    self.tell = tell
    estimatedTokens = request.estimatedTokens
    sent = dialect.body(request, target)
    reader = AnswerReader(
      dialect,
      assembly: ReplyAssembly(
        stops: request.stops, maxBytes: request.maxBytes, startsThinking: target.learned.startsThinking))
    let configuration = target.configuration
    var http = HTTPRequest(
      .post, dialect.address(configuration),
      headers: [("Content-Type", "application/json"), ("Accept", "text/event-stream, application/json")]
        + dialect.headers(configuration)
        + configuration.headers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) },
      body: JSONBytes.encode(.object(sent)))
    http.progress = .told
    http.patience = .init(
      connect: configuration.connectTimeout, first: configuration.firstTokenTimeout,
      idle: configuration.tokenTimeout,
      total: configuration.totalTimeout)
    // A reply's worth of chunks, each of which may repeat a kilobyte of ceremony.
    http.maxBodyBytes = max(16 << 20, request.maxBytes * 64)
    transfer = client.start(
      http,
      .init(
        head: { [weak self] in self?.take(head: $0) },
        body: { [weak self] in self?.take($0) },
        end: { [weak self] in self?.ended($0) }))
  }

  /// Closes the connection now. What was held back of the text is told first, so that nothing that came is lost.
  func cancel() {
    guard !isOver else { return }
    isOver = true
    grace?.cancel()
    transfer?.cancel()
    var events: [ReplyEvent] = []
    reader.finish(nil, &events)
    for case .text(let text) in events { tell(.reply(.text(text))) }
  }

  private func take(head: HTTPHead) {
    reader.take(head: head)
    if head.status >= 400 { retryAfter = RetryAfter.wait(askedBy: head, now: wallClock.now()) }
  }

  private func take(_ bytes: borrowing Span<UInt8>) {
    var events: [ReplyEvent] = []
    reader.take(bytes, &events)
    if reader.madeProgress { transfer?.progressed() }
    tell(events)
    guard !isOver else { return }
    if reader.end != nil { return conclude() }
    if reader.isComplete, grace == nil {
      grace = timing.after(Self.billGrace) { [weak self] in
        guard let self, !isOver else { return }
        var events: [ReplyEvent] = []
        reader.finish(nil, &events)
        tell(events)
        conclude()
      }
    }
  }

  private func ended(_ result: Transfer.Ended) {
    guard !isOver else { return }
    var error: HTTPError?
    if case .failure(let failure) = result { error = failure }
    var events: [ReplyEvent] = []
    reader.finish(error, &events)
    tell(events)
    if !isOver { conclude() }
  }

  private func tell(_ events: [ReplyEvent]) {
    for event in events where !isOver {
      if case .usage(let usage) = event { checkTruncation(usage) }
      tell(.reply(event))
    }
  }

  /// A server that evaluated much less than was sent has dropped the beginning. Our estimate is rough, so only a gross difference
  /// counts, and only one that fits the window: a prompt taken from the server's cache may count as little.
  private func checkTruncation(_ usage: TokenUsage) {
    guard target.configuration.kind == .ollama, let estimated = estimatedTokens,
      estimated * 2 > usage.prompt * 3
    else { return }
    let window = target.contextTokens ?? 2048
    if usage.prompt * 5 >= window * 2 || estimated > window {
      tell(.reply(.notice(.promptTruncated(evaluated: usage.prompt, estimated: estimated))))
    }
  }

  private func conclude() {
    tell(reader.notices.map { .notice($0) })
    guard !isOver, let end = reader.end else { return }
    isOver = true
    grace?.cancel()
    // The last chunk of a good answer is on its way; then the connection can serve the next one.
    if case .finish(let finish) = end, finish.reason == .stop || finish.reason == .length, reader.isComplete {
      transfer?.drain()
    } else {
      transfer?.cancel()
    }
    switch end {
    case .finish(let finish): tell(.finished(finish, missedThinkingTag: reader.missedThinkingTag))
    case .failure(let error, let cause):
      let failure = ProviderError(error, cause: cause, target: target, retryAfter: retryAfter)
      tell(.failed(failure, said: error, sent: sent))
    case .transport(let error): tell(.failed(ProviderError(error, target: target), said: nil, sent: sent))
    }
  }
}

/// One try at a reply, over the network or not.
@Loop
protocol Attempt: AnyObject {
  func cancel()
}

enum AttemptEvent {
  case reply(ReplyEvent)
  /// The last one of an attempt that brought a reply, if perhaps an unfinished one.
  case finished(ReplyEnd, missedThinkingTag: Bool)
  /// The last one otherwise; with what the server said to what, to learn from.
  case failed(ProviderError, said: ServerError?, sent: [String: JSONValue])
}
