import Base
import Model
import SQLite
import Testing

@testable import Store

/// Scenes hang on messages, and are found upwards.
@Suite struct SceneRowsTests {
  private func put(_ place: String, at message: ULID, _ cast: Cast) async throws {
    let state = SceneState(location: place)
    _ = try await cast.vault.write { try $0.set(state: state, of: message) }
  }

  @Test func `what is set by hand stays known, and an analysis makes no revision`() async throws {
    let cast = try await Cast.open()
    let line = try await cast.say("Hello.")
    let (revision, change) = (line.revision, line.change)
    let read = try await cast.vault.write {
      try $0.keep(state: SceneState(location: "the quay"), of: line.id)
    }
    #expect(read.state?.location == "the quay" && read.revision == revision && read.change > change)
    #expect(try await cast.vault.read { try $0.membersByHand(ofSceneAt: line.id) }.isEmpty)
    let set = try await cast.vault.write {
      try $0.set(state: SceneState(location: "the roof"), byHand: ["location"], of: line.id)
    }
    #expect(set.revision == revision + 1)
    _ = try await cast.vault.write { try $0.set(state: SceneState(), byHand: ["action"], of: line.id) }
    _ = try await cast.vault.write { try $0.keep(state: SceneState(action: "waiting"), of: line.id) }
    #expect(try await cast.vault.read { try $0.membersByHand(ofSceneAt: line.id) } == ["action", "location"])
    await cast.vault.close()
  }

  @Test func `the nearest scene above is found, a deleted branch's is not in the way`() async throws {
    let cast = try await Cast.open()
    var line: [ULID] = []
    for number in 0..<40 { line.append(try await cast.say("\(number)", under: line.last).id) }
    let (leaf, chat) = (line[39], cast.chat)
    #expect(try await cast.vault.read { try $0.scene(at: leaf, in: chat) } == nil)
    try await put("deep", at: line[3], cast)
    try await put("near", at: line[30], cast)
    let found = try #require(try await cast.vault.read { try $0.scene(at: leaf, in: chat) })
    #expect(found.message == line[30] && found.state.location == "near" && found.revision == 2)
    let above = line[29]
    #expect(try await cast.vault.read { try $0.scene(at: above, in: chat) }?.message == line[3])
    let all = try await cast.vault.read { try $0.scenes(upTo: leaf, in: chat, before: nil, limit: 10) }
    #expect(all.map(\.message) == [line[30], line[3]])
    let rest = try await cast.vault.read {
      try $0.scenes(upTo: leaf, in: chat, before: all[0].position, limit: 10)
    }
    #expect(rest.map(\.message) == [line[3]])
    await cast.vault.close()
  }

  @Test func `a search for a scene walks by the primary key, and not at all where a chat has none`()
    async throws
  {
    let cast = try await Cast.open()
    for query in [SceneRows.nearest, SceneRows.branch] {
      let values: [Value] =
        query.text == SceneRows.nearest.text
        ? [.integer(1), .integer(1)] : [.integer(1), .integer(1), .integer(9), .integer(5)]
      let plan = try await cast.vault.read { snapshot in
        try snapshot.rows(Query("EXPLAIN QUERY PLAN " + query.text), values) { $0.text(3) }.joined(
          separator: "\n")
      }
      #expect(plan.contains("messages_with_scene (chat=?)"), "\(plan)")
      #expect(plan.contains("SEARCH m USING INTEGER PRIMARY KEY (rowid=?)"), "\(plan)")
      #expect(!plan.contains("SCAN m") && !plan.contains("TEMP B-TREE"), "\(plan)")
    }
    await cast.vault.close()
  }
}
