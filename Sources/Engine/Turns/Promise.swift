import Base

/// A value that comes once and is awaited by one task, before or after. Any thread may call.
final class Promise<Value: Sendable>: Sendable {
  private struct State {
    var value: Value?
    var waiter: CheckedContinuation<Value, Never>?
  }
  private let state = Lock(State())

  /// Once.
  func keep(_ value: Value) {
    let waiter = state.withLock { state in
      precondition(state.value == nil, "a promise is kept once")
      state.value = value
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume(returning: value)
  }

  /// The same; tells when the waiting task is cancelled, on whatever thread that happens. The promise is to be kept all the same.
  func wait(onCancel: @escaping @Sendable () -> Void) async -> Value {
    await withTaskCancellationHandler {
      await wait()
    } onCancel: {
      onCancel()
    }
  }

  func wait() async -> Value {
    await withCheckedContinuation { waiter in
      let value = state.withLock { state in
        if state.value == nil { state.waiter = waiter }
        return state.value
      }
      if let value { waiter.resume(returning: value) }
    }
  }
}
