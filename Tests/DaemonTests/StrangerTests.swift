import Base
import Model
import TestSupport
import Testing

extension EndToEnd {
  /// Two people on one machine, who know each other's names for everything.
  @Suite(.enabled(if: MachineDaemon.isPossible, "changing uids needs root")) struct StrangerTests {
    @Test(
      arguments: [(victim: 4001, stranger: 4002), (victim: MachineDaemon.uid, stranger: 0)]
        as [(
          victim: UInt32, stranger: UInt32
        )])
    func `no call of one person reaches anything of another's, or tells that it is there`(
      victim: UInt32, stranger: UInt32
    ) throws {
      let machine = try MachineDaemon()
      let mira = try Household(machine, uid: victim, word: "zibeline", subscriptions: 3)
      let jon = try Household(machine, uid: stranger, word: "quotidian", subscriptions: 1)
      let before = try mira.picture()
      var walk = try StrangerWalk(machine, of: jon, uid: stranger, through: mira)
      for call in CallBook().calls where call.name != "server.stop" { try walk.walk(call) }
      #expect(walk.faults.isEmpty, "\(walk.faults.joined(separator: "\n"))")
      figure(
        "uid \(stranger) made \(walk.calls) calls with names of uid \(victim), at \(walk.places) places of \(walk.methods) methods"
      )
      #expect(walk.places > 50, "hardly anything was tried")

      // Nothing has happened to any of it, and all of it still goes on.
      #expect(try mira.picture() == before)
      let next = try #require(mira.first(.upload))
      #expect(
        try mira.ask("upload.write", ["upload": next, "offset": 0, "data": "aGVsbG8="])["complete"] == true)
      #expect(
        try mira.ask("download.read", ["download": mira.first(.download) ?? .null, "offset": 0])["data"]
          != nil)
      mira.gate.open()
      let waited = try mira.hear { $0["id"]?.integer == Int64(Household.waiting) }
      #expect(waited.result?["reply"]?.text == "Half of zibeline and the rest.")
      try mira.ask("events.unsubscribe", ["subscription": mira.first(.subscription) ?? .null])
      try walk.listenOnce(more: mira)
      #expect(walk.faults.isEmpty, "\(walk.faults.joined(separator: "\n"))")
      jon.gate.open()
    }

    @Test func `a name, a word or a key of one person is as good as new for another`() throws {
      let machine = try MachineDaemon()
      let mira = try Household(machine, uid: 4001, word: "zibeline", subscriptions: 0)
      let jon = try Household(machine, uid: 4002, word: "quotidian", subscriptions: 0)
      // A handle that somebody else has is free.
      let persona: JSONValue = ["name": "Somebody"]
      let made = try jon.ask(
        "companion.create", ["persona": persona, "handle": mira.first(.companion) ?? .null])
      #expect(made["companion"]?["handle"] == mira.first(.companion))
      #expect(made["companion"]?["id"] != mira.first(.companionID))
      // What she said is found by her alone.
      for order in ["recent", "best"] as [JSONValue] {
        let query: JSONValue = ["query": "zibeline", "order": order]
        #expect(try mira.ask("chat.search", query)["matches"]?.array?.isEmpty == false)
        #expect(try jon.ask("chat.search", query)["matches"]?.array?.isEmpty == true)
      }
      for method in ["chat.list", "companion.list"] {
        let query: JSONValue = ["query": "zibeline"]
        let name = method == "chat.list" ? "chats" : "companions"
        #expect(try mira.ask(method, query)[name]?.array?.isEmpty == false)
        let found = try jon.ask(method, query)[name]?.array ?? [.null]
        #expect(found.allSatisfy { $0["id"] == made["companion"]?["id"] }, "\(method): \(found)")
      }
      // Not even what a key did is told, whether the call is hers to the letter or about his own chat.
      let chats = [mira.first(.chat), jon.first(.chat)].map { $0 ?? .null }
      let lines = chats.map { chat -> JSONValue in
        ["chat": chat, "text": "Once.", "respond": false, "key": "the-key"]
      }
      #expect(try mira.ask("message.send", lines[0])["replayed"] == nil)
      #expect(try jon.attempt("message.send", lines[0]).reason == "not_found")
      #expect(try jon.ask("message.send", lines[1])["replayed"] == nil)
      #expect(try mira.ask("message.send", lines[0])["replayed"] == true)
      for house in [mira, jon] { house.gate.open() }
    }
  }

  /// Without a daemon: that the walk knows where it must go.
  @Suite struct CallPlaceTests {
    @Test func `what every text in every call's parameters names is known`() {
      let unknown = CallBook().calls.flatMap(\.places).filter { PlaceMeaning.of($0) == nil }
      #expect(
        unknown.isEmpty,
        "PlaceMeaning must say whether these name something of a vault: \(unknown.map(\.description))")
      // And a place of an unknown kind would be found.
      #expect(PlaceMeaning.of(CallPlace(method: "m", path: ["title"], isID: true)) == nil)
      #expect(PlaceMeaning.of(CallPlace(method: "m", path: ["never", "[]"], isID: false)) == nil)
    }
  }
}

