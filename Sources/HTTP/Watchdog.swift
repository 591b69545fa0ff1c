/// A transfer's four deadlines on one alarm. Progress only notes the time; the alarm finds out when it comes that its deadline has
/// moved, and goes off again for the rest: a token costs a reading of the clock and no timer.
@Loop
struct Watchdog {
  enum Deadline { case connect, first, idle, total }

  let timing: LoopTiming
  private let patience: HTTPRequest.Patience
  private let state = State()

  private final class State {
    var startedAt = Duration.zero
    var connectedAt: Duration?
    var progressAt: Duration?
    var alarm: Alarm?
    var bark: (@Loop (Deadline) -> Void)?
  }

  init(patience: HTTPRequest.Patience, timing: LoopTiming) {
    self.patience = patience
    self.timing = timing
  }

  func begin(_ bark: @escaping @Loop (Deadline) -> Void) {
    state.startedAt = timing.now()
    state.bark = bark
    arm()
  }

  func connected() {
    guard state.bark != nil, state.connectedAt == nil else { return }
    state.connectedAt = timing.now()
    arm()
  }

  func progressed() {
    let isFirst = state.progressAt == nil
    state.progressAt = timing.now()
    // The idle deadline may come before the one the alarm is set for; later steps only move it away.
    if isFirst, state.bark != nil { arm() }
  }

  func stop() {
    state.alarm?.cancel()
    state.alarm = nil
    state.bark = nil
  }

  private var next: (deadline: Deadline, at: Duration) {
    let total = (Deadline.total, state.startedAt + patience.total)
    let step: (Deadline, Duration) =
      if let at = state.progressAt {
        (.idle, at + patience.idle)
      } else if let at = state.connectedAt {
        (.first, at + patience.first)
      } else {
        (.connect, state.startedAt + patience.connect)
      }
    return step.1 <= total.1 ? step : total
  }

  private func arm() {
    state.alarm?.cancel()
    state.alarm = timing.after(max(.zero, next.at - timing.now())) { fire() }
  }

  private func fire() {
    guard let bark = state.bark else { return }
    let next = next
    if timing.now() < next.at { return arm() }
    stop()
    bark(next.deadline)
  }
}
