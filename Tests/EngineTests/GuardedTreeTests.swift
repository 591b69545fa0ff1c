import Base
import Model
import Posix
import TestSupport
import Testing

@testable import Engine

/// Whatever else changes a chat's tree keeps out of the way of a turn that writes there.
@Suite(.timeLimit(.minutes(1))) struct GuardedTreeTests {
  init() { Loop.start() }

  private func restore(_ stand: BranchHouse, _ entry: ULID) async throws(EngineError) {
    _ = try await stand.house.engine.trash.restore(
      entry, of: stand.owner, recording: nil, origin: BranchHouse.origin)
  }

  private func deleteCompanion(_ stand: BranchHouse) async throws(EngineError) {
    _ = try await stand.house.engine.companions.delete(
      "ada", ifRevision: nil, of: stand.owner, recording: nil, origin: BranchHouse.origin)
  }

  /// The turn that is named as the one in the way; nil when nothing was.
  private func obstacle(_ body: () async throws(EngineError) -> Void) async throws -> ULID? {
    do throws(EngineError) {
      try await body()
      return nil
    } catch {
      guard case .busy(let turn) = error else { throw error }
      return turn
    }
  }

  @Test func `a message comes back from the trash only when nothing generates in its chat`() async throws {
    let timing = await onLoop { ManualTiming() }
    let stand = try await BranchHouse.open(timing: timing)
    let line = try await stand.add("Hello.", .user)
    let reply = try await stand.add("Hello yourself.", under: line.id)
    let entry = try await stand.delete(reply.id, nil).entry
    let turn = try #require(try await stand.perform(.continue(message: try await stand.add("And").id)).turn)
    #expect(try await obstacle { () throws(EngineError) in try await restore(stand, entry) } == turn.id)
    _ = try await stand.house.engine.turns.cancel(turn.id, of: stand.owner)
    #expect(try await obstacle { () throws(EngineError) in try await restore(stand, entry) } == nil)
    #expect(try await stand.house.engine.messages.get(reply.id, of: stand.owner).parent == line.id)
    #expect(await onLoop { stand.house.engine.turns.locks.isEmpty })
    await stand.end()
  }

  @Test func `a restore waits for an edit that is under way, and then goes through`() async throws {
    let stand = try await BranchHouse.open()
    let entry = try await stand.delete(try await stand.add("Gone.").id, nil).entry
    let locks = await onLoop { stand.house.engine.turns.locks }
    try await locks.take(stand.chat, of: stand.owner)
    let restored = Task { try await restore(stand, entry) }
    while await onLoop({ !locks.hasWaiting(stand.chat, of: stand.owner) }) { await Task.yield() }
    #expect(try await stand.now().messages == 0)
    await onLoop { locks.release(stand.chat, of: stand.owner) }
    try await restored.value
    #expect(try await stand.now().messages == 1)
    await stand.end()
  }

  @Test func `a chat comes back whatever runs elsewhere, and a key is answered as before`() async throws {
    let timing = await onLoop { ManualTiming() }
    let stand = try await BranchHouse.open(timing: timing)
    let other = try await BranchHouse.chat(in: stand.house)
    let deleted = try await stand.house.engine.chats.delete(
      other, of: stand.owner, recording: nil, origin: BranchHouse.origin)
    guard case .fresh(let entry) = deleted else { throw BranchHouse.Unexpected(what: "a replay") }
    let gone = try await stand.delete(try await stand.add("Gone.").id, nil).entry
    let recording = Recording<TrashEntry>(key: "back", method: "trash.restore", fingerprint: [1]) { entry in
      Array(entry.id.description.utf8)
    }
    let first = try await stand.house.engine.trash.restore(
      gone, of: stand.owner, recording: recording, origin: BranchHouse.origin)
    guard case .recorded(let bytes, replayed: false) = first else {
      throw BranchHouse.Unexpected(what: "a first call that was no first call")
    }
    let turn = try #require(try await stand.send("Are you there?").turn)
    try await restore(stand, entry.entry)
    let again = try await stand.house.engine.trash.restore(
      gone, of: stand.owner, recording: recording, origin: BranchHouse.origin)
    guard case .recorded(bytes, replayed: true) = again else {
      throw BranchHouse.Unexpected(what: "another answer to the same key")
    }
    _ = try await stand.house.engine.turns.cancel(turn.id, of: stand.owner)
    await stand.end()
  }

  @Test func `a companion is not deleted under a turn in any of its chats`() async throws {
    let timing = await onLoop { ManualTiming() }
    let stand = try await BranchHouse.open(timing: timing)
    _ = try await BranchHouse.chat(in: stand.house)
    let line = try await stand.add("Say something.", .user)
    let turns = try await stand.perform(.regenerate(RegenerateRequest(message: line.id, count: 2))).turns
    #expect(try await obstacle { () throws(EngineError) in try await deleteCompanion(stand) } == turns[0].id)
    _ = try await stand.house.engine.turns.cancel(turns[0].id, of: stand.owner)
    // What waited behind it went with it.
    #expect(try await obstacle { () throws(EngineError) in try await deleteCompanion(stand) } == nil)
    let refused = await failure { () throws(EngineError) in _ = try await stand.send("Still there?") }
    #expect(refused == "notFound")
    #expect(await onLoop { stand.house.engine.turns.locks.isEmpty })
    await stand.end()
  }
}
