import Base
import Engine
import HTTP
import Model
import Store
import TestSupport
import Testing

/// Random trees of lines, corrections and rewordings, with analyses that come late, against a model that knows nothing of tails.
@Suite(.timeLimit(.minutes(30))) struct TailTreeTests {
  /// The scene as plain texts, so that the model needs no reading of outfits.
  private struct Scene: Equatable {
    var outfit: [String] = []
    var location: String?
    var action: String?
  }

  private struct Answer {
    var outfit: String?
    var location: String?
    var action: String?
    var isRubbish = false

    var text: String {
      if isRubbish { return "Nothing to speak of." }
      let members = [("outfit", outfit), ("location", location), ("action", action)]
      return "{"
        + members.compactMap { name, value in value.map { "\"\(name)\":\"\($0)\"" } }.joined(separator: ",")
        + "}"
    }
  }

  private struct Node {
    let id: ULID
    let parent: Int?
    var scene: Scene?
    var hand: Set<String> = []
    /// The reply is what its turn made of it.
    var stands = true
  }

  private struct Late {
    let node: Int
    let turn: ULID
    let gate: Gate
    let answer: Answer
    /// What the model was told of the scene: that of the time when it was asked.
    var read: Scene
  }

  private struct Tree {
    var nodes: [Node] = []
    /// Whose analyses have not been answered, in the order of their chat; the first has been asked for.
    var late: [Late] = []

    func shown(_ index: Int?) -> Scene {
      var at = index
      while let here = at {
        if let scene = nodes[here].scene { return scene }
        at = nodes[here].parent
      }
      return Scene()
    }

    /// What the first late answer makes of its message.
    mutating func answered() {
      let first = late.removeFirst()
      let node = nodes[first.node]
      if !first.answer.isRubbish, node.stands {
        let above = shown(node.parent)
        var scene = above
        // The hand was faster where it changed what the model was told.
        if let outfit = first.answer.outfit, above.outfit == first.read.outfit { scene.outfit = [outfit] }
        if let place = first.answer.location, above.location == first.read.location { scene.location = place }
        if let action = first.answer.action, above.action == first.read.action { scene.action = action }
        if let own = node.scene {
          if node.hand.contains("outfit") { scene.outfit = own.outfit }
          if node.hand.contains("location") { scene.location = own.location }
          if node.hand.contains("action") { scene.action = own.action }
        }
        nodes[first.node].scene = scene
      }
    }
  }

  @Test func `every message shows the scene that a plain model shows, however late an analysis is`()
    async throws
  {
    let seed = UInt64(BranchHouse.extent("SEED", share: Int.random(in: 0...Int(Int32.max))))
    let random = RandomSource.seeded(seed)
    let trees = BranchHouse.extent("TAILS", share: 5)
    let stand = try await TailStand()
    for number in 0..<trees { try await grow(number, seed, random, stand) }
    await stand.end()
    print("tree: \(trees) trees with late analyses as a model of them, seed \(seed)")
  }

  private func grow(_ number: Int, _ seed: UInt64, _ random: RandomSource, _ stand: TailStand) async throws {
    func pick(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }
    func chance(_ one: Int) -> Bool { pick(one) == 0 }
    let chat = try await BranchHouse.chat(in: stand.house)
    var tree = Tree()

    /// The first in line is asked for; only then it is known what it was told.
    func awaitFirst() async {
      guard let first = tree.late.first, tree.nodes[first.node].stands else { return }
      await first.gate.reached.value
      tree.late[0].read = tree.shown(tree.nodes[first.node].parent)
    }
    /// Those whose message is another's by now end without being asked for.
    func skipFallen() async throws {
      while let first = tree.late.first, !tree.nodes[first.node].stands {
        tree.late.removeFirst()
        _ = try await stand.ended(first.turn)
      }
      await awaitFirst()
    }
    func release() async throws {
      guard let first = tree.late.first else { return }
      first.gate.open()
      _ = try await stand.ended(first.turn)
      tree.answered()
      try await skipFallen()
    }

    for step in 0..<24 {
      switch pick(8) {
      case 0...2 where tree.late.count < 6:
        let parent = tree.nodes.isEmpty ? nil : pick(tree.nodes.count)
        var answer = Answer(isRubbish: chance(8))
        if chance(3) { answer.outfit = ["red dress", "blue coat", "grey cardigan", "white shirt"][pick(4)] }
        if chance(2) { answer.location = "place \(step)" }
        if chance(2) { answer.action = "deed \(step)" }
        let gate = Gate()
        // Rubbish is asked for twice.
        stand.planNext(.held(gate, answer.text), .answer(answer.text))
        var request = SendRequest(to: .chat(chat), text: "Line \(step).")
        request.leaf = parent.map { tree.nodes[$0].id }
        let sent = try await stand.branch.perform(.send(request))
        let reply = try await stand.branch.reply(sent)
        tree.nodes.append(Node(id: try #require(sent.message).id, parent: parent))
        tree.nodes.append(Node(id: reply.id, parent: tree.nodes.count - 1))
        tree.late.append(
          Late(
            node: tree.nodes.count - 1, turn: try #require(sent.turn).id, gate: gate, answer: answer,
            read: Scene()))
        if tree.late.count == 1 { await awaitFirst() }
      case 3...4 where !tree.nodes.isEmpty:
        let index = pick(tree.nodes.count)
        var correction = SceneDesk.Correction()
        var scene = tree.shown(index)
        if chance(2) {
          let place = chance(4) ? "" : "spot \(step)"
          correction.location = place
          scene.location = place.isEmpty ? nil : place
          tree.nodes[index].hand.insert("location")
        }
        if chance(2) {
          correction.action = "act \(step)"
          scene.action = "act \(step)"
          tree.nodes[index].hand.insert("action")
        }
        if chance(3) {
          correction.outfit = .text("green hat")
          scene.outfit = ["green hat"]
          tree.nodes[index].hand.insert("outfit")
        }
        _ = try await stand.engine.scenes.set(
          chat, leaf: tree.nodes[index].id, correction, of: stand.owner, recording: nil,
          origin: EngineHouse.origin)
        tree.nodes[index].scene = scene
      case 5 where !tree.nodes.isEmpty:
        let index = pick(tree.nodes.count)
        _ = try await stand.branch.perform(
          .edit(
            EditRequest(message: tree.nodes[index].id, text: "Words \(step).", form: .replace, respond: false)
          ))
        tree.nodes[index].stands = false
      default: try await release()
      }
      for index in tree.nodes.indices {
        let found = try await stand.engine.scenes.get(
          chat, leaf: tree.nodes[index].id, of: stand.owner
        ).state
        let scene = Scene(
          outfit: found.outfit.map(\.name), location: found.location, action: found.action)
        #expect(scene == tree.shown(index), "tree \(number), step \(step), message \(index), seed \(seed)")
      }
    }
    while !tree.late.isEmpty { try await release() }
  }
}
