import Glibc
import Posix

/// `send`: how many lines are acknowledged in a second, each of them on the disk by then: one client that waits for every
/// answer, and 64 clients on 64 chats.
struct Sends {
  private let bench: Bench
  private static let clients = 64

  init(_ bench: Bench) { self.bench = bench }

  func measure() throws -> [Figure] {
    var one = Figure("message.send without a reply, 1 client", .perSecond)
    var many = Figure("message.send without a reply, \(Self.clients) clients", .perSecond)
    let stage = try Conversations(bench, chats: Self.clients, upstream: nil)
    let sockets = try (0..<Self.clients).map { _ in try stage.running.connect() }
    var number = 0
    for _ in 0..<bench.options.rounds {
      one.add(try alone(stage, sockets[0], count: bench.amount(2000), &number), for: "companiond")
      many.add(try together(stage, sockets, rounds: bench.amount(200), &number), for: "companiond")
    }
    stage.running.stop()
    return [one, many]
  }

  private func alone(
    _ stage: Conversations, _ socket: LineSocket, count: Int, _ number: inout Int
  ) throws -> Double {
    let start = now()
    for _ in 0..<count {
      number += 1
      try socket.exchange(stage.send(to: 0, number: number, respond: false))
    }
    return Double(count) / (Double(now() - start) / 1e9)
  }

  /// Everybody has one line under way; the next goes out when all are answered.
  private func together(
    _ stage: Conversations, _ sockets: [LineSocket], rounds: Int, _ number: inout Int
  ) throws -> Double {
    let start = now()
    for _ in 0..<rounds {
      for (chat, socket) in sockets.enumerated() {
        number += 1
        try socket.send(stage.send(to: chat, number: number, respond: false))
      }
      for socket in sockets { try socket.receive(lines: 1) }
    }
    return Double(rounds * sockets.count) / (Double(now() - start) / 1e9)
  }
}
