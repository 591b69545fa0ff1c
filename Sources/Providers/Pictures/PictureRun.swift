import HTTP
import Model

/// What all orders under way have in common, whoever draws: one sink that hears one end, progress that never falls, and what has to
/// be dropped when it is over. Each kind of provider continues it.
@Loop
class PictureRun: PictureHandle {
  let asked: Asked
  let seams: ProviderSeams
  let task: PictureTask
  private var sink: (@Loop (PictureEvent) -> Void)?
  /// Whoever forgets the handle still hears the end.
  private var keepsItself: PictureRun?
  private var fraction = 0.0
  private var hasBegun = false
  private var transfers: [Int: Transfer] = [:]
  private var alarms: [Int: Alarm] = [:]
  private var counter = 0
  /// The order was taken back, and the provider is being told.
  private(set) var isLeaving = false

  /// So long may telling a provider take that nothing more is wanted of it.
  private static let farewell = Duration.seconds(5)

  init(
    _ task: PictureTask, asked: Asked, seams: ProviderSeams, sink: @escaping @Loop (PictureEvent) -> Void
  ) {
    self.task = task
    self.asked = asked
    self.seams = seams
    self.sink = sink
    keepsItself = self
  }

  // MARK: What a kind of provider says

  /// Places the order, or looks for one that was placed.
  func start() { preconditionFailure("a kind of provider says what it does") }

  /// Tells the provider that nothing more is wanted, where that can be told, and then calls `then`, at once if there is nothing to
  /// tell. What the run had under way is gone already.
  func withdraw(then: @escaping @Loop () -> Void) { then() }

  // MARK: For the pool and for whoever placed the order

  var isOver: Bool { sink == nil }

  func begin() {
    guard !isOver, !isLeaving else { return }
    hasBegun = true
    start()
  }

  func cancel() {
    guard !isOver, !isLeaving else { return }
    guard hasBegun else { return end(.cancelled) }
    isLeaving = true
    drop()
    after(Self.farewell) { [weak self] in self?.end(.cancelled) }
    withdraw { [weak self] in self?.end(.cancelled) }
  }

  func abandon() {
    guard !isOver else { return }
    sink = nil
    drop()
    keepsItself = nil
  }

  // MARK: For the kinds

  /// Everything but the end. Nothing is told any more of an order that is being taken back.
  func tell(_ event: PictureEvent) {
    guard !isLeaving else { return }
    if case .progress(var progress) = event {
      let told = progress.fraction.isFinite ? min(max(progress.fraction, 0), 1) : 0
      fraction = max(fraction, told)
      progress.fraction = fraction
      sink?(.progress(progress))
    } else {
      sink?(event)
    }
  }

  func end(_ event: PictureEvent) {
    guard let sink, !isLeaving || event == .cancelled else { return }
    self.sink = nil
    drop()
    sink(event)
    keepsItself = nil
  }

  func fail(_ cause: ProviderError.Cause, status: Int? = nil, _ detail: String) {
    end(.failure(ProviderError(cause, asked: asked, status: status, detail: detail)))
  }

  /// For a provider that is paid for each picture and has made this one: what cannot be read of it must not be ordered again by
  /// itself.
  func endPaid(_ failure: ProviderError) {
    var failure = failure
    if failure.cause == .malformed || failure.cause == .notAnAPI { failure.kind = .refused }
    end(.failure(failure))
  }

  /// The job goes on at the provider, who cannot be asked how it is: to be found again by its name, whatever was said instead of an
  /// answer.
  func endUnasked(_ failure: ProviderError) {
    guard failure.kind == .unavailable else { return end(.failure(failure)) }
    switch failure.cause {
    case .connection, .timeout, .rateLimit, .overload, .loading: end(.failure(failure))
    default:
      fail(.connection, status: failure.status, "it cannot be asked how the picture is: \(failure.detail)")
    }
  }

  func nextNumber() -> Int {
    counter += 1
    return counter
  }

  /// Goes with the run, unless it is forgotten before.
  func keep(_ transfer: Transfer, as number: Int) {
    if isOver { transfer.cancel() } else { transfers[number] = transfer }
  }

  func forget(_ number: Int) { transfers[number] = nil }

  func after(_ delay: Duration, _ action: @escaping @Loop () -> Void) {
    let number = nextNumber()
    alarms[number] = seams.timing.after(delay) { [weak self] in
      guard self?.alarms.removeValue(forKey: number) != nil else { return }
      action()
    }
  }

  private func drop() {
    let (transfers, alarms) = (transfers, alarms)
    self.transfers = [:]
    self.alarms = [:]
    for transfer in transfers.values { transfer.cancel() }
    for alarm in alarms.values { alarm.cancel() }
  }
}
