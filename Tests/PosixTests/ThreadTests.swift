import Base
import Glibc
import TestSupport
import Testing

@testable import Posix

/// Threads of one's own, and few for many.
@Suite struct ThreadTests {
  private actor Room {
    private let executor: ThreadExecutor
    private(set) var seen: [Int] = []
    private(set) var threads: Set<UInt> = []

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    init(_ executor: ThreadExecutor) { self.executor = executor }

    func note(_ number: Int) {
      executor.checkIsolated()
      seen.append(number)
      threads.insert(currentThread())
    }
  }

  @Test func `runs an actor on its one thread, in order`() async {
    let executor = ThreadExecutor(name: "room")
    let room = Room(executor)
    #expect(executor.isIsolatingCurrentContext() == false)
    for number in 0..<200 { await room.note(number) }
    #expect(await room.seen == Array(0..<200))
    #expect(await room.threads.count == 1)
    #expect(await !room.threads.contains(currentThread()))
  }

  @Test func `loses nothing that many hand over at once`() async {
    let room = Room(ThreadExecutor(name: "busy"))
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<2000 { group.addTask { await room.note(number) } }
    }
    #expect(await room.seen.sorted() == Array(0..<2000))
    #expect(await room.threads.count == 1)
  }

  @Test func `runs as many jobs at once as the pool has threads, and no more`() async {
    let pool = WorkerPool(name: "pool", width: 3)
    let state = Lock((now: 0, most: 0, done: 0))
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<12 {
        group.addTask(executorPreference: pool) {
          state.withLock {
            $0.now += 1
            $0.most = max($0.most, $0.now)
          }
          // Waits until three have been here together; a narrower pool would never let that happen.
          let deadline = ContinuousClock.now + .seconds(10)
          while state.withLock({ $0.most }) < 3, ContinuousClock.now < deadline { sched_yield() }
          state.withLock {
            $0.now -= 1
            $0.done += 1
          }
        }
      }
    }
    let (_, most, done) = state.withLock { $0 }
    #expect(most == 3)
    #expect(done == 12)
  }
}
