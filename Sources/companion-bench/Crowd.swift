import Glibc
import Posix

/// Those who follow streams, on the event loop: each notes when a token reached it.
@Loop
final class Crowd {
  struct Delivery: Sendable {
    /// When it arrived, and how long it took, in nanoseconds.
    let at: Int64
    let lag: Int64
  }

  private(set) var deliveries: [Delivery] = []
  private var followers: [Int32: Follower] = [:]
  private var running: Int
  private var waiting: CheckedContinuation<Void, Never>?
  private var buffer = [UInt8](repeating: 0, count: 64 << 10)

  private final class Follower {
    let descriptor: FileDescriptor
    var line: [UInt8] = []
    var clock = TokenClock()
    init(_ raw: Int32) { descriptor = FileDescriptor(adopting: raw) }
  }

  /// Takes the descriptors over.
  nonisolated init(_ descriptors: [Int32]) {
    running = descriptors.count
    Loop.perform { self.listen(descriptors) }
  }

  private func listen(_ descriptors: [Int32]) {
    for raw in descriptors {
      UnixSocket.makeNonblocking(raw)
      let follower = Follower(raw)
      followers[raw] = follower
      EventLoop.shared.watch(raw, for: .read) { [weak self] _ in self?.read(follower) }
    }
  }

  /// Returns when every follower has heard a reply's end.
  func end(within patience: Duration) async throws {
    if running > 0 {
      let timer = EventLoop.shared.after(patience) { self.finish() }
      await withCheckedContinuation { waiting = $0 }
      timer.cancel()
    }
    guard running == 0 else { throw Trouble("\(running) followers never heard the end.") }
  }

  private func read(_ follower: Follower) {
    let transfer = unsafe buffer.withUnsafeMutableBytes { unsafe follower.descriptor.read(into: $0) }
    guard case .bytes(let count) = transfer else {
      if case .wouldBlock = transfer { return }
      EventLoop.shared.unwatch(follower.descriptor.raw)
      return
    }
    let time = now()
    for byte in buffer[..<count] {
      if byte != 0x0A {
        follower.line.append(byte)
        continue
      }
      take(follower, at: time)
      follower.line.removeAll(keepingCapacity: true)
    }
  }

  private func take(_ follower: Follower, at time: Int64) {
    if follower.line.starts(with: LineKind.delta) {
      guard let text = follower.line.firstRange(of: LineKind.text) else { return }
      for byte in follower.line[text.upperBound...] {
        if byte == UInt8(ascii: "\"") { break }
        guard let sent = follower.clock.take(byte) else { continue }
        deliveries.append(Delivery(at: time, lag: time % TokenClock.span - sent))
      }
    } else if follower.line.starts(with: LineKind.end) {
      running -= 1
      if running == 0 { finish() }
    }
  }

  private func finish() {
    waiting?.resume()
    waiting = nil
  }

  func close() {
    for raw in followers.keys { EventLoop.shared.unwatch(raw) }
    followers = [:]
  }
}

extension [Crowd.Delivery] {
  /// In milliseconds.
  var lags: [Double] { map { Double($0.lag) / 1e6 } }
}
