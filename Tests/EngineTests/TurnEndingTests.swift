import Base
import Model
import Posix
import Store
import TestSupport
import Testing

@testable import Engine

/// How a turn ends when its last commit cannot be had, and how all of them end with the daemon.
@Suite(.timeLimit(.minutes(1))) struct TurnEndingTests {
  init() { Loop.start() }

  @Test func `a bill that cannot be added up costs nobody their reply`() async throws {
    let stand = try await BranchHouse.open()
    let first = try await stand.reply(try await stand.send("Hello."))
    let model = try #require(first.model)
    let chat = stand.chat
    let vault = try await stand.vault()
    // What any further bill of this day, chat and model overflows.
    let much = Usage(promptTokens: .max - 1000, completionTokens: .max - 1000, estimated: false)
    _ = try? await vault.write { try $0.add(much, model: model, chat: chat) }
    let reply = try await stand.reply(try await stand.send("And again."))
    #expect(!reply.text.isEmpty && reply.status == .complete)
    #expect(await onLoop { stand.house.engine.turns.locks.isEmpty })
    await stand.end()
  }

  /// A turn whose last commit fails like this, one error after the other, and then stands.
  @Loop private final class Failing {
    var errors: [EngineError]
    var tries = 0
    var givenUp = 0
    var ended: Turn?

    init(_ errors: [EngineError]) { self.errors = errors }

    func begin(_ stand: BranchHouse, in chat: Chat) -> RunningTurn {
      let turn = Turn(
        id: ULIDMaker().make(), chat: chat.id, companion: chat.companion, kind: .reply, phase: .preparing,
        replyId: ULIDMaker().make(), next: 0, startedAt: .init(milliseconds: 0), model: "m")
      let context = TurnContext(
        chat: chat, persona: Persona(name: "Ada"), leaf: nil, history: [], omitted: 0, userLines: 0)
      let reply = TurnPlan.Reply(
        kind: .reply, context: context, ending: .line("x"), order: TurnOrder(parent: nil))
      let seams = TurnSeams(
        clock: stand.house.clock, wallClock: .system, log: Log(.silent, component: "turns"),
        begin: { body in Task(operation: body) },
        publish: { _ in }, grew: { _ in }, checkpoint: { _, _, then in then() },
        save: { (_, phase) throws(EngineError) in
          self.tries += 1
          if !self.errors.isEmpty { throw self.errors.removeFirst() }
          return SavedReply(phase: phase)
        }, giveUp: { _ in self.givenUp += 1 })
      let running = RunningTurn(
        turn, TurnPlan(chat: chat, reply: reply), reply, owner: stand.owner, isFirst: true, seams: seams)
      running.onEnd = { self.ended = $0.turn }
      running.committed(in: chat, cause: nil)
      return running
    }
  }

  @Test func `a disk is waited for, whatever it takes`() async throws {
    let stand = try await BranchHouse.open()
    let chat = try await stand.now()
    let failing = await onLoop { Failing([.storageFull, .storageFailed("SQLITE_IOERR"), .storageFull]) }
    let running = await onLoop { failing.begin(stand, in: chat) }
    await onLoop { running.cancel() }
    for _ in 1...3 {
      await stand.house.clock.waitForSleepers()
      #expect(await onLoop { failing.ended } == nil)
      stand.house.clock.advanceToNext()
    }
    await running.replyStored()
    #expect(await onLoop { failing.ended?.phase } == .cancelled)
    #expect(await onLoop { (failing.tries, failing.givenUp) } == (4, 0))
    await stand.end()
  }

  @Test(arguments: [
    EngineError.fault("the database refused values"), .notFound(kind: "turn", id: "x"),
    .conflict(revision: 1),
  ])
  func `what no later try can mend fails the turn at once`(_ error: EngineError) async throws {
    let stand = try await BranchHouse.open()
    let chat = try await stand.now()
    let failing = await onLoop { Failing([.storageFull, error]) }
    let running = await onLoop { failing.begin(stand, in: chat) }
    await onLoop { running.cancel() }
    await stand.house.clock.waitForSleepers()
    stand.house.clock.advanceToNext()
    await running.replyStored()
    let ended = try #require(await onLoop { failing.ended })
    #expect(ended.phase == .failed && ended.finish == .error && ended.error?.reason == "storage_failed")
    #expect(await onLoop { (failing.tries, failing.givenUp) } == (2, 1))
    await stand.end()
  }

  @Test func `what the database refuses is a fault, and a failing disk is not`() throws {
    guard case .fault = EngineError(.refusedValues("SQLITE_CONSTRAINT")) else {
      Issue.record("waiting mends no refused value")
      return
    }
    guard case .storageFailed = EngineError(.storageFailed("SQLITE_IOERR")) else {
      Issue.record("a disk may come back")
      return
    }
  }

  @Test func `all turns end together with the daemon, and none of a series begins meanwhile`() async throws {
    let timing = await onLoop { ManualTiming() }
    let stand = try await BranchHouse.open(timing: timing)
    let line = try await stand.add("Say something.", .user)
    let sent = try await stand.perform(.regenerate(RegenerateRequest(message: line.id, count: 3)))
    let (turns, owner) = (stand.house.engine.turns, stand.owner)
    await turns.interruptAll()
    #expect(await turns.count == 0)
    for turn in sent.turns {
      let outcome = try await turns.waitForReply(turn.id, of: owner)
      #expect(outcome.turn.finish == .interrupted && outcome.turn.phase == .failed)
    }
    let begun = stand.house.told.events.count { event in
      if case .streamBegan = event.subject { true } else { false }
    }
    #expect(begun == 1, "the second was asked for while the daemon ended")
    let late = await failure { () async throws(EngineError) in _ = try await stand.send("Too late.") }
    #expect(late == "cancelled")
    #expect(await onLoop { turns.locks.isEmpty })
    await stand.end()
  }
}
