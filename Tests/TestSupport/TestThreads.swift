import Base

/// Runs the same on so many threads at once, each told its number, and returns when all have ended.
///
/// For clients that block: the shared pool has a thread for each core only, and they would wait for each other there.
package func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) async {
  let left = Lock(count)
  let done = Occurrence<Void>()
  for number in 0..<count {
    UpstreamSocket.startThread {
      body(number)
      let isLast = left.withLock { left in
        left -= 1
        return left == 0
      }
      if isLast { done.happen() }
    }
  }
  await done.value
}
