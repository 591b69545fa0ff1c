import Base
import FoundationEssentials
import Model
import TestSupport
import Testing

/// A daemon with chats that can all stream at once, spoken to over one connection.
struct BackupStand {
  private let daemon: DaemonFixture
  private var client: LineClient
  private var chats: [String] = []
  private var calls = 0
  let folder: String

  private(set) var faults: [String] = []
  /// Names of those that were taken while replies streamed.
  private(set) var backups: [String] = []
  private(set) var whileStreaming = 0
  private(set) var size = 0
  private(set) var duration: [Double] = []
  /// Milliseconds between two deltas of a chat, while no backup is being taken and while one is.
  private(set) var calm: [Double] = []
  private(set) var busy: [Double] = []
  /// What the person said, by id.
  private(set) var lines: [String] = []

  static func configuration(_ url: String) -> String {
    """
    {
      providers: { up: { kind: "openai", url: "\(url)/v1", models: ["m"], concurrency: 64 } },
      defaults: { chat: "up/m" }, limits: { messagesPerMinute: 0 },
    }
    """
  }

  init(_ daemon: DaemonFixture, chats count: Int) throws {
    self.daemon = daemon
    client = try daemon.lines()
    folder = daemon.data + "/backups"
    let companion = try ask("companion.create", #"{"persona":{"name":"Ada"},"handle":"ada"}"#)
    #expect(companion["companion"] != nil)
    for _ in 0..<count {
      let chat = try ask("chat.create", #"{"companion":"ada"}"#)["chat"]
      chats.append(try #require(chat?["id"]?.string))
    }
  }

  mutating func ask(_ method: String, _ params: String = "{}") throws -> JSONValue {
    let reply = try daemon.lines().ask(method, params)
    return try #require(reply.result, "\(method) \(params.prefix(200)): \(reply)")
  }

  /// With texts that weigh something and say nothing, so that the search index has no part in it.
  mutating func fill(mebibytes: Int) throws {
    let text = String(repeating: "-=+*/()[]{}<>_,;", count: 16 << 10)
    for number in 0..<mebibytes * 4 {
      let chat = chats[number % chats.count]
      let line = "{\"chat\":\"\(chat)\",\"role\":\"user\",\"text\":\"\(number) \(text.dropLast(16))\"}"
      guard try client.ask("message.add", line).result != nil else {
        return faults.append("no room for \(number)")
      }
    }
  }

  /// The files are as small as they get then.
  mutating func restart() throws {
    try daemon.restart()
    client = try daemon.lines()
  }

  func limitFiles(to bytes: Int?) throws {
    let pid = try #require(daemon.pid)
    let limit = bytes.map { "\($0)" } ?? "unlimited"
    let outcome = try ChildProgram.run(
      try #require(tool("prlimit")), ["--pid", "\(pid)", "--fsize=\(limit):unlimited"])
    try #require(outcome.status == 0, "\(outcome.err)")
  }

  // MARK: Streaming

  /// A line in every chat, and then one backup after another for as long as the replies stream.
  mutating func talk(for time: Duration) throws {
    for (number, chat) in chats.enumerated() {
      try client.call("message.send", "{\"chat\":\"\(chat)\",\"text\":\"Tell me.\"}", id: 100 + number)
    }
    var (heard, ended, begun):
      ([String: (last: ContinuousClock.Instant, shown: Shown)], Int, ContinuousClock.Instant?) = ([:], 0, nil)
    // A quarter of the time without, to know what calm is.
    var (first, asked) = (ContinuousClock.Instant?.none, 0)
    while ended < chats.count {
      let now = ContinuousClock.now
      if first == nil, heard.count == chats.count { first = now + time / 4 }
      if begun == nil, let first, now >= first, ended == 0 {
        asked += 1
        try client.call("backup.create", id: 10_000 + asked)
        begun = now
      }
      guard let message = try next() else { continue }
      if let id = message["id"]?.integer {
        if id >= 10_000 {
          try finished(message, since: begun ?? now, isLate: ended > 0)
          begun = nil
        } else if let line = message.result?["message"]?["id"]?.string {
          lines.append(line)
        } else {
          faults.append("\(message)")
        }
        continue
      }
      let params = message["params"]
      guard let turn = params?["turn"]?["id"]?.string ?? params?["turn"]?.string else { continue }
      let at = ContinuousClock.now
      var entry = heard[turn] ?? (at, Shown())
      if message["method"] == "stream.delta" {
        let gap = (at - entry.last).milliseconds
        if entry.shown.next > 0 { if begun == nil { calm.append(gap) } else { busy.append(gap) } }
        entry.last = at
      }
      entry.shown.take(message, of: turn)
      if message["method"] == "stream.end" {
        ended += 1
        if entry.shown.end?["reply"]?.text != entry.shown.text { faults.append("\(turn) lost something") }
      }
      faults += entry.shown.faults
      heard[turn] = entry
    }
    if begun != nil {
      while let message = try next(), message["id"] != .integer(Int64(10_000 + asked)) {}
    }
  }

  private func next() throws -> JSONValue? {
    do {
      return try client.json(within: .milliseconds(200))
    } catch LineClient.Failure.timedOut {
      return nil
    }
  }

  private mutating func finished(
    _ reply: JSONValue, since begin: ContinuousClock.Instant, isLate: Bool
  ) throws {
    guard let backup = reply.result?["backup"], let name = backup["name"]?.string else {
      return faults.append("no backup: \(reply)")
    }
    backups.append(name)
    if !isLate { whileStreaming += 1 }
    size = Int(backup["bytes"]?.integer ?? 0)
    duration.append((ContinuousClock.now - begin).milliseconds)
  }

  // MARK: Restoring

  /// Another daemon over what the backup holds.
  static func restored(_ name: String, from daemon: DaemonFixture) throws -> DaemonFixture {
    let other = try DaemonFixture(config: configuration("http://127.0.0.1:9"), starts: false)
    let outcome = try daemon.companionctl(["backup", "restore", name, other.data])
    try #require(outcome.status == 0, "\(outcome.err)")
    try other.start()
    return other
  }
}

/// What a client that begins with nothing comes to know of a vault.
struct VaultPicture: Equatable {
  let changes: [JSONValue]
  let latest: JSONValue?
  /// Of every message that is there.
  let texts: [String: String]

  init(of daemon: DaemonFixture) throws {
    let client = try daemon.lines()
    var (items, texts): ([JSONValue], [String: String]) = ([], [:])
    var (since, latest): (Int64?, JSONValue?) = (0, nil)
    while let from = since {
      let page = try client.ask("sync.changes", "{\"since\":\(from),\"limit\":200}").result
      items += page?["items"]?.array ?? []
      latest = page?["latest"]
      since = page?["next"]?.integer
    }
    for item in items where item["kind"] == "message" && item["deleted"] != true {
      let id = item["id"]?.string ?? ""
      texts[id] = try client.ask("message.get", "{\"message\":\"\(id)\"}").result?["message"]?.text
    }
    (changes, self.latest, self.texts) = (items, latest, texts)
  }
}
