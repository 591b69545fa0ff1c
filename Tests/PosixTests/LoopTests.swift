import Base
import Glibc
import TestSupport
import Testing

@testable import Posix

/// Runs a piece of a test on the loop.
@Loop
func onLoop<Answer: Sendable>(_ body: @Loop () throws -> Answer) rethrows -> Answer { try body() }

/// What several isolations write down, in order.
final class Diary<Entry: Sendable>: Sendable {
  private let entries = Lock<[Entry]>([])
  func note(_ entry: Entry) { entries.withLock { $0.append(entry) } }
  var all: [Entry] { entries.withLock { $0 } }
}

/// The loop as an executor: in which order what runs, and that nothing starves.
@Suite struct LoopTests {
  init() { Loop.start() }

  @Test func `runs what it is handed in order, from any thread`() async {
    let diary = Diary<(thread: Int, number: Int)>()
    let threads = (0..<4).map { ThreadExecutor(name: "handing-\($0)") }
    await withTaskGroup(of: Void.self) { group in
      for (thread, executor) in threads.enumerated() {
        group.addTask(executorPreference: executor) {
          for number in 0..<500 { Loop.perform { diary.note((thread, number)) } }
        }
      }
    }
    // Handed over last, so all of them stand before it.
    await onLoop {}
    let all = diary.all
    #expect(all.count == 2000)
    for thread in 0..<4 {
      #expect(all.filter { $0.thread == thread }.map(\.number) == Array(0..<500))
    }
  }

