import Base
import Model
import Posix
import Store
import TestSupport
import Testing

@testable import Engine

/// A tree as a crowd of acts leaves it, against a model of it that shares no code with the store.
@Suite struct BranchTests {
  init() { Loop.start() }

  @Test func `a random tree reads like an independent model of it`() async throws {
    let size = BranchHouse.extent("TREE", share: 1000)
    let seed = UInt64(BranchHouse.extent("SEED", share: Int.random(in: 0...Int(Int32.max))))
    print("seed \(seed), \(size) messages")
    let stand = try await BranchHouse.open()
    var builder = TreeBuilder(stand, seed: seed)
    while builder.made < size { try await builder.step() }
    try await builder.compare("seed \(seed)")
    await stand.end()
  }
}

/// Does one random thing after another, to the chat and to the model.
private struct TreeBuilder {
  let stand: BranchHouse
  var random: RandomSource
  var model = BranchModel()
  /// Messages that were ever there.
  var made: Int { model.created }

  init(_ stand: BranchHouse, seed: UInt64) {
    self.stand = stand
    random = .seeded(seed)
  }

  private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

  /// Mostly one of the latest, so that branches grow long.
  private mutating func pick(_ role: Message.Role? = nil) -> ULID? {
    let some = number(0...4) == 0 ? model.alive : model.latest(25)
    return some.filter { role == nil || model.nodes[$0]?.role == role }.randomElement(using: &random)
  }

  mutating func step() async throws {
    switch number(0...19) {
    case 0...5: try await send()
    case 6, 7: try await add()
    case 8, 9: try await regenerate()
    case 10, 11: try await goOn()
    case 12...14: try await edit()
    case 15: try await delete()
    case 16: try await restore()
    case 17: try await read()
    default: try await select()
    }
  }

  private mutating func send() async throws {
    var request = SendRequest(to: .chat(stand.chat), text: "line \(made)")
    request.leaf = number(0...2) == 0 ? pick() : nil
    request.respond = number(0...1) == 0
    request.onStale = SendRequest.OnStale.allCases.randomElement(using: &random) ?? .branch
    var parent = request.leaf ?? model.head
    var staleTip: ULID?
    if let leaf = request.leaf, model.tip(below: leaf) != leaf {
      let tip = model.tip(below: leaf)
      switch request.onStale {
      case .branch: staleTip = tip
      case .follow: parent = tip
      case .reject:
        let act = TurnAct.send(request)
        #expect(await failure { () async throws(EngineError) in _ = try await stand.perform(act) } == "stale")
        return
      }
    }
    let sent = try await stand.perform(.send(request))
    #expect(sent.staleTip == staleTip)
    try await take(sent, under: parent)
  }

  /// What an act wrote and what was answered goes into the model.
  private mutating func take(_ sent: Sent, under parent: ULID?) async throws {
    let line = try #require(sent.message)
    model.add(line.id, under: parent, line.role, line.text)
    if sent.turn != nil {
      let reply = try await stand.reply(sent)
      model.add(reply.id, under: line.id, .assistant, reply.text)
    }
  }

  private mutating func add() async throws {
    let leaf = number(0...1) == 0 ? pick() : nil
    let role = Message.Role.allCases.randomElement(using: &random) ?? .user
    let parent = leaf ?? model.head
    let line = try await stand.add("added \(made)", under: leaf, role)
    model.add(line.id, under: parent, role, line.text)
  }

  private mutating func regenerate() async throws {
    guard let message = pick(), let node = model.nodes[message] else { return }
    let count = number(1...2)
    let sent = try await stand.perform(.regenerate(RegenerateRequest(message: message, count: count)))
    #expect(sent.turns.count == count)
    for turn in sent.turns {
      let outcome = try await stand.house.engine.turns.waitForReply(turn.id, of: stand.owner)
      let reply = try #require(outcome.reply)
      model.add(reply.id, under: node.role == .assistant ? node.parent : message, .assistant, reply.text)
    }
  }

  private mutating func goOn() async throws {
    guard let message = pick(.assistant), let node = model.nodes[message] else { return }
    let reply = try await stand.reply(try await stand.perform(.continue(message: message)))
    #expect(reply.text.hasPrefix(node.text) && reply.text.utf8.count > node.text.utf8.count)
    if model.children(of: message).isEmpty {
      #expect(reply.id == message)
      model.nodes[message]?.text = reply.text
      model.head = message
    } else {
      #expect(reply.id != message)
      model.add(reply.id, under: node.parent, .assistant, reply.text)
    }
  }

  private mutating func edit() async throws {
    guard let message = pick(), let node = model.nodes[message] else { return }
    let text = "edited \(made)"
    if number(0...1) == 0 {
      _ = try await stand.perform(.edit(EditRequest(message: message, text: text, form: .replace)))
      model.nodes[message]?.text = text
    } else {
      let request = EditRequest(message: message, text: text, respond: number(0...1) == 0 ? nil : false)
      let sent = try await stand.perform(.edit(request))
      #expect((sent.turn != nil) == (node.role == .user && request.respond == nil))
      try await take(sent, under: node.parent)
    }
  }