/// Tries everything of one person's in every call of another's, each time beside a name that never was.
private struct StrangerWalk {
  private let machine: MachineDaemon
  private let jon: Household
  private let mira: Household
  private let uid: UInt32
  private let ids = ULIDMaker()
  /// What must not be in anything that the daemon says to the stranger.
  private var secrets: Set<String>
  /// Listens to everything and to everything of the other's, the whole time.
  private let listener: LineClient
  private(set) var faults: [String] = []
  private(set) var calls = 0
  private(set) var places = 0
  private(set) var methods = 0

  init(_ machine: MachineDaemon, of jon: Household, uid: UInt32, through mira: Household) throws {
    self.machine = machine
    self.jon = jon
    self.mira = mira
    self.uid = uid
    secrets = try mira.ids().union([mira.word])
    listener = try machine.connect(as: uid)
    for topics in [["topics": [""]], ["topics": [""], "chats": .array(mira.names[.chat] ?? [])]]
      as [JSONValue]
    {
      guard try listener.ask("events.subscribe", topics.encoded).result != nil else {
        faults.append("\(topics) is refused")
        continue
      }
    }
  }

  mutating func walk(_ call: CallBook.Call) throws {
    methods += 1
    let base = jon.parameters(for: call)
    // Their own call first, where it changes nothing, and everybody's that has no parameters.
    if call.places.isEmpty { try say(call, .object(base), naming: []) }
    for place in call.places {
      switch PlaceMeaning.of(place) {
      case .names(let kind):
        places += 1
        for value in mira.names[kind] ?? [] { try compare(call, base, [place], [value]) }
      case .cursor:
        places += 1
        if call.isForAdmins { continue }
        var params = base
        params["cursor"] = try mira.cursor(of: call)
        try say(call, .object(params), naming: [])
      case .nothing, nil: break
      }
    }
    // And all of it together: another's chat with that chat's own leaf.
    let named = call.places.filter { place in
      guard case .names(let kind) = PlaceMeaning.of(place), kind != .sequence else { return false }
      return mira.first(kind) != nil && place.path.first.map { call.example[$0] != nil } == true
    }
    if named.count > 1 {
      let values = named.map { place -> JSONValue in
        guard case .names(let kind) = PlaceMeaning.of(place) else { return .null }
        return mira.first(kind) ?? .null
      }
      try compare(call, base, named, values)
    }
  }

