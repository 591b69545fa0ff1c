import Base
import TestSupport
import Testing

@testable import Posix

/// Timers of the loop, and the clock that sleeps by them.
@Suite struct TimerTests {
  init() { Loop.start() }

  private static func wait(_ time: Duration) async {
    await withCheckedContinuation { continuation in
      Loop.perform { EventLoop.shared.after(time) { continuation.resume() } }
    }
  }

  @Test func `fires in the order of deadlines, never early`() async {
    let diary = Diary<Int>()
    let early = Diary<Duration>()
    await onLoop {
      let clock = LoopClock()
      let begun = clock.now
      for number in [4, 1, 5, 3, 2, 0] {
        EventLoop.shared.after(.milliseconds(number * 3)) {
          diary.note(number)
          if begun.duration(to: clock.now) < .milliseconds(number * 3) {
            early.note(begun.duration(to: clock.now))
          }
        }
      }
    }
    await Self.wait(.milliseconds(16))
    #expect(diary.all == [0, 1, 2, 3, 4, 5])
    #expect(early.all == [])
  }

  @Test func `fires thousands in order and none that was cancelled`() async {
    let seed = UInt64.random(in: .min ... .max)
    var random = SeededGenerator(seed)
    let delays = (0..<5000).map { _ in Int.random(in: 0...20_000, using: &random) }
    let cancelled = Set((0..<5000).filter { _ in Bool.random(using: &random) })
    let order = Array(0..<5000).shuffled(using: &random)
    let fired = Diary<Int>()
    await onLoop {
      let timers = delays.enumerated().map { number, delay in
        EventLoop.shared.after(.milliseconds(20) + .microseconds(delay)) { fired.note(number) }
      }
      for number in order where cancelled.contains(number) {
        timers[number].cancel()
        timers[number].cancel()
      }
    }
    await Self.wait(.milliseconds(41))
    let all = fired.all
    #expect(all.count == 5000 - cancelled.count, "seed \(seed)")
    #expect(cancelled.isDisjoint(with: all), "seed \(seed)")
    // Started within microseconds of each other, so order shows to that grain.
    let times = all.map { delays[$0] }
    #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 + 20_000 }, "seed \(seed)")
  }

  @Test func `lets an action cancel others and start new ones`() async {
    let diary = Diary<String>()
    await withCheckedContinuation { continuation in
      Loop.perform {
        let doomed = EventLoop.shared.after(.milliseconds(2)) { diary.note("doomed") }
        let own = Box<LoopTimer?>(nil)
        own.value = EventLoop.shared.after(.milliseconds(1)) {
          diary.note("first")
          doomed.cancel()
          own.value?.cancel()
          EventLoop.shared.after(.zero) { diary.note("now") }
          EventLoop.shared.after(.milliseconds(3)) { continuation.resume() }
        }
      }
    }
    #expect(diary.all == ["first", "now"])
  }

  @Test func `takes delays of any length`() async {
    let diary = Diary<String>()
    await onLoop {
      let far = EventLoop.shared.after(.seconds(Int64.max / 2)) { diary.note("far") }
      EventLoop.shared.after(.seconds(-5)) { diary.note("past") }
      EventLoop.shared.after(.milliseconds(1)) {
        diary.note("near")
        far.cancel()
      }
    }
    await Self.wait(.milliseconds(3))
    #expect(diary.all == ["past", "near"])
  }

  // MARK: The clock

  @Test func `sleeps as long as it was told, wherever it is asked`() async throws {
    let clock = LoopClock()
    let begun = clock.now
    try await clock.sleep(for: .milliseconds(5))
    #expect(begun.duration(to: clock.now) >= .milliseconds(5))
    try await clock.sleep(until: begun, tolerance: nil)
  }

  @Test func `ends a sleep at once when its task is cancelled`() async {
    let clock = LoopClock()
    let begun = clock.now
    let sleepers = (0..<50).map { _ in
      Task {
        do {
          try await clock.sleep(for: .seconds(3600))
          return false
        } catch { return error is CancellationError }
      }
    }
    for sleeper in sleepers {
      sleeper.cancel()
      #expect(await sleeper.value)
    }
    #expect(begun.duration(to: clock.now) < .seconds(60))
  }

  @Test func `leaves no timer behind when a sleep is cancelled`() async {
    let before = await onLoop { EventLoop.shared.timers.count }
    let sleepers = (0..<500).map { _ in Task { try? await LoopClock().sleep(for: .seconds(3600)) } }
    for sleeper in sleepers { sleeper.cancel() }
    for sleeper in sleepers { await sleeper.value }
    await onLoop {}
    // Cancelled ones leave once they are the larger part; other tests' timers come and go.
    #expect(await onLoop { EventLoop.shared.timers.count } < before + 200)
  }

  @Test func `does not begin to sleep in a cancelled task`() async {
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      try await LoopClock().sleep(for: .seconds(3600))
    }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }
}

@Loop
private final class Box<Value> {
  var value: Value
  init(_ value: Value) { self.value = value }
}

/// SplitMix64: repeatable from its seed.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