  private mutating func delete() async throws {
    guard let message = pick() else { return }
    let fate = number(0...2) == 0 ? nil : ChildrenFate.allCases.randomElement(using: &random)
    if fate == nil, !model.children(of: message).isEmpty {
      let stand = stand
      #expect(
        await failure { () async throws(EngineError) in try await stand.delete(message, nil) }
          == "hasChildren")
      return
    }
    // Whole branches go seldom, or nothing would ever grow.
    guard fate != .delete || model.subtree(message).count < 40 else { return }
    let deleted = try await stand.delete(message, fate)
    model.delete(message, lifting: fate == .lift, entry: deleted.entry)
    #expect(deleted.chat.head == model.head)
  }

  private mutating func restore() async throws {
    guard let entry = model.restorable.randomElement(using: &random) else { return }
    try await stand.vault().write { try $0.restore(entry) }
    model.restore(entry)
  }

  private mutating func read() async throws {
    let message = number(0...1) == 0 ? pick() : nil
    let recorded = try await stand.house.engine.chats.read(
      stand.chat, upTo: message, of: stand.owner, recording: nil, origin: BranchHouse.origin)
    model.read(upTo: message)
    guard case .fresh(let chat) = recorded else { return }
    #expect(chat.unread == model.unread)
  }

  private mutating func select() async throws {
    guard let leaf = pick() else { return }
    _ = try await stand.house.engine.chats.select(
      stand.chat, leaf: leaf, of: stand.owner, recording: nil, origin: BranchHouse.origin)
    model.head = leaf
  }

  // MARK: Comparing

  mutating func compare(_ seed: Comment) async throws {
    let (chats, owner) = (stand.house.engine.chats, stand.owner)
    let chat = try await stand.now()
    #expect(chat.head == model.head && chat.messages == model.nodes.count, seed)
    #expect(chat.unread == model.unread && chat.turn == nil, seed)
    let tips = model.tips()
    // Branches have most of their messages in common: what a message says of itself is looked at once.
    var known: Set<ULID> = []
    var messages = 0
    for leaf in model.leaves {
      let limit = number(5...60)
      var (seen, before): ([Message], ULID?) = ([], nil)
      while true {
        let page = try await chats.history(
          of: stand.chat, leaf: leaf, before: before, after: nil, limit: limit, owner: owner)
        #expect(page.tip == leaf && !page.stale, seed)
        seen = page.messages + seen
        guard page.more, let oldest = page.messages.first?.id else { break }
        before = oldest
      }
      let path = model.path(to: leaf)
      #expect(seen.map(\.id) == path, seed)
      #expect(seen.map(\.text) == path.map { model.nodes[$0]?.text ?? "?" }, seed)
      messages += seen.count
      for message in seen where known.insert(message.id).inserted {
        let siblings = model.siblings(of: message.id)
        #expect(message.siblings.count == siblings.count, seed)
        #expect(siblings.firstIndex(of: message.id) == message.siblings.index, seed)
      }
      let middle = try #require(path.randomElement(using: &random))
      let page = try await chats.history(
        of: stand.chat, leaf: middle, before: nil, after: nil, limit: 1, owner: owner)
      #expect(
        page.tip == tips[middle] && page.stale == (middle != leaf && page.tip != middle), seed)
      let later = try await chats.history(
        of: stand.chat, leaf: leaf, before: nil, after: middle, limit: 200, owner: owner)
      #expect(later.messages.map(\.id) == Array(path.drop { $0 != middle }.dropFirst().prefix(200)), seed)
      let siblings = try await stand.house.engine.messages.siblings(
        of: middle, cursor: nil, limit: 200, owner: owner)
      let expected = Array(model.siblings(of: middle).prefix(200))
      #expect(siblings.items.map(\.message.id) == expected, seed)
      #expect(siblings.items.map(\.tip) == expected.compactMap { tips[$0] }, seed)
    }
    #expect(known == Set(model.nodes.keys), seed)
    print(
      "tree: \(made) messages ever, \(model.nodes.count) there in \(model.leaves.count) branches, "
        + "\(messages) read in pages and found as they should be")
    let tree = try await chats.tree(of: stand.chat, root: nil, depth: 20_000, limit: 50_000, owner: owner)
    #expect(Set(tree.nodes.map(\.id)) == Set(model.nodes.keys) && tree.more.isEmpty, seed)
    for node in tree.nodes {
      #expect(node.parent == model.nodes[node.id]?.parent, seed)
      #expect(node.children == model.children(of: node.id).count, seed)
    }
    try await compareLeaves(seed)
    try await replayChanges(seed)
    #expect(try await stand.vault().check().ok, seed)
  }

  private mutating func compareLeaves(_ seed: Comment) async throws {
    var (leaves, cursor): ([ULID], String?) = ([], nil)
    repeat {
      let page = try await stand.house.engine.chats.leaves(
        of: stand.chat, cursor: cursor, limit: number(3...50), owner: stand.owner)
      leaves += page.items.map(\.id)
      cursor = page.next
    } while cursor != nil
    #expect(leaves == model.leaves.reversed(), seed)
  }

  /// A client that was never there before has the same picture.
  private func replayChanges(_ seed: Comment) async throws {
    let vault = try await stand.vault()
    var (since, alive): (Int64?, Set<ULID>) = (0, [])
    while let from = since {
      let page = try await vault.read { try $0.changes(since: from, limit: 100) }
      for item in page.items where item.kind == "message" {
        guard let id = ULID(item.id) else { continue }
        if item.deleted == true { alive.remove(id) } else { alive.insert(id) }
      }
      since = page.next
    }
    #expect(alive == Set(model.nodes.keys), seed)
    for id in alive {
      let message = try await stand.house.engine.messages.get(id, of: stand.owner)
      #expect(message.parent == model.nodes[id]?.parent && message.text == model.nodes[id]?.text, seed)
    }
  }
}