  @Test func `wakes for a job when it has nothing to do`() async {
    // Each hand-over finds the loop waiting or on its way there; none may be lost.
    for number in 0..<2000 { #expect(await onLoop { number } == number) }
  }

  @Test func `knows whether code is its own`() async {
    #expect(Loop.executor.isIsolatingCurrentContext() == false)
    #expect(await onLoop { Loop.executor.isIsolatingCurrentContext() } == true)
    #expect(await onLoop { Loop.assume { 5 } } == 5)
  }

  @Test func `lets timers and descriptors have their turn while jobs beget jobs`() async throws {
    let (ours, theirs) = try UnixSocket.pair()
    let diary = Diary<String>()
    await onLoop {
      EventLoop.shared.after(.milliseconds(5)) { diary.note("timer") }
      EventLoop.shared.watch(ours, for: .read) { _ in
        diary.note("byte")
        EventLoop.shared.unwatch(ours)
      }
      #expect(unsafe write(theirs, [1], 1) == 1)
    }
    let deadline = ContinuousClock.now + .seconds(10)
    let storm = Task { @Loop in
      while Set(diary.all) != ["timer", "byte"], ContinuousClock.now < deadline { await Task.yield() }
    }
    await storm.value
    #expect(Set(diary.all) == ["timer", "byte"])
    close(ours)
    close(theirs)
  }

  @Test func `runs hooks before it waits, and hooks of hooks a turn later`() async {
    let diary = Diary<Int>()
    await withCheckedContinuation { continuation in
      Loop.perform {
        EventLoop.shared.beforeNextWait {
          diary.note(2)
          EventLoop.shared.beforeNextWait {
            diary.note(4)
            continuation.resume()
          }
          Loop.perform { diary.note(3) }
        }
        Loop.perform { diary.note(1) }
      }
    }
    #expect(diary.all == [1, 2, 3, 4])
  }

  /// Two descriptors are ready in one batch; the handler of the first closes the second and opens another under its number,
  /// which is not ready and must not be told so.
  @Test func `gives a descriptor nothing that was meant for its predecessor`() async throws {
    let pairs = [try UnixSocket.pair(), try UnixSocket.pair()]
    let fresh = try UnixSocket.pair()
    let diary = Diary<String>()
    await onLoop {
      for (mine, other) in [(0, 1), (1, 0)] {
        let (own, victim) = (pairs[mine].0, pairs[other].0)
        EventLoop.shared.watch(own, for: .read) { _ in
          diary.note("first")
          EventLoop.shared.unwatch(own)
          EventLoop.shared.unwatch(victim)
          // Closes the victim and takes its number in one step.
          #expect(dup2(fresh.0, victim) == victim)
          EventLoop.shared.watch(victim, for: .read) { readiness in diary.note("stale \(readiness.rawValue)")
          }
        }
      }
      for pair in pairs { #expect(unsafe write(pair.1, [1], 1) == 1) }
    }
    while diary.all.isEmpty { await onLoop {} }
    for _ in 0..<5 { await onLoop {} }
    #expect(diary.all == ["first"])
    // Now it is ready indeed.
    #expect(unsafe write(fresh.1, [1], 1) == 1)
    while diary.all.count == 1 { await onLoop {} }
    #expect(diary.all.last == "stale \(EventLoop.Readiness.read.rawValue)")
    await onLoop {
      for pair in pairs + [fresh] {
        EventLoop.shared.unwatch(pair.0)
        close(pair.0)
        close(pair.1)
      }
    }
  }

  @Test func `asks for what it is told to, and for hang-ups always`() async throws {
    let (ours, theirs) = try UnixSocket.pair()
    let diary = Diary<EventLoop.Readiness>()
    await onLoop {
      EventLoop.shared.watch(ours, for: .write) { readiness in
        diary.note(readiness)
        EventLoop.shared.change(ours, to: [])
      }
    }
    while diary.all.isEmpty { await onLoop {} }
    #expect(diary.all == [.write])
    #expect(unsafe write(theirs, [1], 1) == 1)
    for _ in 0..<5 { await onLoop {} }
    #expect(diary.all.count == 1)
    close(theirs)
    while diary.all.count == 1 { await onLoop {} }
    #expect(diary.all.last?.contains(.hangUp) == true)
    await onLoop { EventLoop.shared.unwatch(ours) }
    close(ours)
  }

  @Test func `begins a task on the spot, up to its first wait`() async {
    let diary = Diary<String>()
    let gate = Lock<CheckedContinuation<Void, Never>?>(nil)
    await onLoop {
      Loop.perform { diary.note("earlier job") }
      let task = Loop.begin {
        diary.note("begun")
        Loop.begin { diary.note("within") }
        await withCheckedContinuation { one in gate.withLock { $0 = one } }
        diary.note(Task.isCancelled ? "cancelled" : "resumed")
        diary.note(Loop.executor.isIsolatingCurrentContext() == true ? "on the loop" : "elsewhere")
      }
      diary.note("after")
      task.cancel()
    }
    gate.withLock { $0 }?.resume()
    while diary.all.count < 6 { await onLoop {} }
    #expect(diary.all == ["begun", "within", "after", "earlier job", "cancelled", "on the loop"])
  }

  /// With every thread of the shared pool taken, who would pass through it stands still.
  @Test func `goes on after a wait without a visit to the shared pool`() async throws {
    let (isTaken, results) = (Lock(true), Diary<Int>())
    let width = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    let arrived = Lock(0)
    for _ in 0..<width {
      Task.detached {
        arrived.withLock { $0 += 1 }
        let deadline = ContinuousClock.now + .seconds(10)
        while isTaken.withLock({ $0 }), ContinuousClock.now < deadline { usleep(1000) }
      }
    }
    let pool = WorkerPool(name: "observer", width: 1)
    await Task(executorPreference: pool) {
      // Another test may hold a thread of the pool for a moment.
      let deadline = ContinuousClock.now + .seconds(10)
      while arrived.withLock({ $0 }) < width, ContinuousClock.now < deadline { usleep(1000) }
      let waiting = Lock<[CheckedContinuation<Void, Never>]>([])
      Loop.perform {
        for number in 0..<100 {
          Loop.begin {
            await withCheckedContinuation { one in waiting.withLock { $0.append(one) } }
            results.note(number)
          }
        }
      }
      while waiting.withLock({ $0.count }) < 100, ContinuousClock.now < deadline { usleep(1000) }
      for one in waiting.withLock({ $0 }) { one.resume() }
      while results.all.count < 100, ContinuousClock.now < deadline { usleep(1000) }
      #expect(results.all == Array(0..<100))
      isTaken.withLock { $0 = false }
    }.value
  }
}
