import Base
import Glibc
public import Model
import Posix

/// A daemon of a test's own making: a listening socket, and a script that plays its part on each connection.
///
/// The script runs on a thread of its own, one connection after the other, and may say whatever it likes. What it throws is kept
/// for the test, which asks with `finish()`.
public final class FakeDaemon: Sendable {
  public let path: String
  private let state = Lock(State())

  private struct State {
    var failure: (any Error)?
    var isOver = false
    var connections = 0
  }

  /// `script` is called with each connection and its number, counted from 1; the connection closes when it returns. Ends
  /// after `connections` of them.
  public init(
    at path: String, connections: Int = 1, script: @escaping @Sendable (LineClient, Int) throws -> Void
  ) throws {
    self.path = path
    let listening = try UnixSocket.listen(at: path, mode: 0o600)
    let state = state
    onThread {
      for number in 1...connections {
        guard let descriptor = accepted(on: listening.descriptor) else {
          state.withLock { $0.failure = LineClient.Failure.timedOut("connection \(number)") }
          break
        }
        state.withLock { $0.connections = number }
        let line = LineClient(adopting: descriptor)
        do {
          try script(line, number)
        } catch {
          state.withLock { $0.failure = $0.failure ?? error }
        }
        line.close()
      }
      listening.removePath()
      state.withLock { $0.isOver = true }
    }
  }

  public var connections: Int { state.withLock { $0.connections } }

  /// Throws what the script threw, if it did so until now.
  public func check() throws {
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }
}

/// The pleasantries of a daemon, for scripts.
extension LineClient {
  /// Reads a call and checks what it is.
  @discardableResult
  public func expect(_ method: String) throws -> JSONValue {
    let call = try json()
    guard call["method"]?.string == method else { throw Failure.unexpected("\(call), not \(method)") }
    return call
  }

  /// Answers `hello` as a daemon of this boot would.
  public func greet(boot: String = "boot-1", change: Int64 = 1) throws {
    let call = try expect("hello")
    try answer(call, Self.hello(boot: boot, change: change))
  }

  /// `result` is JSON text.
  public func answer(_ call: JSONValue, _ result: String) throws {
    try send("{\"id\":\(call["id"]?.integer ?? 0),\"jsonrpc\":\"2.0\",\"result\":\(result)}")
  }

  public func refuse(_ call: JSONValue, _ error: String) throws {
    try send("{\"error\":\(error),\"id\":\(call["id"]?.integer ?? 0),\"jsonrpc\":\"2.0\"}")
  }

  public func event(_ seq: Int, _ topic: String, _ data: String = "{}") throws {
    try send(
      "{\"jsonrpc\":\"2.0\",\"method\":\"event\",\"params\":{\"data\":\(data),\"seq\":\(seq),\"topic\":\"\(topic)\"}}"
    )
  }

  /// A `hello` result that says what the contract asks for.
  public static func hello(boot: String, change: Int64) -> String {
    let names = [
      "maxLineBytes": 8 << 20, "maxDepth": 64, "maxBatch": 100, "maxIDBytes": 128, "maxKeyBytes": 64,
      "maxRunningCalls": 64, "maxWaitingBytes": 1 << 20, "maxUnreadBytes": 1 << 20, "maxConnections": 1024,
      "maxSubscriptions": 64, "maxSubscriptionFilters": 256, "maxEventBytes": 8 << 10, "eventRing": 4096,
      "maxTextBytes": 256 << 10, "maxContextBytes": 64 << 10, "maxContextItems": 32,
      "maxSettingBytes": 64 << 10, "pageDefault": 50, "pageMaximum": 200,
      "uploadPieceBytes": 512 << 10, "maxUploadBytes": 256 << 20, "maxUploads": 16,
      "transferLifetimeMs": 3_600_000, "keyLifetimeMs": 86_400_000, "messagesPerMinute": 30,
      "picturesPerHour": 10,
    ]
    let limits = names.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
    return """
      {"boot":"\(boot)","change":\(change),"features":["events"],"identity":{"scopes":["owner","admin"],"uid":1000,\
      "user":"mira"},"limits":{\(limits)},"protocol":1,"server":{"name":"companiond","version":"1.0.0"}}
      """
  }
}

/// Accepts within the patience of tests.
private func accepted(on listening: Int32) -> Int32? {
  var poll = pollfd(fd: listening, events: Int16(POLLIN), revents: 0)
  guard unsafe Glibc.poll(&poll, 1, LineClient.patience.pollMilliseconds) > 0 else { return nil }
  let descriptor = accept(listening, nil, nil)
  return descriptor >= 0 ? descriptor : nil
}

/// Runs a body on a thread of its own: scripts block, and the tests' pool has few threads.
func onThread(_ body: @escaping @Sendable () -> Void) {
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
      unsafe Unmanaged<Box>.fromOpaque(raw).takeRetainedValue().body()
      return nil
    }, box)
  precondition(failed == 0, "no thread for a test's script")
  pthread_detach(thread)
}
