import Base
import Engine
import HTTP
import Model
import TestSupport
import Testing

/// A day of forty turns on three branches, through the whole engine, with the answers a model gave, bad ones among them.
@Suite(.timeLimit(.minutes(2))) struct SceneDayTests {
  private func seen(_ scene: SceneDesk.Scene) -> SceneDay.Scene {
    SceneDay.Scene(
      location: scene.state.location, action: scene.state.action,
      visible: VisibleOutfit(scene.state.outfit).visible.map(\.name))
  }

  @Test func `a day on three branches is followed, and each branch keeps its own`() async throws {
    let day = try SceneDay.read()
    let stand = try await TailStand(persona: day.companion, says: day.turns.map(\.reply))
    var replies: [String: ULID] = [:]
    var rubbish = 0
    for turn in day.turns {
      let isRubbish = SceneAnswer(turn.analysis) == nil
      // Who answers rubbish is asked once more.
      for _ in 0..<(isRubbish ? 2 : 1) { stand.plan(.answer(turn.analysis)) }
      if isRubbish { rubbish += 1 }
      let said = try await stand.sayAndRead(turn.user, under: turn.parent.flatMap { replies[$0] })
      replies[turn.id] = said.reply.id
      #expect(said.reply.text == turn.reply)
      let scene = try await stand.scene(said.reply.id)
      #expect(seen(scene) == turn.scene, "\(turn.id)")
      // A full snapshot on the message itself, but for an answer nobody could read.
      #expect((scene.message == said.reply.id) != isRubbish, "\(turn.id)")
    }
    #expect(rubbish == 2 && stand.outcomes("rubbish") == 2 && stand.outcomes("read") == 38)
    #expect(stand.upstream.requests.count == 40 + 40 + 2)
    for turn in day.turns.shuffled() {
      let reply = try #require(replies[turn.id])
      _ = try await stand.engine.chats.select(
        stand.chat, leaf: reply, of: stand.owner, recording: nil, origin: EngineHouse.origin)
      #expect(seen(try await stand.scene()) == turn.scene, "back at \(turn.id)")
    }
    await stand.end()
  }
}
