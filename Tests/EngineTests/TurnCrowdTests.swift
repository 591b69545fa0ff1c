import Base
import Model
import Posix
import Store
import TestSupport
import Testing

@testable import Engine

/// Many clients at one chat at once.
@Suite(.timeLimit(.minutes(5))) struct TurnCrowdTests {
  init() { Loop.start() }

  @Test func `twenty clients write in one chat, one generation at a time, and no lock is left`() async throws
  {
    let clients = 20
    let acts = BranchHouse.extent("CROWD", share: 25)
    let seed = UInt64(BranchHouse.extent("SEED", share: Int.random(in: 0...Int(Int32.max))))
    print("seed \(seed), \(clients) clients, \(acts) acts each")
    let stand = try await BranchHouse.open()
    _ = try await stand.add("The beginning.", .user)
    let busy = try await withThrowingTaskGroup(of: Int.self) { group in
      for number in 0..<clients {
        group.addTask {
          var client = CrowdMember(stand, .seeded(seed &+ UInt64(number)))
          for _ in 0..<acts { try await client.step() }
          return client.busy
        }
      }
      return try await group.reduce(0, +)
    }
    // What still runs comes to its end by itself.
    while let turn = await stand.running() {
      _ = try await stand.house.engine.turns.waitForReply(turn, of: stand.owner)
    }
    #expect(await onLoop { stand.house.engine.turns.locks.isEmpty }, "seed \(seed)")
    #expect(await onLoop { stand.house.engine.turns.count } == 0, "seed \(seed)")
    try await check(stand, "seed \(seed)")
    print("\(busy) of \(clients * acts) acts met a turn that generated")
    #expect(busy > 0, "nobody met anybody: this showed nothing")
    await stand.end()
  }

  private func check(_ stand: BranchHouse, _ seed: Comment) async throws {
    var generating: ULID?
    var ended: Set<ULID> = []
    for event in stand.house.told.events {
      switch event.subject {
      case .streamBegan(let turn, _, _, _):
        #expect(generating == nil, "two generate at once")
        generating = turn.id
      case .streamEnded(let turn, _):
        // Those that were cancelled while they waited for others of their call never began.
        if generating == turn.id { generating = nil }
        #expect(ended.insert(turn.id).inserted, "\(turn.id) ends twice")
      default: break
      }
    }
    #expect(generating == nil, seed)
    let active = try await stand.house.engine.turns.list(
      chat: stand.chat, activeOnly: true, cursor: nil, limit: 10, of: stand.owner)
    #expect(active.items.isEmpty, seed)
    let tree = try await stand.house.engine.chats.tree(
      of: stand.chat, root: nil, depth: 20_000, limit: 50_000, owner: stand.owner)
    let ids = Set(tree.nodes.map(\.id))
    let chat = try await stand.now()
    #expect(chat.messages == ids.count && chat.turn == nil, seed)
    #expect(chat.head.map { ids.contains($0) } ?? true, seed)
    for node in tree.nodes {
      #expect(node.parent.map { ids.contains($0) } ?? true, seed)
      let message = try await stand.house.engine.messages.get(node.id, of: stand.owner)
      #expect(message.status != .streaming && !message.text.isEmpty, seed)
    }
    #expect(try await stand.vault().check().ok, seed)
  }
}

/// One client that does this and that, and takes a refusal as it comes.
private struct CrowdMember {
  let stand: BranchHouse
  var random: RandomSource
  var busy = 0

  init(_ stand: BranchHouse, _ random: RandomSource) {
    self.stand = stand
    self.random = random
  }

  mutating func step() async throws {
    let tree = try await stand.house.engine.chats.tree(
      of: stand.chat, root: nil, depth: 20_000, limit: 50_000, owner: stand.owner)
    let node = tree.nodes.suffix(12).randomElement(using: &random)
    do throws(EngineError) {
      guard let node else { return _ = try await stand.send("Is anybody there?") }
      switch Int.random(in: 0..<8, using: &random) {
      case 0: _ = try await stand.send("Hello.")
      case 1: _ = try await stand.perform(.regenerate(RegenerateRequest(message: node.id, count: 2)))
      case 2: _ = try await stand.perform(.edit(EditRequest(message: node.id, text: "Or this.")))
      case 3:
        _ = try await stand.perform(.edit(EditRequest(message: node.id, text: "No.", form: .replace)))
      case 4: try await stand.delete(node.id, Bool.random(using: &random) ? .lift : nil)
      case 5: _ = try await stand.perform(.continue(message: node.id))
      case 6:
        _ = try await stand.house.engine.chats.select(
          stand.chat, leaf: node.id, of: stand.owner, recording: nil, origin: BranchHouse.origin)
      default: try await cancel()
      }
    } catch {
      try await judge(error)
    }
  }

  /// The lock is this turn's no more when the answer is there.
  private func cancel() async throws(EngineError) {
    guard let turn = await stand.running() else { return }
    let cancelled = try await stand.house.engine.turns.cancel(turn, of: stand.owner)
    #expect(cancelled.phase.isOver)
    #expect(await stand.running() != turn)
  }

  /// Others change the tree meanwhile, so what was seen may be gone; everything else would be a fault.
  private mutating func judge(_ error: EngineError) async throws {
    switch error {
    case .busy(let turn):
      busy += 1
      let named = try await stand.house.engine.turns.get(turn, of: stand.owner)
      #expect(named.chat == stand.chat && named.kind.writesMessage, "busy names a turn that is there")
    case .notFound, .leafNotFound, .hasChildren: break
    case .invalid(let path, _): #expect(path == "message", "only a companion's line goes on")
    default: Issue.record("\(error)")
    }
  }
}
