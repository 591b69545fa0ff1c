import Base
import Glibc

/// A server on loopback that does exactly what a test told it, well or badly, and remembers what it was asked.
///
/// Each request takes the next script; a script is a list of steps that are done in order on the connection's own thread. Where order
/// matters, a script waits at a `Gate`; only `paced` looks at a clock, for checks that measure what a stream at some speed loses.
package final class ScriptedUpstream: Sendable {
  package enum Step: Sendable {
    /// One packet, as far as the kernel keeps them apart.
    case send([UInt8])
    /// So many packets a second, each as soon as it is due.
    case paced([[UInt8]], perSecond: Int)
    /// Waits until the test opens it.
    case gate(Gate)
    /// Waits until the client hangs up, and tells.
    case untilPeerCloses(Occurrence<Void>)
    /// Ends the connection with an end of file, or as if the machine had died.
    case close
    case reset
  }

  /// A request as it came.
  package struct Request: Sendable {
    /// Which of the server's connections it came on, counted from 1.
    package let connection: Int
    /// `POST /v1/chat/completions`
    package let target: String
    /// Names in lower case.
    package let headers: [String: String]
    package let head: String
    package let body: [UInt8]
  }

  private struct State {
    var scripts: [[Step]] = []
    var otherwise: (@Sendable (Request) -> [Step])?
    var requests: [Request] = []
    var awaited: [Int: Occurrence<Request>] = [:]
    var connections = 0
    var open: Set<Int32> = []
    var isStopped = false
    var greeting: [UInt8] = []
  }

  package let port: Int
  private let listener: Int32
  private let state = Lock(State())

  package var url: String { "http://127.0.0.1:\(port)" }

  package init() {
    (listener, port) = UpstreamSocket.listen()
    let listener = listener
    UpstreamSocket.startThread { [weak self] in
      // Only this thread closes the listener: a number closed elsewhere might be another server's by the next accept.
      defer { close(listener) }
      while true {
        let peer = accept(listener, nil, nil)
        guard peer >= 0 else { return }
        guard let self, let number = self.admit(peer) else {
          close(peer)
          return
        }
        UpstreamSocket.startThread { self.serve(peer, number) }
      }
    }
  }

  /// Ends all connections. To be called by whoever made it; its threads keep it alive until then.
  package func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
    // Within the lock, so that none of these numbers is closed and used for something else meanwhile.
    state.withLock { state in
      state.isStopped = true
      for peer in state.open { shutdown(peer, Int32(SHUT_RDWR)) }
    }
  }

  /// Says what is done with the next request that has no script yet.
  package func answer(_ script: [Step]) { state.withLock { $0.scripts.append(script) } }

  /// Says what is done with every request that has no script of its own.
  package func otherwise(_ script: @escaping @Sendable (Request) -> [Step]) {
    state.withLock { $0.otherwise = script }
  }

  /// What the server says as soon as somebody connects, before it has read anything.
  package var greeting: [UInt8] {
    get { state.withLock { $0.greeting } }
    set { state.withLock { $0.greeting = newValue } }
  }

  package var requests: [Request] { state.withLock { $0.requests } }
  package var connections: Int { state.withLock { $0.connections } }

  /// The request of that number, counted from 1, as soon as it has come.
  package func request(_ number: Int) async -> Request {
    let occurrence = state.withLock { state in
      let occurrence = state.awaited[number] ?? Occurrence()
      state.awaited[number] = occurrence
      if state.requests.count >= number { occurrence.happen(state.requests[number - 1]) }
      return occurrence
    }
    return await occurrence.value
  }

  // MARK: A connection's thread

  private func admit(_ peer: Int32) -> Int? {
    state.withLock { state in
      guard !state.isStopped else { return nil }
      state.open.insert(peer)
      state.connections += 1
      return state.connections
    }
  }

  private func serve(_ peer: Int32, _ number: Int) {
    UpstreamSocket.sendsAtOnce(peer)
    var unread: [UInt8] = []
    let greeting = greeting
    if !greeting.isEmpty { _ = UpstreamSocket.send(greeting, to: peer) }
    while let request = receive(from: peer, number, &unread) {
      let (script, otherwise, occurrence) = state.withLock { state in
        state.requests.append(request)
        let script = state.scripts.isEmpty ? nil : state.scripts.removeFirst()
        return (script, state.otherwise, state.awaited[state.requests.count])
      }
      occurrence?.happen(request)
      guard perform(script ?? otherwise?(request) ?? Self.unexpected, on: peer) else { break }
    }
    _ = state.withLock { $0.open.remove(peer) }
    close(peer)
  }

  private static let unexpected = [
    Step.send(Array("HTTP/1.1 599 Unexpected\r\ncontent-length: 0\r\n\r\n".utf8))
  ]

  /// Answers whether the connection stays for another request.
  private func perform(_ script: [Step], on peer: Int32) -> Bool {
    for (index, step) in script.enumerated() {
      switch step {
      case .send(let bytes):
        guard UpstreamSocket.send(bytes, to: peer) else {
          // The client has hung up already, which is what a later step was to wait for.
          for case .untilPeerCloses(let closed) in script[index...] { closed.happen() }
          return false
        }
      case .paced(let packets, let perSecond):
        let begin = ContinuousClock.now
        for (number, packet) in packets.enumerated() {
          UpstreamSocket.sleep(until: begin + .seconds(1) * number / perSecond)
          guard UpstreamSocket.send(packet, to: peer) else { return false }
        }
      case .gate(let gate): gate.pass()
      case .untilPeerCloses(let closed):
        while !UpstreamSocket.read(peer).isEmpty {}
        closed.happen()
        return false
      case .close: return false
      case .reset:
        UpstreamSocket.resetsWhenClosed(peer)
        return false
      }
    }
    return true
  }

  private func receive(from peer: Int32, _ number: Int, _ unread: inout [UInt8]) -> Request? {
    let separator = Array("\r\n\r\n".utf8)
    func more() -> Bool {
      let bytes = UpstreamSocket.read(peer)
      unread += bytes
      return !bytes.isEmpty
    }
    var end = unread.firstRange(of: separator)
    while end == nil {
      guard more() else { return nil }
      end = unread.firstRange(of: separator)
    }
    guard let end else { return nil }
    let head = String(decoding: unread[..<end.lowerBound], as: UTF8.self)
    var lines = head.split(separator: "\r\n").map(String.init)
    let target = lines.removeFirst().split(separator: " ").prefix(2).joined(separator: " ")
    var headers: [String: String] = [:]
    for line in lines {
      guard let colon = line.firstIndex(of: ":") else { continue }
      headers[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].drop { $0 == " " })
    }
    let length = Int(headers["content-length"] ?? "0") ?? 0
    while unread.count < end.upperBound + length { guard more() else { return nil } }
    let body = Array(unread[end.upperBound..<end.upperBound + length])
    unread.removeFirst(end.upperBound + length)
    return Request(connection: number, target: target, headers: headers, head: head, body: body)
  }
}
