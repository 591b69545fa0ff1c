import Base
import Glibc

/// Something that happens once, for tests to await.
package final class Occurrence<Value: Sendable>: Sendable {
  private enum State {
    case waiting([CheckedContinuation<Value, Never>])
    case happened(Value)
  }
  private let state = Lock(State.waiting([]))

  package init() {}

  /// Later calls change nothing.
  package func happen(_ value: Value) {
    let waiting: [CheckedContinuation<Value, Never>] = state.withLock { state in
      guard case .waiting(let waiting) = state else { return [] }
      state = .happened(value)
      return waiting
    }
    for continuation in waiting { continuation.resume(returning: value) }
  }

  package var value: Value {
    get async {
      await withCheckedContinuation { continuation in
        let happened: Value? = state.withLock { state in
          switch state {
          case .happened(let value): return value
          case .waiting(let waiting):
            state = .waiting(waiting + [continuation])
            return nil
          }
        }
        if let happened { continuation.resume(returning: happened) }
      }
    }
  }

  package var hasHappened: Bool {
    state.withLock { if case .happened = $0 { true } else { false } }
  }
}

extension Occurrence<Void> {
  package func happen() { happen(()) }
}

/// What a scripted server waits at until the test opens it.
@safe
package final class Gate: Sendable {
  // Proof for nonisolated(unsafe): set once, and only passed to sem_post and sem_wait, which any thread may call.
  nonisolated(unsafe) private let semaphore: UnsafeMutablePointer<sem_t>
  /// Happens when the server has come this far.
  package let reached = Occurrence<Void>()

  package init() {
    unsafe semaphore = .allocate(capacity: 1)
    unsafe semaphore.initialize(to: sem_t())
    unsafe sem_init(semaphore, 0, 0)
  }

  deinit {
    unsafe sem_destroy(semaphore)
    unsafe semaphore.deallocate()
  }

  package func open() { unsafe sem_post(semaphore) }

  /// Blocks the server's thread.
  func pass() {
    reached.happen()
    while unsafe sem_wait(semaphore) != 0, errno == EINTR {}
  }
}

/// A loopback socket as a scripted server uses it: blocking, on its own thread.
enum UpstreamSocket {
  /// A listening socket on a free port of 127.0.0.1, and the port.
  static func listen(backlog: Int32 = 128) -> (descriptor: Int32, port: Int) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var on: Int32 = 1
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, 4)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        unsafe bind(descriptor, pointer, size) | Glibc.listen(descriptor, backlog)
          | getsockname(descriptor, pointer, &size)
      }
    }
    precondition(descriptor >= 0 && bound == 0, "no loopback socket for the scripted server")
    return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
  }

  /// A connection that is asked for and not waited for.
  static func beginConnecting(to port: Int) -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    address.sin_port = UInt16(port).bigEndian
    unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        _ = unsafe connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    return descriptor
  }

  static func read(_ descriptor: Int32) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = unsafe Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      return Array(buffer.prefix(max(0, count)))
    }
  }

  /// False when the peer is gone.
  static func send(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { buffer in
        unsafe Glibc.send(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  /// Each piece goes out as its own packet.
  static func sendsAtOnce(_ descriptor: Int32) {
    var on: Int32 = 1
    unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, 4)
  }

  /// Closing will then send a reset instead of an end.
  static func resetsWhenClosed(_ descriptor: Int32) {
    var linger = linger(l_onoff: 1, l_linger: 0)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
  }

  static func sleep(until instant: ContinuousClock.Instant) {
    let rest = instant - ContinuousClock.now
    guard rest > .zero else { return }
    usleep(
      useconds_t(
        clamping: rest.components.attoseconds / 1_000_000_000_000 + rest.components.seconds * 1_000_000))
  }

  static func startThread(_ body: @escaping @Sendable () -> Void) {
    final class Box: Sendable {
      let body: @Sendable () -> Void
      init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    let box = unsafe Unmanaged.passRetained(Box(body)).toOpaque()
    let failed = unsafe pthread_create(
      &thread, nil,
      { raw in
        guard let raw = unsafe raw else { return nil }
        let box = unsafe Unmanaged<Box>.fromOpaque(raw).takeRetainedValue()
        box.body()
        return nil
      }, box)
    precondition(failed == 0, "no thread for the scripted server")
    pthread_detach(thread)
  }
}

/// A port that takes no more connections and does not refuse them either.
package struct FullBacklog {
  package let port: Int
  private let descriptors: [Int32]

  package init() {
    let (listener, port) = UpstreamSocket.listen(backlog: 0)
    self.port = port
    // One more than the backlog is taken; the rest wait for an answer that never comes.
    descriptors = [listener] + (0..<3).map { _ in UpstreamSocket.beginConnecting(to: port) }
  }

  package func close() { for descriptor in descriptors { Glibc.close(descriptor) } }
}
