import Base
import Model
import SQLite
import Testing

@testable import Store

@Suite struct TreeTests {
  @Test func `a message comes back whole`() async throws {
    let cast = try await Cast.open()
    let turn = Turn(
      id: cast.ids.make(), chat: cast.chat, companion: cast.companion, kind: .reply,
      startedAt: Timestamp(milliseconds: 5), model: "offline")
    try await cast.vault.write { try $0.insert(turn) }
    var new = NewMessage(
      id: cast.ids.make(), chat: cast.chat, parent: nil, role: .assistant,
      parts: [.reasoning("hm"), .text("Hello "), .other(["type": "later", "x": 1]), .text("you")])
    new.companion = cast.companion
    new.author = "Ada"
    new.turn = turn.id
    new.model = "home/gemma"
    new.status = .streaming
    let line = new
    let inserted = try await cast.vault.write { try $0.insert(line) }
    #expect(inserted.parts == new.parts && inserted.text == "Hello you")
    #expect(inserted.companion == cast.companion && inserted.author == "Ada" && inserted.turn == turn.id)
    #expect(inserted.status == .streaming && inserted.revision == 1 && inserted.hidden == nil)
    try await cast.vault.write(.checkpoint) { try $0.stream([.text("Hello you, ")], into: line.id) }
    #expect(try await cast.vault.read { try $0.message(line.id) }.parts == [.text("Hello you, ")])
    let usage = Usage(promptTokens: 10, completionTokens: 4, estimated: false)
    let done = try await cast.vault.write {
      try $0.complete(
        message: line.id, parts: [.text("Hello you, dear")], status: .complete, finish: .stop, turn: turn.id,
        model: "home/gemma", usage: usage)
    }
    #expect(done.status == .complete && done.finish == .stop && done.usage == usage && done.revision == 2)
    await cast.vault.close()
  }

  @Test func `what a turn produced can be had after edits`() async throws {
    let cast = try await Cast.open()
    let user = try await cast.say("hi")
    let turns = [cast.ids.make(), cast.ids.make()]
    let reply = cast.ids.make()
    for (index, id) in turns.enumerated() {
      let turn = Turn(
        id: id, chat: cast.chat, companion: cast.companion, kind: index == 0 ? .reply : .continue,
        startedAt: Timestamp(milliseconds: 0), model: "m")
      try await cast.vault.write { transaction in
        try transaction.insert(turn)
        if index == 0 {
          _ = try transaction.insert(
            NewMessage(id: reply, chat: cast.chat, parent: user.id, role: .assistant, parts: [.text("")]))
        }
        _ = try transaction.complete(
          message: reply, parts: [.text(index == 0 ? "one" : "one two")], status: .complete, finish: .stop,
          turn: id,
          model: "m", usage: nil)
      }
    }
    _ = try await cast.vault.write { try $0.replace(message: reply, by: [.text("mine")]) }
    _ = try await cast.vault.write { try $0.replace(message: reply, by: [.text("mine again")]) }
    #expect(try await cast.vault.read { try $0.product(of: turns[0]) } == "one")
    #expect(try await cast.vault.read { try $0.product(of: turns[1]) } == "one two")
    #expect(try await cast.vault.read { try $0.product(of: cast.ids.make()) } == nil)
    #expect(try await cast.vault.read { try $0.message(reply) }.editedAt != nil)
    await cast.vault.close()
  }

