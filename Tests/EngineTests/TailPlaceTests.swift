import Base
import Engine
import HTTP
import Model
import Store
import TestSupport
import Testing

/// Tails where a server has one place, and where they are many.
@Suite(.timeLimit(.minutes(2))) struct TailPlaceTests {
  @Test func `a reply takes the place of another chat's tail, which goes on afterwards`() async throws {
    let stand = try await TailStand(concurrency: 1)
    let closed = Occurrence<Void>()
    stand.plan(
      .hangs(closed), .answer(#"{"location":"first or second"}"#), .answer(#"{"location":"first or second"}"#)
    )
    let first = try await stand.say("One.")
    _ = await stand.upstream.request(2)
    let other = try await BranchHouse.chat(in: stand.house)
    let sent = try await stand.branch.perform(.send(SendRequest(to: .chat(other), text: "Two.")))
    #expect(try await stand.branch.reply(sent).text == "Reply 2.")
    await closed.value
    _ = try await stand.ended(try #require(sent.turn).id)
    _ = try await stand.ended(first.turn)
    for (chat, message) in [(stand.chat, first.reply.id), (other, try #require(sent.turn?.replyId))] {
      let scene = try await stand.engine.scenes.get(chat, leaf: message, of: stand.owner)
      #expect(scene.state.location == "first or second" && scene.message == message)
    }
    #expect(stand.outcomes("read") == 2)
    await stand.end()
  }

  @Test func `a reply in the same chat takes it, and its own tail reads both`() async throws {
    let stand = try await TailStand(concurrency: 1)
    let closed = Occurrence<Void>()
    stand.plan(.hangs(closed), .answer(#"{"location":"the mill"}"#))
    let first = try await stand.say("One.")
    _ = await stand.upstream.request(2)
    let second = try await stand.sayAndRead("Two.")
    await closed.value
    #expect(try await stand.ended(first.turn).phase == .done)
    #expect(stand.outcomes("yielded") == 1 && stand.analyses.count == 2)
    #expect(stand.analyses[1].told.last?.contains("the last 4 lines") == true)
    let scene = try await stand.scene(second.reply.id)
    #expect(scene.state.location == "the mill" && scene.message == second.reply.id)
    await stand.end()
  }

  @Test func `siblings each keep their tail, though the next of them takes its place`() async throws {
    let stand = try await TailStand(concurrency: 1)
    stand.plan(.hangs(Occurrence()))
    // One that had to give its place up is asked for again.
    for number in 1...12 { stand.plan(.answer("{\"location\":\"place \(number)\"}")) }
    let first = try await stand.say("One.")
    _ = await stand.upstream.request(2)
    let line = try #require(first.reply.parent)
    let sent = try await stand.branch.perform(.regenerate(RegenerateRequest(message: line, count: 2)))
    for turn in [first.turn] + sent.turns.map(\.id) {
      _ = try await stand.engine.turns.waitForReply(turn, of: stand.owner)
      #expect(try await stand.ended(turn).phase == .done)
    }
    #expect(stand.outcomes("read") == 3)
    for message in [first.reply.id] + sent.turns.compactMap(\.replyId) {
      let scene = try await stand.scene(message)
      #expect(scene.message == message && scene.state.location != nil)
    }
    await stand.end()
  }

  @Test func `no more tails than the limit wait for one owner`() async throws {
    let stand = try await TailStand()
    stand.plan(.hangs(Occurrence()))
    var turns: [ULID] = []
    for number in 1...65 { turns.append(try await stand.say("Line \(number).").turn) }
    #expect(try await stand.ended(turns[64]).phase == .done)
    #expect(stand.outcomes("crowded") == 1)
    #expect(try await stand.engine.turns.get(turns[63], of: stand.owner).phase == .analysing)
    #expect(await onLoop { stand.engine.turns.count } == 64)
    await onLoop { await stand.engine.turns.interruptAll() }
    await stand.end()
  }
}
