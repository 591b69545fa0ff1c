import Base
import Engine
import Model
import TestSupport
import Testing

/// Scenes belong to messages: a branch shows its own, and nothing leaks to another.
@Suite(.timeLimit(.minutes(2))) struct SceneDeskTests {
  private func set(
    _ stand: BranchHouse, _ leaf: ULID?, _ correction: SceneDesk.Correction
  ) async throws(EngineError) -> Message {
    let recorded = try await stand.house.engine.scenes.set(
      stand.chat, leaf: leaf, correction, of: stand.owner, recording: nil, origin: BranchHouse.origin)
    guard case .fresh(let message) = recorded else { throw .fault("a replay without a key") }
    return message
  }

  private func scene(_ stand: BranchHouse, _ leaf: ULID? = nil) async throws(EngineError) -> SceneDesk.Scene {
    try await stand.house.engine.scenes.get(stand.chat, leaf: leaf, of: stand.owner)
  }

  @Test func `a branch shows the nearest scene above, and its siblings' never`()
    async throws
  {
    let stand = try await BranchHouse.open()
    let opening = try await stand.add("Hello.")
    #expect(try await scene(stand).state == SceneState())
    let line = try await stand.add("Hi.", under: opening.id, .user)
    let quay = try await stand.add("At the quay.", under: line.id)
    let kitchen = try await stand.add("In the kitchen.", under: line.id)
    _ = try await set(stand, opening.id, .init(outfit: .text("red dress, sandals"), location: "the door"))
    _ = try await set(stand, quay.id, .init(location: "the quay", action: "waiting"))
    let atQuay = try await scene(stand, quay.id)
    #expect(atQuay.message == quay.id && atQuay.state.location == "the quay")
    #expect(atQuay.state.outfit.map(\.name) == ["red dress", "sandals"], "what was not corrected is kept")
    let inKitchen = try await scene(stand, kitchen.id)
    #expect(inKitchen.message == opening.id && inKitchen.state.location == "the door")
    #expect(inKitchen.state.action == nil)
    _ = try await set(stand, opening.id, .init(location: "the gate"))
    #expect(try await scene(stand, quay.id).state.location == "the quay", "what stands below keeps its own")
    #expect(try await scene(stand, kitchen.id).state.location == "the gate")
    _ = try await set(stand, quay.id, .init(location: ""))
    #expect(try await scene(stand, quay.id).state.location == nil)
    await stand.end()
  }

  @Test func `the history of a scene tells what each message changed, page by page`() async throws {
    let stand = try await BranchHouse.open()
    var leaf: ULID?
    for number in 1...6 {
      let message = try await stand.add("Line \(number).", under: leaf)
      leaf = message.id
      if number == 4 { continue }
      _ = try await set(
        stand, leaf, number % 2 == 0 ? .init(action: "step \(number)") : .init(location: "place \(number)"))
    }
    var steps: [SceneDesk.Step] = []
    var cursor: String?
    repeat {
      let page = try await stand.house.engine.scenes.history(
        stand.chat, leaf: nil, cursor: cursor, limit: 2, of: stand.owner)
      #expect(page.steps.count <= 2)
      steps += page.steps
      cursor = page.next
    } while cursor != nil
    #expect(steps.map(\.changed) == [["action"], ["location"], ["location"], ["action"], ["location"]])
    #expect(steps.last?.state.location == "place 1" && steps.first?.state.action == "step 6")
    #expect(steps.first?.state.location == "place 5")
    await stand.end()
  }

  @Test func `a correction is told once, names what changed, and says nothing when nothing did`() async throws
  {
    let stand = try await BranchHouse.open()
    let message = try await stand.add("Hello.")
    _ = try await set(stand, nil, .init(outfit: .text("a blue coat"), location: "the hill"))
    _ = try await set(stand, nil, .init(location: "the hill"))
    let told = stand.house.told.events.compactMap { event -> (ULID, [String])? in
      if case .stateChanged(_, let message, _, let changed) = event.subject {
        (message, changed)
      } else {
        nil
      }
    }
    #expect(told.count == 1 && told.first?.0 == message.id && told.first?.1 == ["outfit", "location"])
    await stand.end()
  }

  @Test func `outfits by hand are read, kept as one thing when nobody can, and limited`() async throws {
    let stand = try await BranchHouse.open()
    _ = try await stand.add("Hello.")
    func outfit(_ given: SceneDesk.Correction.Outfit) async throws(EngineError) -> [Garment] {
      try await set(stand, nil, .init(outfit: given)).state?.outfit ?? []
    }
    #expect(try await outfit(.text("open coat over a shirt")).map(\.name) == ["open coat", "shirt"])
    #expect(
      try await outfit(.text("her Sunday best")) == [
        Garment(name: "her Sunday best", slot: .fullbody, layer: .base)
      ])
    #expect(try await outfit(.text("")).isEmpty)
    let hat = Garment(name: "hat", slot: .head, layer: .base)
    #expect(try await outfit(.garments(Array(repeating: hat, count: 48))).count == 48)
    let tooMany = await failure { () async throws(EngineError) in
      _ = try await outfit(.garments(Array(repeating: hat, count: 49)))
    }
    #expect(tooMany == "invalid")
    let nameless = await failure { () async throws(EngineError) in
      _ = try await outfit(.garments([Garment(name: " \u{1b} ", slot: .head, layer: .base)]))
    }
    #expect(nameless == "invalid")
    await stand.end()
  }

  @Test func `what is not there, or not theirs, has no scene`() async throws {
    let stand = try await BranchHouse.open()
    let empty = await failure { () async throws(EngineError) in
      _ = try await set(stand, nil, .init(location: "nowhere"))
    }
    #expect(empty == "invalid", "no message can carry it")
    #expect(try await scene(stand).message == nil)
    let message = try await stand.add("Hello.")
    let other = try await BranchHouse.chat(in: stand.house)
    for body in [
      { () async throws(EngineError) in
        _ = try await stand.house.engine.scenes.get(other, leaf: message.id, of: stand.owner)
      },
      { () async throws(EngineError) in
        _ = try await stand.house.engine.scenes.get(stand.chat, leaf: nil, of: EngineHouse.jon)
      },
    ] { #expect(await failure(body) == "notFound") }
    await stand.end()
  }

  /// A tree of lines, corrections, siblings and deletions against a model that knows nothing of SQL.
  @Test func `random trees show on every message the scene that a plain model shows`() async throws {
    let seed = UInt64.random(in: .min ... .max)
    let random = RandomSource.seeded(seed)
    let stand = try await BranchHouse.open()
    struct Node {
      var parent: Int?
      var location: String?
    }
    for _ in 0..<BranchHouse.extent("SCENES", share: 6) {
      let chat = try await BranchHouse.chat(in: stand.house)
      var nodes: [Node] = []
      var ids: [ULID] = []
      for step in 0..<30 {
        if nodes.isEmpty || random.next() % 3 != 0 {
          let parent = nodes.isEmpty ? nil : Int(random.next() % UInt64(nodes.count))
          let added = try await stand.perform(
            .add(AddRequest(chat: chat, leaf: parent.map { ids[$0] }, role: .assistant, text: "\(step)")))
          ids.append(try #require(added.message).id)
          nodes.append(Node(parent: parent))
        } else {
          let index = Int(random.next() % UInt64(nodes.count))
          nodes[index].location = "place \(step)"
          _ = try await stand.house.engine.scenes.set(
            chat, leaf: ids[index], .init(location: "place \(step)"), of: stand.owner, recording: nil,
            origin: BranchHouse.origin)
        }
      }
      for index in nodes.indices {
        var at: Int? = index
        while let here = at, nodes[here].location == nil { at = nodes[here].parent }
        let found = try await stand.house.engine.scenes.get(chat, leaf: ids[index], of: stand.owner)
        #expect(found.message == at.map { ids[$0] }, "seed \(seed)")
        #expect(found.state.location == at.flatMap { nodes[$0].location }, "seed \(seed)")
      }
    }
    await stand.end()
  }
}