  /// The answer for what another has must be the answer for what never was.
  private mutating func compare(
    _ call: CallBook.Call, _ base: [String: JSONValue], _ places: [CallPlace], _ values: [JSONValue]
  ) throws {
    var (theirs, nobodys) = (JSONValue.object(base), JSONValue.object(base))
    // Either of the two says where to, never both.
    if call.name == "message.send", places.contains(where: { $0.path == ["companion"] }) {
      for name in ["chat", "leaf"] {
        theirs = theirs.removing(name)
        nobodys = nobodys.removing(name)
      }
    }
    // The same for a file's two ways in; and only a PNG takes a picture.
    if places.contains(where: { $0.path == ["upload"] }), call.name.hasSuffix("port") {
      (theirs, nobodys) = (theirs.removing("data"), nobodys.removing("data"))
      if call.name == "companion.export" {
        (theirs, nobodys) = (theirs.setting("png", at: ["format"]), nobodys.setting("png", at: ["format"]))
      }
    }
    var words: [String] = []
    for (place, value) in zip(places, values) {
      let never = never(like: value)
      theirs = theirs.setting(value, at: place.path[...])
      nobodys = nobodys.setting(never, at: place.path[...])
      words += [value.plain, never.plain]
    }
    let answer = try say(call, theirs, naming: words)
    let expected = try say(call, nobodys, naming: words)
    let what = "\(call.name) \(places.map(\.name)) \(values.map(\.encoded))"
    if answer.anonymous(words) != expected.anonymous(words), !Self.isNumbered(call) {
      faults.append("\(what): \(answer.encoded) and for nobody's \(expected.encoded)")
    }
    check(expected, call, what)
  }

  /// Results with numbers of their own in them, which differ from call to call.
  private static func isNumbered(_ call: CallBook.Call) -> Bool { call.name == "events.subscribe" }

  /// The calls that may well answer something that is not there, and still must say the same of both.
  private static let contented: Set<String> = [
    "call.cancel", "chat.unfollow", "events.subscribe", "turn.detach",
  ]

  /// Were the names not looked at, the walk would show nothing.
  private mutating func check(_ expected: JSONValue, _ call: CallBook.Call, _ what: String) {
    let reason = expected.reason
    if reason == "not_found" || Self.contented.contains(call.name) { return }
    // Who follows a chat may name the turn they show; when another runs, that is followed.
    if what.hasPrefix("chat.follow [\"turn\"]"), expected.result != nil { return }
    if call.isForAdmins, reason == (uid == 0 ? "invalid_params" : "forbidden") { return }
    faults.append("\(what): a name that never was is answered with \(expected.encoded)")
  }

  /// Something of the same form that nobody has.
  private func never(like value: JSONValue) -> JSONValue {
    guard let text = value.string else {
      if value.integer != nil { return 990_099 }
      return value.setting(987_654, at: ["seq"])
    }
    if ULID(text) != nil { return .string(ids.make().description) }
    if ULID(text + "0") != nil { return .string(String(ids.make().description.dropLast())) }
    if text.hasPrefix("/") {
      return .string(
        text.replacing("/\(MachineDaemon.uid)/", with: "/4999/").replacing("/4001/", with: "/4999/"))
    }
    if text.hasSuffix(".db") { return .string(String(text.prefix { $0 != "T" }) + "T00-00-00.000Z.db") }
    return .string(
      text.hasPrefix("s") && text.count < 4 ? "s99" : text.replacing("zibeline", with: "zibelina"))
  }

  /// Calls as the stranger, on a connection of its own, and looks at every line that comes back.
  @discardableResult
  private mutating func say(_ call: CallBook.Call, _ params: JSONValue, naming words: [String]) throws
    -> JSONValue
  {
    let client = try machine.connect(as: uid)
    defer { client.close() }
    calls += 1
    try client.call(call.name, params.encoded, id: 5)
    while true {
      let line = try client.line(within: .seconds(20))
      inspect(line, call.name, naming: words)
      let message = try JSONValue(parsing: line)
      if message["method"] == nil { return message }
    }
  }

  private mutating func inspect(_ line: String, _ method: String, naming words: [String]) {
    for secret in secrets where line.contains(secret) && !words.contains(where: { $0.contains(secret) }) {
      faults.append("\(method) tells of \(secret): \(line.prefix(500))")
    }
  }

  /// Everything that was told to who listens to everything, after the other did something more.
  mutating func listenOnce(more mira: Household) throws {
    let chat = try #require(mira.first(.chat))
    try mira.ask("message.add", ["chat": chat, "role": "user", "text": "More on zibeline"])
    secrets.formUnion(try mira.ids())
    try listener.call("ping", id: 6)
    while true {
      let line = try listener.line(within: .seconds(20))
      inspect(line, "an event", naming: [])
      if try JSONValue(parsing: line)["id"] == 6 { return }
    }
  }
}
