import Base

/// How soon an operation must be on the disk, and whether it may go on when the disk is full.
package enum Durability: Sendable {
  /// Answered when it survives power loss; refused while the disk is full.
  case acknowledged
  /// The end of something that was begun before the disk was full: as durable, and lives from the ballast.
  case finishing
  /// Text that streams in: survives the process at once, power loss within a second; lives from the ballast.
  case checkpoint
}

/// An operation as the writer sees it: the caller's types are inside the closures.
struct Operation: Sendable {
  let durability: Durability
  /// Does the work and gives what is to be called when the commit stands.
  let run: @Sendable (Transaction) throws -> @Sendable () -> Void
  let fail: @Sendable (StoreError) -> Void
}

/// Operations in the order they were handed in, and the writer waiting for them.
///
/// There is no limit of its own: callers wait for their answers, and how many may be under way is bounded by the calls
/// that connections may have running.
final class WriteQueue: Sendable {
  private struct State {
    var operations: [Operation] = []
    var parked: CheckedContinuation<Void, Never>?
    var nudged = false
    var closed = false
  }
  private let state = Lock(State())

  /// From any thread. False when the vault is closed: then nothing will be called.
  func append(_ operation: Operation) -> Bool {
    let (taken, parked) = state.withLock { state -> (Bool, CheckedContinuation<Void, Never>?) in
      guard !state.closed else { return (false, nil) }
      state.operations.append(operation)
      return (true, state.parked.take())
    }
    parked?.resume()
    return taken
  }

  /// Wakes the writer for work that is no operation.
  func nudge() {
    let parked = state.withLock { state in
      state.nudged = true
      return state.parked.take()
    }
    parked?.resume()
  }

  /// Nothing is taken any more; what waits is still done.
  func close() {
    let parked = state.withLock { state in
      state.closed = true
      return state.parked.take()
    }
    parked?.resume()
  }

  /// The next operations, at most `limit`; empty after a nudge; nil when the queue is closed and empty. One caller only.
  func next(limit: Int) async -> [Operation]? {
    while true {
      if let found = take(limit) { return found.isEmpty && isClosed ? nil : found }
      await withCheckedContinuation { continuation in
        let parked = state.withLock { state in
          guard state.operations.isEmpty, !state.nudged, !state.closed else { return false }
          state.parked = continuation
          return true
        }
        if !parked { continuation.resume() }
      }
    }
  }

  private var isClosed: Bool { state.withLock { $0.closed && $0.operations.isEmpty && !$0.nudged } }

  private func take(_ limit: Int) -> [Operation]? {
    state.withLock { state in
      guard !state.operations.isEmpty || state.nudged || state.closed else { return nil }
      state.nudged = false
      if state.operations.count <= limit {
        defer { state.operations = [] }
        return state.operations
      }
      defer { state.operations.removeFirst(limit) }
      return Array(state.operations.prefix(limit))
    }
  }
}
