import Base
import Glibc
import Model
import TestSupport
import Testing

/// Everything that one person can have by a name, with a reply that streams until the test lets it end.
///
/// A call that runs, subscriptions and the like belong to the connection, which stays open for as long as this is kept.
final class Household {
  enum Kind: String, CaseIterable {
    case backup, call, chat, companion, companionID, download, folder, image, job, message, sequence
    case subscription, trash, turn, upload
  }

  let client: LineClient
  /// A word that is in everything this person says, and in nothing that anybody else does.
  let word: String
  /// Lets the reply end that streams.
  let gate = Gate()
  /// What calls are filled with stands first.
  private(set) var names: [Kind: [JSONValue]] = [:]
  /// What the daemon told on this connection of its own accord.
  private(set) var heard: [JSONValue] = []
  private let machine: MachineDaemon
  private var boot: JSONValue = .null
  /// The id of the call that waits for the reply.
  static let waiting = 770_077

  init(_ machine: MachineDaemon, uid: UInt32, word: String, subscriptions: Int) throws {
    self.machine = machine
    self.word = word
    client = try machine.connect(as: uid)
    boot = try ask("hello")["boot"] ?? .null
    try subscribe(subscriptions)
    try say()
    try draw()
    try stream()
    try transfer()
    // Owners have their folder by uid; it is the data's own rule, and anybody may guess it.
    names[.folder] = [.string("\(machine.daemon.data)/\(uid)/backups")]
    names[.backup] =
      try ask("hello")["identity"]?["scopes"]?.array?.contains("admin") == true ? [backup()] : []
  }

  func first(_ kind: Kind) -> JSONValue? { names[kind]?.first }

  /// The result of a call of this person's own, which must succeed.
  @discardableResult
  func ask(_ method: String, _ params: JSONValue = .object([:])) throws -> JSONValue {
    let reply = try attempt(method, params)
    return try #require(reply.result, "\(method) \(params.encoded.prefix(300)): \(reply)")
  }

  func attempt(_ method: String, _ params: JSONValue) throws -> JSONValue {
    try client.call(method, params.encoded, id: 3)
    while true {
      let message = try client.json()
      if message["method"] == nil, message["id"] == 3 { return message }
      heard.append(message)
    }
  }

  /// Reads on until this has been told or answered.
  func hear(_ what: (JSONValue) -> Bool) throws -> JSONValue {
    if let found = heard.first(where: what) { return found }
    while true {
      let message = try client.json()
      heard.append(message)
      if what(message) { return message }
    }
  }

  // MARK: Coming by things