  @Test func `an update on an old revision is refused`() async throws {
    let cast = try await Cast.open()
    let line = try await cast.say("hi")
    let scene = SceneState(location: "the garden")
    #expect(
      try await cast.vault.write { try $0.set(state: scene, of: line.id, ifRevision: 1) }.state == scene)
    let refusal = await cast.refusal(StoreError.self) {
      _ = try $0.set(state: scene, of: line.id, ifRevision: 1)
    }
    guard case .conflict(revision: 2)? = refusal else {
      Issue.record("\(String(describing: refusal))")
      return
    }
    #expect(try await cast.vault.write { try $0.set(hidden: true, of: line.id) }.hidden == true)
    #expect(try await cast.vault.write { try $0.set(hidden: false, of: line.id) }.hidden == nil)
    #expect(try await cast.vault.write { try $0.set(mark: "here", of: line.id) }.mark == "here")
    await cast.vault.close()
  }

  @Test func `unread counts replies since the last reading, and reading stays`() async throws {
    let cast = try await Cast.open()
    let user = try await cast.say("hi")
    let first = try await cast.say("hello", under: user.id, .assistant)
    _ = try await cast.say("hullo", under: user.id, .assistant)
    #expect(try await cast.chatNow().unread == 2)
    #expect(try await cast.vault.write { try $0.markRead(cast.chat, upTo: first.id) }.unread == 1)
    #expect(try await cast.vault.write { try $0.markRead(cast.chat) }.unread == 0)
    let before = try await cast.vault.read { try $0.change() }
    _ = try await cast.vault.write { try $0.markRead(cast.chat, upTo: first.id) }
    #expect(try await cast.chatNow().unread == 0)
    #expect(try await cast.vault.read { try $0.change() } == before)
    await cast.vault.close()
  }

  @Test func `a reply in the trash is not unread, and is again when it comes back`() async throws {
    let cast = try await Cast.open()
    let line = try await cast.say("hi")
    let reply = try await cast.say("hello", under: line.id, .assistant)
    let entries = [cast.ids.make(), cast.ids.make()]
    try await cast.vault.write { try $0.delete(message: reply.id, children: nil, entry: entries[0]) }
    #expect(try await cast.chatNow().unread == 0)
    try await cast.vault.write { try $0.restore(entries[0]) }
    #expect(try await cast.chatNow().unread == 1)
    _ = try await cast.vault.write { try $0.markRead(cast.chat) }
    try await cast.vault.write { try $0.delete(message: reply.id, children: nil, entry: entries[1]) }
    try await cast.vault.write { try $0.restore(entries[1]) }
    #expect(try await cast.chatNow().unread == 0)
    await cast.vault.close()
  }

  @Test func `the lines of a prompt are those of the branch's history`() async throws {
    let cast = try await Cast.open()
    var leaf: ULID?
    for number in 0..<7 {
      let role = number.isMultiple(of: 2) ? Message.Role.user : .assistant
      leaf = try await cast.say("line \(number)", under: leaf, role).id
      _ = try await cast.say("another \(number)", under: leaf, .narrator, head: false)
    }
    let last = try #require(leaf)
    _ = try await cast.vault.write { try $0.set(hidden: true, of: last) }
    for limit in [1, 6, 7, 8] {
      let (history, told) = try await cast.vault.read {
        (try $0.history(of: cast.chat, leaf: last, limit: limit), try $0.lines(upTo: last, limit: limit))
      }
      #expect(told.lines.map(\.id) == history.messages.map(\.id))
      #expect(told.lines.map(\.text) == history.messages.map(\.text))
      #expect(told.lines.map(\.role) == history.messages.map(\.role))
      #expect(told.lines.map(\.hidden) == history.messages.map { $0.hidden ?? false })
      #expect(told.more == history.more && told.more == (limit < 7))
    }
    await #expect(throws: StoreError.self) {
      try await cast.vault.read { _ = try $0.lines(upTo: cast.ids.make(), limit: 1) }
    }
    await cast.vault.close()
  }

  @Test func `a leaf of another chat is not found, and neither is a parent`() async throws {
    let cast = try await Cast.open()
    let other = cast.ids.make()
    _ = try await cast.vault.write {
      try $0.insert(NewChat(id: other, companion: cast.companion, version: 0))
    }
    let stranger = try await cast.say("there", in: other)
    _ = try await cast.say("here")
    await #expect(throws: StoreError.self) {
      try await cast.vault.read { try $0.history(of: cast.chat, leaf: stranger.id, limit: 10) }
    }
    await #expect(throws: StoreError.self) { try await cast.say("under a stranger", under: stranger.id) }
    await #expect(throws: StoreError.self) {
      try await cast.vault.write { try $0.select(head: stranger.id, in: cast.chat) }
    }
    #expect(try await cast.chatNow().messages == 1)
    await cast.vault.close()
  }

  @Test func `an empty chat has an empty history`() async throws {
    let cast = try await Cast.open()
    let history = try await cast.vault.read { try $0.history(of: cast.chat, limit: 10) }
    #expect(history.messages.isEmpty && history.leaf == nil && !history.more && !history.stale)
    #expect(try await cast.vault.read { try $0.tree(of: cast.chat, depth: 9, limit: 9) }.nodes.isEmpty)
    await cast.vault.close()
  }

  @Test func `a random tree reads like an independent model of it`() async throws {
    let seed = UInt64.random(in: .min ... .max)
    print("seed \(seed)")
    var random = RandomSource.seeded(seed)
    let cast = try await Cast.open()
    var model = TreeModel()
    for number in 0..<200 {
      if model.nodes.count > 20, Int.random(in: 0..<12, using: &random) == 0 {
        let victim = try #require(model.nodes.randomElement(using: &random)).id
        let entry = cast.ids.make()
        switch Int.random(in: 0..<3, using: &random) {
        case 0:
          try await cast.vault.write { try $0.delete(message: victim, children: .delete, entry: entry) }
          model.delete(victim, entry: entry)
        case 1:
          try await cast.vault.write { try $0.delete(message: victim, children: .lift, entry: entry) }
          model.lift(victim, entry: entry)
        default:
          guard let back = model.restorable.randomElement(using: &random) else { continue }
          try await cast.vault.write { try $0.restore(back) }
          model.restore(back)
        }
      } else {
        let parent =
          Int.random(in: 0..<10, using: &random) == 0
          ? nil : model.nodes.suffix(15).randomElement(using: &random)?.id
        let line = try await cast.say(
          "line \(number)", under: parent, Bool.random(using: &random) ? .user : .assistant)
        model.add(line.id, under: parent)
      }
    }
    for node in model.nodes {
      let limit = Int.random(in: 1...40, using: &random)
      let whole = model.path(to: node.id)
      var (seen, edge): ([ULID], HistoryEdge) = ([], .newest)
      while true {
        let from = edge
        let page = try await cast.vault.read {
          try $0.history(of: cast.chat, leaf: node.id, from, limit: limit)
        }
        #expect(page.tip == model.tip(below: node.id), "seed \(seed)")
        #expect(page.stale == !model.children(of: node.id).isEmpty, "seed \(seed)")
        for message in page.messages {
          let siblings = model.siblings(of: message.id)
          #expect(message.siblings.count == siblings.count, "seed \(seed)")
          #expect(siblings.firstIndex(of: message.id) == message.siblings.index, "seed \(seed)")
          #expect(message.parent == model.parent(of: message.id), "seed \(seed)")
        }
        seen = page.messages.map(\.id) + seen
        guard page.more, let oldest = page.messages.first else { break }
        edge = .before(oldest.id)
      }
      #expect(seen == whole, "seed \(seed)")
      let anchor = try #require(whole.randomElement(using: &random))
      let rest = Array(whole.drop { $0 != anchor }.dropFirst())
      let later = try await cast.vault.read {
        try $0.history(of: cast.chat, leaf: node.id, .after(anchor), limit: limit)
      }
      #expect(later.messages.map(\.id) == Array(rest.prefix(limit)), "seed \(seed)")
      #expect(later.more == (rest.count > limit), "seed \(seed)")
    }
    let leaves = try await cast.vault.read { try $0.leaves(of: cast.chat, limit: 1000) }.items.map(\.id)
    #expect(
      Set(leaves) == Set(model.nodes.map(\.id).filter { model.children(of: $0).isEmpty }), "seed \(seed)")
    let tree = try await cast.vault.read { try $0.tree(of: cast.chat, depth: 1000, limit: 1000) }
    #expect(Set(tree.nodes.map(\.id)) == Set(model.nodes.map(\.id)) && tree.more.isEmpty, "seed \(seed)")
    let part = try await cast.vault.read { try $0.tree(of: cast.chat, depth: 2, limit: 7) }
    #expect(part.nodes.count == min(7, model.nodes.count))
    #expect(try await cast.chatNow().messages == model.nodes.count, "seed \(seed)")
    #expect(
      try await cast.chatNow().head.map { head in model.nodes.contains { $0.id == head } } ?? true,
      "seed \(seed)")
    #expect(try await cast.vault.check().ok)
    // A client that replays everything has the same messages.
    let changes = try await cast.vault.read { try $0.changes(since: 0, limit: 100_000) }.items
    let alive = changes.filter { $0.kind == "message" && $0.deleted == nil }.map(\.id)
    #expect(Set(alive) == Set(model.nodes.map(\.id.description)), "seed \(seed)")
    let buried = changes.filter { $0.kind == "message" && $0.deleted == true }.map(\.id)
    #expect(Set(buried) == Set(model.gone.keys.map(\.description)), "seed \(seed)")
    await cast.vault.close()
  }

  @Test func `walks use the primary key and the indexes`() async throws {
    let cast = try await Cast.open()
    func plan(_ query: Query, _ values: [Value]) async throws -> String {
      try await cast.vault.read { snapshot in
        try snapshot.rows(Query("EXPLAIN QUERY PLAN " + query.text), values) { $0.text(3) }.joined(
          separator: "\n")
      }
    }
    let up = try await plan(MessageTree.up, [.integer(1), .integer(50)])
    #expect(up.contains("SEARCH m USING INTEGER PRIMARY KEY (rowid=?)"), "\(up)")
    #expect(
      up.contains(
        "SEARCH s USING COVERING INDEX messages_by_parent (chat=? AND parent=? AND trash=? AND id<?)"),
      "\(up)")
    #expect(!up.contains("SCAN m") && !up.contains("SCAN s"), "\(up)")
    let tip = try await plan(MessageTree.tip, [.integer(1), .integer(1)])
    #expect(tip.contains("messages_by_parent (chat=? AND parent=? AND trash=?)"), "\(tip)")
    let siblings = try await plan(MessageTree.siblings, [.integer(1), .null, .integer(0), .integer(9)])
    #expect(
      siblings.contains("SEARCH m USING INDEX messages_by_parent (chat=? AND parent=? AND trash=? AND id>?)"),
      "\(siblings)")
    #expect(!siblings.contains("TEMP B-TREE"), "\(siblings)")
    let leaves = try await plan(MessageTree.leaves, [.integer(1), .integer(9), .integer(5)])
    #expect(
      leaves.contains("messages_by_chat (chat=? AND trash=? AND id<?)") && !leaves.contains("TEMP B-TREE"),
      "\(leaves)")
    let chats = try await plan(ChatTable.page, [.integer(9), .null, .integer(5)])
    #expect(
      chats.contains("SEARCH c USING INDEX chats_by_activity (active<?)") && !chats.contains("TEMP B-TREE"),
      "\(chats)")
    #expect(!chats.contains("messages_by_chat"), "a list counts no messages: \(chats)")
    let lines = try await plan(MessageTree.lines, [.bytes([]), .integer(50)])
    #expect(lines.contains("SEARCH m USING INTEGER PRIMARY KEY (rowid=?)"), "\(lines)")
    #expect(!lines.contains("SCAN m") && !lines.contains("messages_by_parent"), "\(lines)")
    let mine = try await plan(ChatTable.pageOfCompanion, [.integer(9), .null, .integer(5), .integer(1)])
    #expect(
      mine.contains("chats_by_companion (companion=? AND active<?)") && !mine.contains("TEMP B-TREE"),
      "\(mine)")
    let open = try await plan(TurnTable.open, [])
    #expect(open.contains("USING INDEX turns_open"), "\(open)")
    for query in [TurnTable.openPage, TurnTable.openPageOfChat] {
      let values: [Value] = [.integer(9), .integer(5), .integer(1)]
      let page = try await plan(query, query.text.contains("?3") ? values : values.dropLast())
      #expect(page.contains("SEARCH t USING INDEX turns_open") && !page.contains("TEMP B-TREE"), "\(page)")
    }
    let product = try await plan(TurnTable.product, [.bytes([])])
    #expect(
      product.contains("messages_by_turn") && product.contains("message_revisions_by_turn"), "\(product)")
    await cast.vault.close()
  }
}

