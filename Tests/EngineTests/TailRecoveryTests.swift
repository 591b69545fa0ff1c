import Base
import Engine
import HTTP
import Model
import Store
import TestSupport
import Testing

/// Tails that were open when the daemon ended.
@Suite(.timeLimit(.minutes(2))) struct TailRecoveryTests {
  /// An engine that ends while a tail hangs; the folder stays.
  private func leave(in folder: TemporaryFolder) async throws -> (turn: ULID, reply: ULID, chat: ULID) {
    let stand = try await TailStand(in: folder)
    stand.plan(.hangs(Occurrence()))
    let said = try await stand.say("Hello.")
    _ = await stand.upstream.request(2)
    await onLoop { await stand.engine.turns.interruptAll() }
    #expect(stand.outcomes("abandoned") == 1)
    await stand.end()
    return (said.turn, said.reply.id, stand.chat)
  }

  @Test func `the next start goes on with it`() async throws {
    let folder = try TemporaryFolder()
    let left = try await leave(in: folder)
    let stand = try await TailStand(plans: [.answer(#"{"location":"the station"}"#)], in: folder)
    #expect(try await stand.ended(left.turn).phase == .done)
    let scene = try await stand.engine.scenes.get(left.chat, leaf: left.reply, of: stand.owner)
    #expect(scene.state.location == "the station" && scene.message == left.reply)
    #expect(Array(try #require(stand.analyses.first).told[1...2]) == ["Hello.", "Reply 1."])
    await stand.end()
  }

  @Test func `one that ended the daemon three times is closed, and read with the next`() async throws {
    let folder = try TemporaryFolder()
    let left = try await leave(in: folder)
    for _ in 1...3 {
      let stand = try await TailStand(plans: [.hangs(Occurrence())], in: folder)
      _ = await stand.upstream.request(1)
      #expect(try await stand.engine.turns.get(left.turn, of: stand.owner).phase == .analysing)
      await onLoop { await stand.engine.turns.interruptAll() }
      await stand.end()
    }
    let stand = try await TailStand(in: folder)
    #expect(try await stand.engine.turns.get(left.turn, of: stand.owner).phase == .done)
    #expect(try await stand.branch.vault().read { try $0.openTurns() }.isEmpty)
    stand.plan(.answer(#"{"location":"the end"}"#))
    let sent = try await stand.branch.perform(.send(SendRequest(to: .chat(left.chat), text: "Still there?")))
    _ = try await stand.branch.reply(sent)
    _ = try await stand.ended(try #require(sent.turn).id)
    #expect(stand.analyses.count == 1)
    #expect(stand.analyses.first?.told.last?.contains("the last 4 lines") == true)
    await stand.end()
  }
}
