import Glibc
import Posix

/// `send`: how many lines are acknowledged in a second, each of them on the disk by then: one client that waits for every
/// answer, and 64 clients on 64 chats.
///
/// The one client is taken with both programs on one processor, like a round trip; the 64 on two. Beside it a program in C runs the
/// very statements that such sends made, on a vault as it was before them: with a synced commit for each, and with 32 in a
/// transaction.
struct Sends {
  private let bench: Bench
  private static let clients = 64
  private static let together = 32
  private let alone: Int
  private let rounds: Int
  /// Rounds of all clients that are recorded; the daemon's own are more, to last about as long.
  private let recordedRounds: Int

  init(_ bench: Bench) {
    self.bench = bench
    alone = bench.amount(2000)
    rounds = bench.amount(200)
    recordedRounds = bench.amount(100)
  }

  func measure() throws -> [Figure] {
    var one = Figure(
      "message.send without a reply, 1 client", .perSecond, aims: [.ratioAtLeast(0.8, of: SQLitePeer.name)])
    var many = Figure(
      "message.send without a reply, \(Self.clients) clients", .perSecond,
      aims: [.ratioAtLeast(0.6, of: SQLitePeer.name)])
    let made = try Conversations(bench, chats: Self.clients, upstream: nil)
    made.running.stop()
    let recording = try bench.sqlite.map { try Recording($0, of: made, bench) { try record($0) } }
    let stage = try made.restarted(bench)
    let sockets = try (0..<Self.clients).map { _ in try stage.running.connect() }
    var number = 0
    try bench.rounds(warmUps: 1).alternate(recording == nil ? [false] : [false, true]) { isPeer in
      if isPeer, let recording {
        let parts = [
          (count: alone, together: 1), (count: Self.clients * recordedRounds, together: Self.together),
        ]
        return try recording.replay(parts)
      }
      return [
        try alone(stage, sockets[0], count: alone, &number),
        try together(stage, sockets, rounds: rounds, &number),
      ]
    } keep: { index, found in
      let name = index == 0 ? "companiond" : SQLitePeer.name
      one.add(found[0], for: name)
      many.add(found[1], for: name)
    }
    stage.running.stop()
    return [one, many]
  }

  /// The same sends as are measured, one after the other.
  private func record(_ stage: Conversations) throws {
    var number = 0
    let socket = try stage.running.connect()
    _ = try alone(stage, socket, count: alone, &number)
    for _ in 0..<recordedRounds {
      for chat in stage.chats.indices {
        number += 1
        try socket.exchange(stage.send(to: chat, number: number, respond: false))
      }
    }
  }

  private func alone(
    _ stage: Conversations, _ socket: LineSocket, count: Int, _ number: inout Int
  ) throws -> Double {
    try pinThisProcess(to: bench.options.cpus.subject)
    defer { try? pinThisProcess(to: bench.options.cpus.bench) }
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

/// What a daemon's statements were, and the vault before the first of them.
private struct Recording {
  private let peer: SQLitePeer
  private let bench: Bench
  private let path: String
  private let vault: String

  /// `made` must have ended; it is left as it is.
  init(
    _ peer: SQLitePeer, of made: Conversations, _ bench: Bench, _ body: (Conversations) throws -> Void
  ) throws {
    self.peer = peer
    self.bench = bench
    let folder = try bench.scratch.folder("recorded")
    path = folder + "/statements"
    vault = try bench.scratch.folder("before") + "/data"
    for copy in [vault, folder + "/data"] { try copyFolder(made.running.folder + "/data", to: copy) }
    let stage = made.running(
      try bench.launch(peer.recording(made.running.subject, to: path), in: folder))
    try body(stage)
    stage.running.stop()
  }

  func replay(_ parts: [(count: Int, together: Int)]) throws -> [Double] {
    let folder = try bench.scratch.folder("replayed")
    try copyFolder(vault, to: folder + "/data")
    defer { Scratch.remove(folder) }
    return try peer.sends(parts, recorded: path, database: folder + "/data/companion.db", bench: bench)
  }
}
