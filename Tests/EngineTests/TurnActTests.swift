import Base
import Model
import Posix
import Store
import TestSupport
import Testing

@testable import Engine

/// What each act does to a chat, one at a time.
@Suite(.timeLimit(.minutes(1))) struct TurnActTests {
  init() { Loop.start() }

  @Test func `a message without children goes on in place, and its log begins with the old text`()
    async throws
  {
    let stand = try await BranchHouse.open()
    let first = try await stand.reply(try await stand.send("Hello."))
    let sent = try await stand.perform(.continue(message: first.id))
    let turn = try #require(sent.turn)
    #expect(turn.kind == .continue && turn.replyId == first.id)
    #expect(turn.base == Int64(first.text.utf8.count) && turn.next == turn.base)
    let after = try await stand.reply(sent)
    #expect(after.id == first.id && after.text.hasPrefix(first.text) && after.turn == turn.id)
    let logs = try await onLoop { () async throws -> [String] in
      let turns = stand.house.engine.turns
      var logs: [String] = []
      for id in [try #require(first.turn), turn.id] {
        logs.append(try await turns.stream(id, of: stand.owner).log.whole(.text))
      }
      return logs
    }
    #expect(logs == [first.text, after.text], "each turn keeps what it produced")
    await stand.end()
  }

  @Test func `a message with children goes on as a sibling that begins with a copy`() async throws {
    let stand = try await BranchHouse.open()
    let first = try await stand.reply(try await stand.send("Hello."))
    _ = try await stand.reply(try await stand.send("And then?"))
    let copy = try await stand.reply(try await stand.perform(.continue(message: first.id)))
    #expect(copy.id != first.id && copy.parent == first.parent && copy.text.hasPrefix(first.text))
    #expect(try await stand.house.engine.messages.get(first.id, of: stand.owner).text == first.text)
    #expect(try await stand.now().head == copy.id)
    let person = try #require(first.parent)
    let refused = await failure { () async throws(EngineError) in
      _ = try await stand.perform(.continue(message: person))
    }
    #expect(refused == "invalid", "a person's line is the person's")
    await stand.end()
  }

  @Test func `several replies run one after another, and cancelling the first takes the others along`()
    async throws
  {
    let timing = await onLoop { ManualTiming() }
    let stand = try await BranchHouse.open(timing: timing)
    let line = try await stand.add("Say something.", .user)
    let sent = try await stand.perform(.regenerate(RegenerateRequest(message: line.id, count: 3)))
    #expect(sent.turns.map(\.phase) == [.preparing, .queued, .queued])
    let first = try #require(sent.turn)
    #expect(try await stand.now().turn == first.id)
    let cancelled = try await stand.house.engine.turns.cancel(first.id, of: stand.owner)
    #expect(cancelled.finish == .cancelled)
    #expect(await onLoop { stand.house.engine.turns.locks.isEmpty })
    for turn in sent.turns {
      let outcome = try await stand.house.engine.turns.waitForReply(turn.id, of: stand.owner)
      #expect(outcome.turn.phase == .cancelled && outcome.reply == nil)
    }
    #expect(try await stand.now().head == line.id, "an empty reply moves nothing")
    let again = try await stand.perform(.regenerate(RegenerateRequest(message: line.id, count: 3)))
    var replies: [Message] = []
    for turn in again.turns {
      let waiting = Task { try await stand.house.engine.turns.waitForReply(turn.id, of: stand.owner).reply }
      while await stand.running() == turn.id {
        await onLoop { timing.advance(by: .seconds(1)) }
      }
      replies.append(try #require(try await waiting.value))
    }
    #expect(replies.map(\.siblings) == (0..<3).map { .init(index: $0, count: $0 + 1) })
    #expect(Set(replies.map(\.parent)) == [line.id])
    #expect(try await stand.now().head == replies.last?.id)
    await stand.end()
  }

  @Test func `an opening gets another opening beside it`() async throws {
    let stand = try await BranchHouse.open(greetings: ["Well met.", "You again?"])
    let greeting = try #require(try await stand.now().head)
    let reply = try await stand.reply(
      try await stand.perform(.regenerate(RegenerateRequest(message: greeting))))
    #expect(reply.parent == nil && reply.role == .assistant && reply.siblings == .init(index: 2, count: 3))
    #expect(try await stand.now().head == reply.id)
    await stand.end()
  }

  @Test func `while a turn generates every other writer is told which, and the lock is free after it`()
    async throws
  {
    let timing = await onLoop { ManualTiming() }
    let stand = try await BranchHouse.open(timing: timing)
    let sent = try await stand.send("Hello.")
    let (line, turn) = (try #require(sent.message), try #require(sent.turn))
    let acts: [TurnAct] = [
      .send(SendRequest(to: .chat(stand.chat), text: "x")), .regenerate(RegenerateRequest(message: line.id)),
      .edit(EditRequest(message: line.id, text: "y")),
      .add(AddRequest(chat: stand.chat, leaf: nil, role: .narrator, text: "z")),
    ]
    for act in acts {
      let refusal = await refusal { () async throws(EngineError) in _ = try await stand.perform(act) }
      #expect(refusal?.busyTurn == turn.id, "\(act)")
    }
    let deleting = await refusal { () async throws(EngineError) in
      _ = try await stand.delete(line.id, .delete)
    }
    #expect(deleting?.busyTurn == turn.id)
    let chats = stand.house.engine.chats
    let refused = await failure { () async throws(EngineError) in
      _ = try await chats.delete(stand.chat, of: stand.owner, recording: nil, origin: BranchHouse.origin)
    }
    #expect(refused == "busy")
    _ = try await stand.house.engine.turns.cancel(turn.id, of: stand.owner)
    #expect(await onLoop { stand.house.engine.turns.locks.isEmpty })
    try await stand.delete(line.id, nil)
    #expect(try await stand.now().head == nil)
    await stand.end()
  }

  @Test func `a leaf of another chat is not found, and the head is told`() async throws {
    let stand = try await BranchHouse.open()
    let line = try await stand.add("here", .user)
    let other = try await BranchHouse.chat(in: stand.house)
    let stranger = try #require(
      try await stand.perform(.add(AddRequest(chat: other, leaf: nil, role: .user, text: "there"))).message)
    func told(_ body: () async throws(EngineError) -> Void) async -> ULID? {
      guard case .leafNotFound(let leaf, let head)? = await refusal(body), leaf == stranger.id else {
        return nil
      }
      return head
    }
    let chats = stand.house.engine.chats
    #expect(
      await told { () async throws(EngineError) in _ = try await stand.send("x", leaf: stranger.id) }
        == line.id)
    #expect(
      await told { () async throws(EngineError) in
        _ = try await chats.history(
          of: stand.chat, leaf: stranger.id, before: nil, after: nil, limit: 9, owner: stand.owner)
      } == line.id)
    #expect(
      await told { () async throws(EngineError) in
        _ = try await chats.select(
          stand.chat, leaf: stranger.id, of: stand.owner, recording: nil, origin: BranchHouse.origin)
      } == line.id)
    let jon = await failure { () async throws(EngineError) in
      _ = try await stand.house.engine.messages.get(line.id, of: EngineHouse.jon)
    }
    #expect(jon == "notFound")
    await stand.end()
  }

  @Test func `before the first byte the same turn is tried again, after it another one`() async throws {
    let stand = try await BranchHouse.open()
    let chats = stand.house.engine.chats
    func model(_ name: String) async throws {
      var edit = ChatDesk.Edit()
      var settings = ChatSettingsPatch()
      settings.model = .set(name)
      edit.settings = settings
      _ = try await chats.update(
        stand.chat, edit, of: stand.owner, recording: nil, origin: BranchHouse.origin)
    }
    try await model("nowhere/model")
    let turns = stand.house.engine.turns
    let sent = try await stand.send("Hello.")
    let failed = try await turns.waitForReply(try #require(sent.turn).id, of: stand.owner)
    #expect(failed.turn.phase == .failed && failed.turn.error != nil && failed.reply == nil)
    try await model("offline")
    let again = try await stand.perform(.retry(turn: failed.turn.id))
    #expect(again.turn?.id == failed.turn.id && again.turn?.error == nil)
    let reply = try await stand.reply(again)
    #expect(reply.parent == sent.message?.id && reply.turn == failed.turn.id)
    let other = try await stand.perform(.retry(turn: failed.turn.id))
    #expect(other.turn?.retryOf == failed.turn.id && other.turn?.id != failed.turn.id)
    let sibling = try await stand.reply(other)
    #expect(sibling.id != reply.id && sibling.siblings == .init(index: 1, count: 2))
    await stand.end()
  }

  @Test func `a key that comes twice at once is answered with one line`() async throws {
    let stand = try await BranchHouse.open()
    let recording = Recording<Sent>(key: "k", method: "message.send", fingerprint: [1]) { sent in
      Array((sent.message?.id.description ?? "").utf8)
    }
    let act = TurnAct.send(SendRequest(to: .chat(stand.chat), text: "Hello."))
    let answers = try await withThrowingTaskGroup(of: [UInt8].self) { group in
      for _ in 0..<5 {
        group.addTask {
          let recorded = try await stand.house.engine.turns.perform(
            act, of: stand.owner, recording: recording, origin: BranchHouse.origin)
          guard case .recorded(let bytes, _) = recorded else { return [] }
          return bytes
        }
      }
      return try await group.reduce(into: Set<[UInt8]>()) { $0.insert($1) }
    }
    #expect(answers.count == 1 && answers.first?.count == 26)
    if let running = await stand.running() {
      _ = try await stand.house.engine.turns.waitForReply(running, of: stand.owner)
    }
    #expect(try await stand.now().messages == 2)
    await stand.end()
  }

  @Test func `a lifted message's children are told of, and a head that went moves`() async throws {
    let stand = try await BranchHouse.open()
    let top = try await stand.add("top", .user)
    let child = try await stand.add("child", under: top.id)
    let leaf = try await stand.add("leaf", under: child.id)
    try await stand.delete(child.id, .lift)
    try await stand.delete(leaf.id, nil)
    var told: [String] = []
    for event in stand.house.told.events {
      switch event.subject {
      case .messageDeleted(let message, _, let all): told.append("deleted \(message.text) \(all)")
      case .messageUpdated(let message, let chat):
        told.append("updated \(message.text)")
        #expect(message.parent == top.id && chat.messages == 2)
      case .chatHead(let chat): told.append("head \(chat.head == leaf.id ? "leaf" : "else")")
      default: break
      }
    }
    #expect(
      told.suffix(5) == [
        "head leaf", "deleted child false", "updated leaf", "deleted leaf false", "head else",
      ])
    #expect(try await stand.now().head == top.id)
    await stand.end()
  }
}

/// Runs something on the loop for a test that is elsewhere.
func onLoop<Answer: Sendable>(
  _ body: @escaping @Loop @Sendable () async throws -> Answer
) async rethrows -> Answer { try await body() }

/// What was thrown, nil when nothing was.
func refusal(_ body: () async throws(EngineError) -> Void) async -> EngineError? {
  do {
    try await body()
    return nil
  } catch { return error }
}

extension EngineError {
  /// The turn that is in the way.
  var busyTurn: ULID? {
    if case .busy(let turn) = self { turn } else { nil }
  }
}
