import Base
import Engine
import HTTP
import Model
import Store
import TestSupport
import Testing

/// The tail of a turn: asked behind the reply, read, stored while the message is what it was, and in nobody's way.
@Suite(.timeLimit(.minutes(2))) struct TailTests {
  @Test func `a turn is analysing behind its reply, and done with the scene on its message`() async throws {
    let stand = try await TailStand()
    let gate = Gate()
    stand.plan(.held(gate, #"{"outfit":"red dress","location":"the quay","action":"waiting"}"#))
    let said = try await stand.say("Hello.")
    await gate.reached.value
    #expect(try await stand.engine.turns.get(said.turn, of: stand.owner).phase == .analysing)
    #expect(try await stand.branch.now().turn == nil, "nothing is being written any more")
    let preview = try await stand.engine.turns.preview(.init(chat: stand.chat, text: "And?"), of: stand.owner)
    #expect(preview.isScenePending)
    let revision = try await stand.engine.messages.get(said.reply.id, of: stand.owner).revision
    gate.open()
    #expect(try await stand.ended(said.turn).phase == .done)
    let message = try await stand.engine.messages.get(said.reply.id, of: stand.owner)
    #expect(message.state?.location == "the quay" && message.state?.outfit.map(\.name) == ["red dress"])
    #expect(message.text == said.reply.text && message.revision == revision, "nobody edited anything")
    let told = stand.house.told.events.compactMap { event -> String? in
      switch event.subject {
      case .streamEnded(let turn, _): "end \(turn.phase)"
      case .turnPhase(let turn, _) where !turn.phase.isReply: "phase \(turn.phase)"
      case .stateChanged(_, let id, _, let changed): "state \(id == message.id) \(changed)"
      case .turnEnded(let turn): "over \(turn.phase)"
      default: nil
      }
    }
    #expect(
      told == [
        "end analysing", "phase analysing", #"state true ["outfit", "location", "action"]"#, "over done",
      ])
    let later = try await stand.engine.turns.preview(.init(chat: stand.chat, text: "And?"), of: stand.owner)
    #expect(!later.isScenePending && "\(later.request)".contains("the quay"))
    await stand.end()
  }

  @Test func `it asks with the reply's own messages first, at its own temperature and length`() async throws {
    let stand = try await TailStand()
    _ = try await stand.sayAndRead("Hello.")
    _ = try await stand.sayAndRead("And now?")
    let bodies = try stand.upstream.requests.map { try #require(JSONValue.parsed($0.body)) }
    #expect(bodies.count == 4)
    for pair in [(0, 1), (2, 3)] {
      let (reply, analysis) = (bodies[pair.0].told, bodies[pair.1].told)
      #expect(Array(analysis.prefix(reply.count)) == reply && analysis.count == reply.count + 2)
      #expect(analysis[reply.count] == "Reply \(pair.1 / 2 + 1).")
      #expect(bodies[pair.1]["model"] == bodies[pair.0]["model"])
      #expect(bodies[pair.1]["max_tokens"] == 600 && bodies[pair.1]["temperature"] == 0.2)
      #expect(bodies[pair.1]["stop"] == nil)
    }
    // What it cost stands by itself.
    let sums = try await stand.engine.usage.summary(since: nil, by: .purpose, of: stand.owner)
    #expect(sums.sums.map(\.name) == ["analysis", "reply"] && sums.sums.allSatisfy { $0.turns == 2 })
    #expect(sums.total.turns == 2 && sums.total.usage.promptTokens == 400)
    await stand.end()
  }

  /// A server reads what it has not read before; the analysis' own part is the reply and the question.
  @Test func `hardly more than its own part is new to a server that has just replied`() async throws {
    let stand = try await TailStand()
    for number in 1...12 { _ = try await stand.sayAndRead("Line \(number), and a little more of it.") }
    let texts = try stand.upstream.requests.map { request in
      let messages = try #require(JSONValue.parsed(request.body)?["messages"]?.array)
      return messages.map { "\($0["role"]?.string ?? ""): \($0["content"]?.string ?? "")\n" }
    }
    var (new, own) = (0, 0)
    for (reply, analysis) in zip(texts, texts.dropFirst()) where analysis.last?.contains("JSON") == true {
      let shared = zip(reply.joined().utf8, analysis.joined().utf8).prefix { $0 == $1 }.count
      new += analysis.joined().utf8.count - shared
      own += analysis.suffix(2).joined().utf8.count
    }
    #expect(own > 0 && Double(new) <= 1.2 * Double(own), "\(new) of \(own)")
    await stand.end()
  }

  @Test func `the offline companion notices where it is taken`() async throws {
    let house = try await EngineHouse(analysis: AnalysisDefaults())
    _ = try await house.engine.companions.create(
      persona: Persona(name: "Ada"), handle: "ada", tags: [], of: EngineHouse.mira, recording: nil,
      origin: EngineHouse.origin)
    let branch = BranchHouse(house: house, chat: try await BranchHouse.chat(in: house))
    let sent = try await branch.send("Here we are at the corner café.")
    _ = try await branch.reply(sent)
    await house.engine.turns.waitForEnd(try #require(sent.turn).id, of: branch.owner)
    let scene = try await house.engine.scenes.get(branch.chat, leaf: nil, of: branch.owner)
    #expect(scene.state.location == "the corner café" && scene.message == sent.turn?.replyId)
    await branch.end()
  }

  @Test func `the fast model reads what it has not written, when it is to`() async throws {
    let stand = try await TailStand(reader: .fast)
    stand.plan(.answer(#"{"location":"the pier"}"#))
    let said = try await stand.sayAndRead("Hello.")
    let body = try #require(stand.analyses.first)
    #expect(body["model"] == "quick" && body.told.count == 4)
    #expect(Array(body.told[1...2]) == ["Hello.", "Reply 1."])
    #expect(try await stand.scene(said.reply.id).state.location == "the pier")
    await stand.end()
  }

  @Test func `chats and stories may do without`() async throws {
    let stand = try await TailStand()
    func count(_ settings: ChatSettings, _ mode: Chat.Mode) async throws -> Int {
      let before = stand.analyses.count
      let recorded = try await stand.engine.chats.create(
        companion: "ada", title: nil, mode: mode, settings: settings, version: nil, greeting: nil,
        of: stand.owner, recording: nil, origin: EngineHouse.origin)
      guard case .fresh(let chat) = recorded else { throw BranchHouse.Unexpected(what: "a replay") }
      let sent = try await stand.branch.perform(.send(SendRequest(to: .chat(chat.id), text: "Hello.")))
      _ = try await stand.branch.reply(sent)
      #expect(try await stand.ended(try #require(sent.turn).id).phase == .done)
      return stand.analyses.count - before
    }
    var off = ChatSettings()
    off.analysis = AnalysisSettings(every: 0)
    #expect(try await count(ChatSettings(), .roleplay) == 1)
    #expect(try await count(off, .roleplay) == 0)
    #expect(try await count(ChatSettings(), .story) == 0)
    await stand.end()
  }

  @Test func `every third reply is read with the two before it`() async throws {
    let stand = try await TailStand(every: 3)
    stand.plan(.answer(#"{"location":"one"}"#), .answer(#"{"location":"two"}"#))
    var messages: [ULID] = []
    for number in 1...7 { messages.append(try await stand.sayAndRead("Line \(number).").reply.id) }
    #expect(stand.analyses.count == 2)
    for body in stand.analyses { #expect(body.told.last?.contains("the last 6 lines") == true) }
    var carriers: [ULID?] = []
    for message in messages { carriers.append(try await stand.scene(message).message) }
    #expect(carriers == [nil, nil, messages[2], messages[2], messages[2], messages[5], messages[5]])
    await stand.end()
  }

  // MARK: What went wrong

  @Test func `who answers rubbish twice leaves the scene as it was, and the next reads both`() async throws {
    let stand = try await TailStand()
    stand.plan(
      .answer(#"{"location":"the hill"}"#), .answer("All is well."), .answer("{"),
      .answer(#"{"action":"singing"}"#))
    let first = try await stand.sayAndRead("One.")
    let second = try await stand.sayAndRead("Two.")
    #expect(try await stand.scene(second.reply.id).message == first.reply.id)
    #expect(stand.outcomes("rubbish") == 1)
    let third = try await stand.sayAndRead("Three.")
    let scene = try await stand.scene(third.reply.id)
    #expect(scene.state.location == "the hill" && scene.state.action == "singing")
    #expect(stand.analyses.count == 4)
    #expect(stand.analyses[2].told.last?.contains("Nothing but the JSON object") == true)
    #expect(stand.analyses[3].told.last?.contains("the last 4 lines") == true)
    await stand.end()
  }

  @Test func `one that hangs delays nobody, and is hung up on at its time`() async throws {
    let stand = try await TailStand()
    let closed = Occurrence<Void>()
    stand.plan(.hangs(closed), .answer(#"{"location":"the hall"}"#))
    let first = try await stand.say("One.")
    _ = await stand.upstream.request(2)
    let second = try await stand.say("Two.")
    #expect(second.reply.text == "Reply 2.")
    #expect(try await stand.engine.turns.get(first.turn, of: stand.owner).phase == .analysing)
    await stand.house.clock.waitForSleepers()
    stand.house.clock.advance(by: .seconds(180))
    await closed.value
    #expect(try await stand.ended(first.turn).phase == .done)
    #expect(stand.outcomes("timeout") == 1)
    _ = try await stand.ended(second.turn)
    #expect(try await stand.scene().state.location == "the hall")
    #expect(try await stand.engine.messages.get(first.reply.id, of: stand.owner).state == nil)
    #expect(stand.analyses[1].told.last?.contains("the last 4 lines") == true)
    await stand.end()
  }

  @Test func `one that gives its place up is left to the next that waits behind it`() async throws {
    let stand = try await TailStand(concurrency: 1)
    var unread = ChatSettings()
    unread.analysis = AnalysisSettings(every: 0)
    let made = try await stand.engine.chats.create(
      companion: "ada", title: nil, mode: nil, settings: unread, version: nil, greeting: nil, of: stand.owner,
      recording: nil, origin: EngineHouse.origin)
    guard case .fresh(let other) = made else { throw BranchHouse.Unexpected(what: "a replay") }
    let hung = [Occurrence<Void>(), Occurrence<Void>()]
    stand.plan(.hangs(hung[0]), .hangs(hung[1]), .answer(#"{"location":"the hall"}"#))
    let first = try await stand.say("One.")
    _ = await stand.upstream.request(2)
    // Another chat's reply takes the place and keeps it until this chat's next one waits for it.
    let gate = Gate()
    stand.upstream.answer([.gate(gate)] + .reply(["Elsewhere."]))
    let elsewhere = try await stand.branch.perform(.send(SendRequest(to: .chat(other.id), text: "Two.")))
    await gate.reached.value
    let waiting = try await stand.branch.send("Three.")
    gate.open()
    try await stand.branch.reply(elsewhere)
    try await stand.branch.reply(waiting)
    // The tail of the first is asked again, with that of the second behind it.
    _ = await stand.upstream.request(5)
    let third = try await stand.say("Four.")
    _ = try await stand.ended(first.turn)
    #expect(stand.outcomes("yielded") == 1)
    _ = try await stand.ended(try #require(waiting.turn).id)
    _ = try await stand.ended(third.turn)
    #expect(stand.analyses.count == 4)
    #expect(stand.analyses[2].told.last?.contains("the last 4 lines") == true)
    #expect(try await stand.scene().state.location == "the hall")
    await stand.end()
  }

  /// Nothing that a reply waits for has a length: with all clocks standing still it comes, its first word at once and in its place.
  @Test(arguments: ["hangs", "fails", "rubbish", "late"])
  func `on clocks that stand still no reply waits for a tail`(_ how: String) async throws {
    // What is to be done now is done; what is to be done later never is.
    let still = LoopTiming(
      now: { .zero },
      after: { delay, action in
        delay == .zero ? LoopTiming.system.after(delay, action) : Alarm(takeBack: {})
      })
    let stand = try await TailStand(concurrency: 1, timing: still)
    let (closed, gate) = (Occurrence<Void>(), Gate())
    switch how {
    case "hangs": stand.plan(.hangs(closed))
    case "fails": stand.plan(.fails(500))
    case "rubbish": stand.plan(.answer("Rubbish."), .answer("Rubbish."))
    default: stand.plan(.held(gate, #"{"location":"the hall"}"#))
    }
    let first = try await stand.say("One.")
    _ = await stand.upstream.request(2)
    let second = try await stand.say("Two.")
    #expect(second.reply.text == "Reply 2." && second.reply.finish == .stop)
    let turn = try await stand.engine.turns.get(second.turn, of: stand.owner)
    #expect(turn.timing?.queuedMs == 0 && turn.timing?.firstTokenMs == 0 && turn.timing?.totalMs == 0)
    let phases = stand.house.told.events.compactMap { event -> Turn.Phase? in
      if case .turnPhase(let turn, _) = event.subject, turn.id == second.turn { turn.phase } else { nil }
    }
    #expect(phases.first == .responding && !phases.contains(.queued) && !phases.contains(.preparing))
    if how == "hangs" { await closed.value }
    gate.open()
    #expect(try await stand.engine.messages.get(first.reply.id, of: stand.owner).text == "Reply 1.")
    await stand.end()
  }

  @Test func `one that is refused leaves the reply alone, and says so`() async throws {
    let stand = try await TailStand()
    stand.plan(.fails(401))
    let said = try await stand.sayAndRead("One.")
    #expect(said.reply.text == "Reply 1." && said.reply.finish == .stop)
    #expect(stand.outcomes("failed") == 1)
    let details = stand.house.told.events.compactMap { event -> String? in
      if case .turnPhase(let turn, let detail?) = event.subject, turn.phase == .analysing {
        detail
      } else {
        nil
      }
    }
    #expect(details == ["failed"])
    await stand.end()
  }

  @Test func `a tail that is cancelled is over at once, and a waiting one too`() async throws {
    let stand = try await TailStand()
    let closed = Occurrence<Void>()
    stand.plan(.hangs(closed))
    let first = try await stand.say("One.")
    _ = await stand.upstream.request(2)
    let second = try await stand.say("Two.")
    let waiting = try await stand.engine.turns.cancel(second.turn, of: stand.owner)
    #expect(waiting.phase == .done && waiting.finish == .stop)
    let cancelled = try await stand.engine.turns.cancel(first.turn, of: stand.owner)
    #expect(cancelled.phase == .done && cancelled.finish == .stop)
    await closed.value
    #expect(stand.outcomes("cancelled") == 2 && stand.analyses.count == 1)
    #expect(try await stand.engine.turns.get(first.turn, of: EngineHouse.mira).phase == .done)
    await stand.end()
  }

  // MARK: Compare and set

  @Test func `what a person sets meanwhile wins, member by member`() async throws {
    let stand = try await TailStand()
    let gate = Gate()
    stand.plan(.held(gate, #"{"outfit":"red dress","location":"the quay","action":"waiting"}"#))
    let said = try await stand.say("Hello.")
    await gate.reached.value
    try await stand.correct(said.reply.id, .init(location: "the roof"))
    gate.open()
    _ = try await stand.ended(said.turn)
    let state = try await stand.scene(said.reply.id).state
    #expect(state.location == "the roof" && state.action == "waiting")
    #expect(state.outfit.map(\.name) == ["red dress"])
    await stand.end()
  }

  @Test func `a correction further up wins, too, and what is taken away stays away`() async throws {
    let stand = try await TailStand()
    stand.plan(.answer(#"{"location":"the hill","action":"resting"}"#))
    let first = try await stand.sayAndRead("One.")
    let gate = Gate()
    stand.plan(.held(gate, #"{"location":"the lake","action":"swimming"}"#))
    let second = try await stand.say("Two.")
    await gate.reached.value
    try await stand.correct(first.reply.id, .init(location: ""))
    gate.open()
    _ = try await stand.ended(second.turn)
    let state = try await stand.scene(second.reply.id).state
    #expect(state.location == nil && state.action == "swimming")
    await stand.end()
  }

  enum Meanwhile: CaseIterable { case reworded, goneOnWith, deleted }

  @Test(arguments: Meanwhile.allCases)
  func `a message that is not what was read any more keeps what it has`(_ meanwhile: Meanwhile) async throws {
    let stand = try await TailStand()
    let gate = Gate()
    stand.plan(.held(gate, #"{"location":"the quay"}"#))
    let said = try await stand.say("Hello.")
    await gate.reached.value
    var next: ULID?
    switch meanwhile {
    case .reworded:
      _ = try await stand.branch.perform(
        .edit(EditRequest(message: said.reply.id, text: "Other words.", form: .replace)))
    case .goneOnWith:
      stand.plan(.answer(#"{"location":"the bridge"}"#))
      let sent = try await stand.branch.perform(.continue(message: said.reply.id))
      try await stand.branch.reply(sent)
      next = sent.turn?.id
    case .deleted: try await stand.branch.delete(said.reply.id, nil)
    }
    gate.open()
    #expect(try await stand.ended(said.turn).phase == .done)
    #expect(stand.outcomes("dropped") == 1)
    if let next { _ = try await stand.ended(next) }
    let location = try await stand.scene().state.location
    #expect(location == (meanwhile == .goneOnWith ? "the bridge" : nil))
    await stand.end()
  }
}
