import Base
import Client
import Glibc
import Model
import Posix
import SQLite
import Wire

/// `history`: the last page of 50 messages of a conversation 5,000 deep, over the socket, in a vault with little else in it and in
/// one of a million messages.
///
/// The vaults are made by the daemon and filled behind its back, which is how a million messages take seconds.
struct Histories {
  private let bench: Bench
  private static let depth = 5000
  private static let page = 50

  init(_ bench: Bench) { self.bench = bench }

  func measure() throws -> [Figure] {
    let small = "10,000 messages"
    let count = bench.amount(1_000_000)
    let size = shown(Double(count))
    var pages = Figure(
      "page of \(Self.page), \(shown(Double(Self.depth))) deep, \(size) messages, p50", .microseconds,
      aims: [.ratioAtMost(1.2, of: small)])
    var each = Figure(
      "a message of that page, the ping's round trip left out", .microseconds, aims: [.atMost(12)])
    let vaults = try [count, 10_000].map { try vault(messages: $0) }
    try bench.alternate(vaults) { index, vault in
      let ping = try times(vault.running.subject.ping(1), vault.socket)
      let page = try times(vault.request, vault.socket)
      pages.add(page, for: index == 0 ? "companiond" : small)
      if index == 0 { each.add((page - ping) / Double(Self.page), for: "companiond") }
    }
    for vault in vaults { vault.running.stop() }
    return [pages, each]
  }

  private func times(_ request: [UInt8], _ socket: LineSocket) throws -> Double {
    try (0..<bench.amount(1000)).map { _ in
      let start = now()
      try socket.exchange(request)
      return Double(now() - start) / 1000
    }.median
  }

  // MARK: The vaults

  private struct Vault {
    let running: Running
    let socket: LineSocket
    let request: [UInt8]
  }

  private func vault(messages: Int) throws -> Vault {
    let stage = try Conversations(bench, chats: max(1, messages / Self.depth), upstream: nil)
    let folder = stage.running.folder
    stage.running.stop()
    try fill(folder + "/data/companion.db", messages: messages)
    let running = try bench.launch(stage.running.subject, in: folder)
    let socket = try running.connect()
    let params = ChatHistory.Params(chat: stage.chats[0], limit: Self.page)
    let request = MessageLine.request(ChatHistory.name, id: .number(1), params: JSONText.bytes(params))
    let reader = LineReader(socket)
    try reader.send(request)
    let answer = try reader.line()
    guard !answer.starts(with: LineKind.error), answer.count > Self.page * 100 else {
      throw Trouble("The page is not there: \(String(decoding: answer.prefix(300), as: UTF8.self))")
    }
    return Vault(running: running, socket: socket, request: request)
  }

  /// One message a chat in turn, so that a conversation's rows lie as far apart as they do where many are had at once.
  private func fill(_ path: String, messages: Int) throws {
    let connection = try Connection(path, .readWrite)
    try connection.execute(
      """
      PRAGMA synchronous=OFF;
      PRAGMA foreign_keys=OFF;
      BEGIN;
      WITH RECURSIVE
        place(first, chats) AS (
          SELECT (SELECT coalesce(max(id), 0) FROM messages), (SELECT count(*) FROM chats)),
        counter(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < \(messages))
      INSERT INTO messages (id, ulid, chat, parent, role, status, text, hidden, created, revision, change)
        SELECT first + n, randomblob(16), (n - 1) % chats + 1, iif(n > chats, first + n - chats, NULL),
          iif((n - 1) / chats % 2 = 0, 'user', 'assistant'), 'complete',
          'Line ' || n || ' of a conversation that goes on for a long time and has a lot to say, as such'
            || ' conversations do, about the weather, the sea, and everything between the two.',
          0, 1700000000000 + n, 1, 1
        FROM counter, place;
      UPDATE chats SET head = (SELECT max(id) FROM messages WHERE chat = chats.id),
        messages = (SELECT count(*) FROM messages WHERE chat = chats.id);
      COMMIT;
      PRAGMA wal_checkpoint(TRUNCATE);
      """)
  }
}
