import Base
import Model
import Testing

@testable import Store

@Suite struct TurnTests {
  private func turn(_ cast: Cast, _ kind: Turn.Kind = .reply) -> Turn {
    Turn(
      id: cast.ids.make(), chat: cast.chat, companion: cast.companion, kind: kind, replyId: cast.ids.make(),
      startedAt: Timestamp(milliseconds: 1000), model: "home/gemma")
  }

  @Test func `a turn comes back as it was stored, in every phase`() async throws {
    let cast = try await Cast.open()
    var turn = turn(cast)
    let first = turn
    try await cast.vault.write { try $0.insert(first, request: ["instruction": "shorter"]) }
    let stored = try await cast.vault.read { try $0.turn(first.id) }
    #expect(stored.turn == first && stored.starts == 0 && stored.nextTry == nil)
    #expect(stored.request == ["instruction": "shorter"])
    #expect(try await cast.chatNow().turn == first.id)
    turn.phase = .failed
    turn.next = 42
    turn.base = 7
    turn.endedAt = Timestamp(milliseconds: 2000)
    turn.finish = .error
    turn.error = TurnError(code: 5, message: "It does not answer.", data: ["reason": "provider_unavailable"])
    turn.timing = Timing(queuedMs: 1, firstTokenMs: 2, totalMs: 3)
    turn.usage = Usage(promptTokens: 1, completionTokens: 2, cachedTokens: 1, estimated: true)
    turn.result = ["text": "x"]
    turn.model = "claude/other"
    let last = turn
    try await cast.vault.write { try $0.update(last) }
    #expect(try await cast.vault.read { try $0.turn(first.id) }.turn == last)
    #expect(try await cast.chatNow().turn == nil)
    #expect(try await cast.vault.read { try $0.openTurns() }.isEmpty)
    await cast.vault.close()
  }

  @Test func `starts are counted until the phase changes, also over a restart`() async throws {
    let cast = try await Cast.open()
    var turn = turn(cast)
    let first = turn
    try await cast.vault.write { try $0.insert(first) }
    #expect(try await cast.vault.write { try $0.countStart(of: first.id) } == 1)
    let later = Timestamp(milliseconds: 99)
    try await cast.vault.write { try $0.set(nextTry: later, of: first.id) }
    #expect(try await cast.vault.read { try $0.turn(first.id) }.nextTry == later)
    await cast.vault.close()
    let again = try await Vault.open(cast.folder.path, owner: someone, environment())
    #expect(try await again.write { try $0.countStart(of: first.id) } == 2)
    #expect(try await again.read { try $0.turn(first.id) }.nextTry == nil)
    turn.phase = .responding
    let moved = turn
    try await again.write { try $0.update(moved) }
    #expect(try await again.read { try $0.turn(first.id) }.starts == 0)
    #expect(try await again.read { try $0.openTurns() }.map(\.turn) == [moved])
    await again.close()
  }

  @Test func `an unknown turn is not found by any door`() async throws {
    let cast = try await Cast.open()
    let stranger = turn(cast)
    await #expect(throws: StoreError.self) { try await cast.vault.read { try $0.turn(stranger.id) } }
    await #expect(throws: StoreError.self) { try await cast.vault.write { try $0.update(stranger) } }
    await #expect(throws: StoreError.self) {
      try await cast.vault.write { try $0.countStart(of: stranger.id) }
    }
    await cast.vault.close()
  }

  @Test func `lists are by chat, active ones alone on demand, the newest first`() async throws {
    let cast = try await Cast.open()
    var made: [Turn] = []
    for number in 0..<5 {
      var turn = turn(cast)
      if number % 2 == 0 { turn.phase = .done }
      let stored = turn
      try await cast.vault.write { transaction in
        try transaction.insert(stored)
        try transaction.update(stored)
      }
      made.append(stored)
    }
    let all = try await cast.vault.read { try $0.turns(chat: cast.chat, limit: 3) }
    #expect(all.items == Array(made.reversed().prefix(3)))
    let rest = try await cast.vault.read { try $0.turns(chat: cast.chat, before: all.next, limit: 3) }
    #expect(rest.items == Array(made.reversed().suffix(2)) && rest.next == nil)
    #expect(
      try await cast.vault.read { try $0.turns(activeOnly: true, limit: 9) }.items.map(\.id) == [
        made[3].id, made[1].id,
      ])
    await cast.vault.close()
  }

  @Test func `lists of turns leave out what lies in the trash, and of those that run need no other`()
    async throws
  {
    let cast = try await Cast.open()
    let other = cast.ids.make()
    var turns: [Turn] = []
    for number in 0..<6 {
      var turn = turn(cast)
      if number % 2 == 1 { turn.chat = other }
      turns.append(turn)
    }
    // The last two are over; one of the first has no chat.
    turns[0].chat = nil
    for index in 4...5 { turns[index].phase = .done }
    let all = turns
    try await cast.vault.write { transaction in
      _ = try transaction.insert(NewChat(id: other, companion: cast.companion, version: 1))
      for turn in all {
        try transaction.insert(turn)
        try transaction.update(turn)
      }
    }
    func list(chat: ULID? = nil, active: Bool) async throws -> [Int] {
      let found = try await cast.vault.read { snapshot in
        var (found, before): ([Turn], Int64?) = ([], nil)
        repeat {
          let page = try snapshot.turns(chat: chat, activeOnly: active, before: before, limit: 2)
          found += page.items
          before = page.next
        } while before != nil
        return found
      }
      return found.compactMap { turn in all.firstIndex { $0.id == turn.id } }
    }
    #expect(try await list(active: false) == [5, 4, 3, 2, 1, 0])
    #expect(try await list(active: true) == [3, 2, 1, 0])
    #expect(try await list(chat: other, active: false) == [5, 3, 1])
    #expect(try await list(chat: other, active: true) == [3, 1])
    let entry = cast.ids.make()
    try await cast.vault.write { try $0.delete(chat: other, entry: entry) }
    #expect(try await list(active: false) == [4, 2, 0])
    #expect(try await list(active: true) == [2, 0])
    try await cast.vault.write { try $0.restore(entry) }
    #expect(try await list(active: true) == [3, 2, 1, 0])
    await cast.vault.close()
  }
}