  private func keep(_ kind: Kind, _ value: JSONValue?) throws {
    names[kind, default: []].append(try #require(value, "no \(kind)"))
  }

  private func subscribe(_ count: Int) throws {
    for _ in 0..<count {
      let made = try ask("events.subscribe", ["topics": [""]])["subscription"]
      names[.subscription] = [made ?? .null]
    }
  }

  private func say() throws {
    try ask("settings.set", ["user": ["name": .string(word)]])
    for number in 1...2 {
      let persona: JSONValue = ["name": .string("\(word) \(number)"), "description": .string("A \(word).")]
      let made = try ask(
        "companion.create", ["persona": persona, "handle": .string("\(word)-\(number)")])["companion"]
      try keep(.companionID, made?["id"])
      try keep(.companion, made?["handle"])
    }
    let companion = try #require(first(.companion))
    // An id and the beginning of one name a companion as well as its handle.
    let id = try #require(first(.companionID)?.string)
    names[.companion]? += [.string(id), .string(String(id.dropLast()))]
    try ask("companion.update", ["companion": companion, "persona": ["behaviour": .string("Says \(word).")]])
    try ask("companion.publish", ["companion": companion])
    for _ in 1...3 {
      let chat = try ask("chat.create", ["companion": companion, "title": .string("On \(word)")])["chat"]
      try keep(.chat, chat?["id"])
    }
    let chat = try #require(first(.chat))
    machine.upstream.otherwise { _ in .reply(["A reply."]) }
    let sent = try ask(
      "message.send", ["chat": chat, "text": .string("A line on \(word)"), "wait": true])
    try keep(.message, sent["reply"]?["id"])
    try keep(.message, sent["message"]?["id"])
    try keep(.turn, sent["turn"]?["id"])
    let other = try ask("message.regenerate", ["message": first(.message) ?? .null, "wait": true])
    try keep(.message, other["replyId"])
    for number in 1...2 {
      let line: JSONValue = ["chat": chat, "role": "user", "text": .string("Lost \(word) \(number)")]
      let lost = try ask("message.add", line)["message"]?["id"]
      let deleted = try ask("message.delete", ["message": lost ?? .null])
      try keep(.trash, deleted["entry"])
      try keep(.message, lost)
    }
    try ask("chat.select", ["chat": chat, "leaf": first(.message) ?? .null])
    // The reply and the line it answers: two scenes of one branch.
    for message in (names[.message] ?? []).prefix(2) {
      try ask("state.set", ["chat": chat, "leaf": message, "location": .string("Near \(word)")])
    }
  }

  /// Two pictures, drawn by the provider that is always there.
  private func draw() throws {
    let companion = try #require(first(.companion))
    let wish: JSONValue = [
      "prompt": .string("A harbour for \(word)"), "count": 2, "width": 256, "height": 256,
      "companion": companion,
      "provider": "offline",
    ]
    for job in try ask("image.imagine", wish)["jobs"]?.array ?? [] {
      try keep(.job, job["id"])
      var now = job
      while ["queued", "running"].contains(now["state"]) {
        usleep(5000)
        now = try ask("job.get", ["job": job["id"] ?? .null])["job"] ?? .null
      }
      try keep(.image, now["image"])
    }
  }

  /// A reply in the second chat that stops half-way, and a call that waits for it.
  private func stream() throws {
    let pieces = ["Half of \(word) ", "and the rest."]
    machine.upstream.answer([.head(), .piece(pieces[0]), .gate(gate), .piece(pieces[1])] + .finish())
    let chat = try #require(names[.chat]?[1])
    let sent = try ask("message.send", ["chat": chat, "text": .string("Tell of \(word)")])
    let turn = try #require(sent["turn"]?["id"])
    _ = try hear { $0["method"] == "stream.delta" && $0["params"]?["turn"] == turn }
    try keep(.turn, turn)
    try keep(.message, sent["replyId"])
    try client.call("turn.wait", JSONValue.object(["turn": turn]).encoded, id: Self.waiting)
    names[.call] = [.integer(Int64(Self.waiting))]
  }

  /// An upload that waits for its bytes, and a result that is too large for a line.
  private func transfer() throws {
    try keep(.upload, ask("upload.begin", ["bytes": 5])["upload"])
    let chat = try #require(names[.chat]?[2])
    // Six bytes a character in JSON.
    let text = JSONValue.string(word + String(repeating: "\u{1}", count: 200_000))
    for _ in 1...8 { try ask("message.add", ["chat": chat, "role": "user", "text": text]) }
    try keep(.download, ask("chat.history", ["chat": chat])["download"])
    let told = try ask("events.subscribe", ["topics": [""]])
    let since: JSONValue = ["boot": boot, "seq": told["seq"] ?? .null]
    names[.sequence] = [since]
    try ask("events.unsubscribe", ["subscription": told["subscription"] ?? .null])
  }

  private func backup() throws -> JSONValue {
    try #require(try ask("backup.create")["backup"]?["name"])
  }

  // MARK: Calling

  /// Parameters with which a call of this person's own would do something: the documented ones, about their own things.
  func parameters(for call: CallBook.Call) -> [String: JSONValue] {
    var params: JSONValue = .object(call.example)
    for place in call.places {
      guard case .names(let kind) = PlaceMeaning.of(place), let top = place.path.first,
        call.example[top] != nil, let value = first(kind)
      else { continue }
      params = params.setting(value, at: place.path[...])
    }
    if call.example["query"] != nil { params = params.setting(.string(word), at: ["query"]) }
    return params.object ?? [:]
  }

  /// The place of the second item in a method's list.
  func cursor(of call: CallBook.Call) throws -> JSONValue {
    let params = parameters(for: call).merging(["limit": 1]) { $1 }
    return try #require(
      try ask(call.name, .object(params))["next"], "\(call.name) needs two items to have a cursor")
  }

  /// All ids that are this person's, for looking whether anybody else is told of one.
  func ids() throws -> Set<String> {
    var ids = Set(names.values.joined().compactMap(\.string).filter { ULID($0) != nil })
    for item in try changes() { if let id = item["id"]?.string, ULID(id) != nil { ids.insert(id) } }
    return ids
  }

  func changes() throws -> [JSONValue] {
    var (items, since): ([JSONValue], JSONValue?) = ([], 0)
    while let from = since {
      let page = try ask("sync.changes", ["since": from, "limit": 200])
      items += page["items"]?.array ?? []
      since = page["next"]
    }
    return items
  }

  /// All that this person can see.
  func picture() throws -> [JSONValue] {
    var picture = try changes()
    for chat in names[.chat]?.prefix(2) ?? [] {
      picture.append(try ask("chat.get", ["chat": chat]))
      picture.append(try ask("chat.history", ["chat": chat, "limit": 200]))
      picture.append(try ask("chat.tree", ["chat": chat]))
    }
    let lists = [
      "chat.list", "companion.list", "image.list", "job.list", "settings.get", "trash.list", "turn.list",
    ]
    for method in lists {
      picture.append(try ask(method))
    }
    for turn in names[.turn] ?? [] { picture.append(try ask("turn.get", ["turn": turn])) }
    return picture
  }
}
