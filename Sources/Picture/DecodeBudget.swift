import Base

/// The memory that all decodes of a process share. Whoever decodes takes what the picture will hold first, and waits in line until it is
/// there: four small pictures at a time, or one large one.
///
/// First come, first served, also past a large one that waits: otherwise a stream of small ones would keep it waiting for ever.
package final class DecodeBudget: Sendable {
  /// Some of the memory; it goes back when this is given back or forgotten.
  package final class Share: Sendable {
    private let bytes: Lock<Int>
    private let budget: DecodeBudget

    fileprivate init(_ bytes: Int, of budget: DecodeBudget) {
      self.bytes = Lock(bytes)
      self.budget = budget
    }

    deinit { giveBack() }

    /// From any thread; a second time does nothing.
    package func giveBack() {
      let held = bytes.withLock { bytes in
        defer { bytes = 0 }
        return bytes
      }
      if held > 0 { budget.giveBack(held) }
    }
  }

  private typealias Waiter = CheckedContinuation<Share?, Never>
  private struct State {
    var free: Int
    var nextNumber = 0
    var waiting: [(number: Int, bytes: Int, waiter: CheckedContinuation<Share?, Never>)] = []
    /// Those on their way into the line; who is cancelled there is taken off this list.
    var arriving: Set<Int> = []
  }

  package let bytes: Int
  private let state: Lock<State>

  package init(bytes: Int = PictureLimits.decodeBytes) {
    precondition(bytes > 0)
    self.bytes = bytes
    state = Lock(State(free: bytes))
  }

  /// How many stand in line.
  package var waiting: Int { state.withLock { $0.waiting.count } }
  package var free: Int { state.withLock { $0.free } }

  /// From any isolation. What would need more than there is at all takes all of it. nil when the task was cancelled.
  package func take(_ wanted: Int) async -> Share? {
    let wanted = min(max(1, wanted), bytes)
    let number = state.withLock { state in
      state.nextNumber += 1
      state.arriving.insert(state.nextNumber)
      return state.nextNumber
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { (waiter: Waiter) in begin(number, wanted, waiter) }
    } onCancel: {
      cancel(number)
    }
  }

  private enum Beginning { case taken, waits, cancelled }

  private func begin(_ number: Int, _ wanted: Int, _ waiter: Waiter) {
    let beginning = state.withLock { state -> Beginning in
      guard state.arriving.remove(number) != nil else { return .cancelled }
      guard state.waiting.isEmpty, state.free >= wanted else {
        state.waiting.append((number, wanted, waiter))
        return .waits
      }
      state.free -= wanted
      return .taken
    }
    switch beginning {
    case .taken: waiter.resume(returning: Share(wanted, of: self))
    case .waits: break
    case .cancelled: waiter.resume(returning: nil)
    }
  }

  private func cancel(_ number: Int) {
    let waiter = state.withLock { state -> Waiter? in
      guard let index = state.waiting.firstIndex(where: { $0.number == number }) else {
        // Not in line yet; or served already, and whoever was finds out by himself.
        state.arriving.remove(number)
        return nil
      }
      return state.waiting.remove(at: index).waiter
    }
    waiter?.resume(returning: nil)
    // He may have been the large one that the others waited behind.
    serve()
  }

  private func giveBack(_ returned: Int) {
    state.withLock { $0.free += returned }
    serve()
  }

  private func serve() {
    let served = state.withLock { state in
      var served: [(bytes: Int, waiter: Waiter)] = []
      while let first = state.waiting.first, first.bytes <= state.free {
        state.free -= first.bytes
        served.append((first.bytes, first.waiter))
        state.waiting.removeFirst()
      }
      return served
    }
    for (bytes, waiter) in served { waiter.resume(returning: Share(bytes, of: self)) }
  }
}
