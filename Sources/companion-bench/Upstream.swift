import Glibc
import Posix

/// A text provider on loopback that keeps time: the first token so long after the request, each further one so long after the
/// last. Every token is the time at which it was sent, so that whoever reads it knows how long it took.
///
/// On the event loop. It speaks as much HTTP as the daemon's client needs, and keeps connections.
@Loop
final class Upstream {
  struct Pace: Sendable {
    var firstAfter: Duration
    var between: Duration
    var tokens: Int
  }

  nonisolated let port: Int
  private nonisolated let listener: Int32
  private var pace: Pace
  private var peers: [Int32: Peer] = [:]
  private(set) var tokensSent = 0

  /// Digits of a token's time.
  nonisolated static let digits = 15

  private final class Peer {
    let descriptor: FileDescriptor
    var unread: [UInt8] = []
    init(_ raw: Int32) { descriptor = FileDescriptor(adopting: raw) }
  }

  nonisolated init(_ pace: Pace) throws {
    self.pace = pace
    let raw = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = Self.loopback(port: 0)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let failed = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        unsafe bind(raw, pointer, size) | Glibc.listen(raw, 1024) | getsockname(raw, pointer, &size)
      }
    }
    guard raw >= 0, failed == 0 else {
      throw Trouble("No loopback socket for the upstream (error \(errno)).")
    }
    listener = raw
    port = Int(UInt16(bigEndian: address.sin_port))
    UnixSocket.makeNonblocking(raw)
    Loop.perform { self.listen() }
  }

  /// A blocking connection to it, past the daemon.
  nonisolated func connect() throws -> FileDescriptor {
    let raw = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = Self.loopback(port: port)
    let failed = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        unsafe Glibc.connect(raw, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard raw >= 0, failed == 0 else { throw Trouble("The upstream does not answer (error \(errno)).") }
    Self.sendAtOnce(raw)
    return FileDescriptor(adopting: raw)
  }

  func close() {
    EventLoop.shared.unwatch(listener)
    _ = Glibc.close(listener)
    for raw in peers.keys { EventLoop.shared.unwatch(raw) }
    peers = [:]
  }

  // MARK: Connections

  private func listen() {
    EventLoop.shared.watch(listener, for: .read) { [weak self] _ in self?.admit() }
  }

  private func admit() {
    while true {
      let raw = accept(listener, nil, nil)
      guard raw >= 0 else { return }
      UnixSocket.makeNonblocking(raw)
      Self.sendAtOnce(raw)
      let peer = Peer(raw)
      peers[raw] = peer
      EventLoop.shared.watch(raw, for: .read) { [weak self] _ in self?.read(peer) }
    }
  }

  private func read(_ peer: Peer) {
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    switch unsafe piece.withUnsafeMutableBytes({ unsafe peer.descriptor.read(into: $0) }) {
    case .bytes(let count): peer.unread += piece[..<count]
    case .wouldBlock: return
    case .end, .failed:
      EventLoop.shared.unwatch(peer.descriptor.raw)
      peers[peer.descriptor.raw] = nil
      return
    }
    while let length = Self.requestLength(in: peer.unread), peer.unread.count >= length {
      peer.unread.removeFirst(length)
      _ = EventLoop.shared.after(pace.firstAfter) { [weak self] in self?.begin(peer) }
    }
  }

  /// The head with the body it announces; nil while the head is not whole.
  private static func requestLength(in bytes: [UInt8]) -> Int? {
    guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
    let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
    let line = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
    let length = line.flatMap { Int($0.drop { !$0.isNumber }) } ?? 0
    return end.upperBound + length
  }

  // MARK: An answer

  private func begin(_ peer: Peer) {
    send(
      "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n", to: peer)
    go(on: peer, left: pace.tokens, due: now())
  }

  private func go(on peer: Peer, left: Int, due: Int64) {
    guard peers[peer.descriptor.raw] === peer else { return }
    guard left > 0 else {
      send(Self.chunk("{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}"), to: peer)
      send(Self.chunk("[DONE]") + "0\r\n\r\n", to: peer)
      return
    }
    tokensSent += 1
    send(Self.chunk(Self.token(at: now())), to: peer)
    let next = due + pace.between.nanoseconds
    _ = EventLoop.shared.after(.nanoseconds(max(0, next - now()))) { [weak self] in
      self?.go(on: peer, left: left - 1, due: next)
    }
  }

  private static func token(at time: Int64) -> String {
    let text = String(time % TokenClock.span)
    let stamp = String(repeating: "0", count: digits - text.utf8.count) + text
    return "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\" \(stamp)\"}}]}"
  }

  private static func chunk(_ data: String) -> String {
    let text = "data: \(data)\n\n"
    return String(text.utf8.count, radix: 16) + "\r\n" + text + "\r\n"
  }

  /// What does not fit into the socket is lost, and the count of tokens tells: the reader is far behind then.
  private func send(_ text: String, to peer: Peer) {
    let bytes = Array(text.utf8)
    _ = peer.descriptor.send(bytes.span)
  }

  // MARK: Sockets

  private nonisolated static func loopback(port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    address.sin_port = UInt16(port).bigEndian
    return address
  }

  private nonisolated static func sendAtOnce(_ raw: Int32) {
    var on: Int32 = 1
    unsafe setsockopt(raw, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
  }
}

extension Duration {
  var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }
}

/// Finds the times in what the upstream's tokens became, however they were cut and joined on the way.
struct TokenClock {
  /// A token has the last digits of its time: eleven days.
  static let span: Int64 = 1_000_000_000_000_000

  private var value: Int64 = 0
  private var count = 0

  /// Answers the time of a token that ends with this byte.
  mutating func take(_ byte: UInt8) -> Int64? {
    guard byte >= 0x30, byte <= 0x39 else {
      count = 0
      value = 0
      return nil
    }
    value = value * 10 + Int64(byte - 0x30)
    count += 1
    guard count == Upstream.digits else { return nil }
    defer {
      count = 0
      value = 0
    }
    return value
  }
}