/// A tree kept in the simplest way there is.
private struct TreeModel {
  struct Node { let id: ULID; var parent: ULID? }
  var nodes: [Node] = []
  /// What was deleted, by the act that did it.
  var gone: [ULID: (node: Node, entry: ULID, order: Int)] = [:]
  private var order: [ULID: Int] = [:]

  mutating func add(_ id: ULID, under parent: ULID?) {
    order[id] = order.count
    nodes.append(Node(id: id, parent: parent))
  }
  func parent(of id: ULID) -> ULID? { nodes.first { $0.id == id }?.parent }
  func children(of id: ULID) -> [ULID] { nodes.filter { $0.parent == id }.map(\.id) }
  func siblings(of id: ULID) -> [ULID] { nodes.filter { $0.parent == parent(of: id) }.map(\.id) }
  func path(to id: ULID) -> [ULID] { (parent(of: id).map { path(to: $0) } ?? []) + [id] }
  func subtree(_ id: ULID) -> [ULID] { [id] + children(of: id).flatMap { subtree($0) } }
  func tip(below id: ULID) -> ULID { subtree(id).max { (order[$0] ?? 0) < (order[$1] ?? 0) } ?? id }

  mutating func delete(_ id: ULID, entry: ULID) {
    let victims = Set(subtree(id))
    for node in nodes where victims.contains(node.id) { gone[node.id] = (node, entry, order[node.id] ?? 0) }
    nodes.removeAll { victims.contains($0.id) }
  }
  mutating func lift(_ id: ULID, entry: ULID) {
    let above = parent(of: id)
    for index in nodes.indices where nodes[index].parent == id { nodes[index].parent = above }
    delete(id, entry: entry)
  }
  /// Acts whose rows have somewhere to return to.
  var restorable: [ULID] {
    Set(gone.values.map(\.entry)).filter { entry in
      gone.values.filter { $0.entry == entry }.allSatisfy { item in
        guard let parent = item.node.parent else { return true }
        return nodes.contains { $0.id == parent } || gone[parent]?.entry == entry
      }
    }.sorted()
  }
  mutating func restore(_ entry: ULID) {
    for item in gone.values where item.entry == entry { nodes.append(item.node) }
    gone = gone.filter { $0.value.entry != entry }
    nodes.sort { (order[$0.id] ?? 0) < (order[$1.id] ?? 0) }
  }
}
