import Base
import HTTP
import Model
import Providers
import Store
import TestSupport
import Testing

@testable import Engine

/// A persona in few words: by a model, once, behind the first reply; the card's own until then.
@Suite(.timeLimit(.minutes(2))) struct RoleplayTests {
  /// A card with more to say than a model should read at every turn.
  private static var persona: Persona {
    var persona = Persona(name: "Tove")
    persona.description =
      "{{char}} keeps the lighthouse at Skerry Point, and has a grey braid down to her belt. "
      + String(
        repeating: "She writes down every ship, its flag, its master and the weather it met. ", count: 30)
    persona.personality = "Dry."
    persona.scenario = "A storm."
    return persona
  }

  private static let answer =
    #"{"appearance":"grey braid, weathered face","summary":"{{char}} keeps a lighthouse and lists ships; {{user}} may stay. {{roll:1d6}}"}"#

  /// The days go by when a test says so.
  private final class Calendar: Sendable {
    private let now = Lock<Int64>(1_700_000_000_000)
    func pass(_ milliseconds: Int64) { now.withLock { $0 += milliseconds } }
    var clock: WallClock { WallClock { [now] in Timestamp(milliseconds: now.withLock { $0 }) } }
  }

  /// Replies come from `m`, small things are asked of `quick`.
  private struct Stand {
    let upstream = ScriptedUpstream()
    let house: EngineHouse
    let calendar = Calendar()
    let companion: ULID
    let owner = EngineHouse.mira
    /// What `quick` says, in this order; nothing is a server that fails.
    let scripts: Lock<[[ScriptedUpstream.Step]]>

    init(_ scripts: [[ScriptedUpstream.Step]], concurrency: Int = 8) async throws {
      let scripts = Lock(scripts)
      self.scripts = scripts
      upstream.otherwise { request in
        guard JSONValue.parsed(request.body)?["model"] == "quick" else { return .reply(["Aye."]) }
        return scripts.withLock { $0.isEmpty ? .whole(500, "{}") : $0.removeFirst() }
      }
      var limits = Limits()
      limits.messagesPerMinute = 0
      var analysis = AnalysisDefaults()
      analysis.every = 0
      analysis.fastModel = "up/quick"
      house = try await EngineHouse(
        limits: limits, wallClock: calendar.clock, analysis: analysis,
        providers: [TailStand.provider(upstream, concurrency: concurrency)])
      guard
        case .fresh(let made) = try await house.engine.companions.create(
          persona: RoleplayTests.persona, handle: "tove", tags: [], of: owner, recording: nil,
          origin: EngineHouse.origin)
      else { throw BranchHouse.Unexpected(what: "a replay") }
      companion = made.id
    }

    func chat(_ settings: ChatSettings? = nil, version: Int? = nil) async throws -> BranchHouse {
      let made = try await house.engine.chats.create(
        companion: "tove", title: nil, mode: nil, settings: settings, version: version, greeting: nil,
        of: owner,
        recording: nil, origin: EngineHouse.origin)
      guard case .fresh(let chat) = made else { throw BranchHouse.Unexpected(what: "a replay") }
      return BranchHouse(house: house, chat: chat.id)
    }

    func over(version: Int = 1) async {
      await house.engine.turns.roleplay.whenOver(.init(owner: owner, companion: companion, version: version))
    }

    func shown(_ version: Int = 1) async throws -> CompanionVersion.Roleplay? {
      try await house.engine.companions.version(version, of: "tove", owner: owner).roleplay
    }

    @discardableResult
    func update(_ edit: (inout CompanionChange) -> Void) async throws -> Companion {
      var change = CompanionChange()
      edit(&change)
      let recorded = try await house.engine.companions.update(
        "tove", change, ifRevision: nil, of: owner, recording: nil, origin: EngineHouse.origin)
      guard case .fresh(let companion) = recorded else { throw BranchHouse.Unexpected(what: "a replay") }
      return companion
    }

    func preview(_ chat: BranchHouse) async throws -> TurnDesk.Preview {
      try await house.engine.turns.preview(.init(chat: chat.chat, text: "And?"), of: owner)
    }

    var asked: Int {
      upstream.requests.count { JSONValue.parsed($0.body)?["model"] == "quick" }
    }

    func end() async {
      await house.vaults.close()
      upstream.stop()
    }
  }

  private func said(_ answer: String) -> [ScriptedUpstream.Step] {
    .reply([answer.replacing("\"", with: "\\\"")], usage: (300, 40))
  }

  @Test func `a card's own words are few already, or are cut where they may be`() {
    var persona = Persona(name: "Ada")
    #expect(DerivedRoleplay(persona).roleplay(at: .init(milliseconds: 0)) == nil)
    persona.description = "  Keeps bees.  "
    persona.appearance = "tall, freckles"
    let short = DerivedRoleplay(persona)
    #expect(short.summary == "Keeps bees." && short.appearance == "tall, freckles" && short.wanted.isEmpty)
    persona.appearance = nil
    persona.description = String(repeating: "x", count: DerivedRoleplay.tellingDescription - 1)
    #expect(DerivedRoleplay(persona).wanted.isEmpty)
    persona.description = String(repeating: "x", count: DerivedRoleplay.tellingDescription)
    #expect(DerivedRoleplay(persona).wanted == [.appearance])
    persona.appearance = "tall"
    persona.description = String(repeating: "ö", count: DerivedRoleplay.shortDescription / 2)
    #expect(DerivedRoleplay(persona).wanted.isEmpty)
    persona.description? += "x"
    persona.scenario = String(repeating: "y", count: DerivedRoleplay.shortScenario + 1)
    #expect(DerivedRoleplay(persona).wanted == [.summary, .scenario])
    persona.description = String(repeating: "One sentence. ", count: 1_000)
    let long = DerivedRoleplay(persona).summary
    #expect(long.utf8.count <= DerivedRoleplay.longestSummary && long.hasSuffix("sentence."))
    #expect(long.utf8.count > DerivedRoleplay.longestSummary - 20)
    #expect(DerivedRoleplay.cut(String(repeating: "ä", count: 9), to: 5) == "ää", "whole letters")
  }

  @Test func `the first reply goes on with the card's words, the next is told what the model made`()
    async throws
  {
    let gate = Gate()
    let stand = try await Stand([[.gate(gate)] + said(Self.answer)])
    #expect(try await stand.shown()?.generatedBy == "derived", "shown before anything was made")
    let chat = try await stand.chat()
    _ = try await chat.reply(try await chat.send("Hello."))
    await gate.reached.value
    let early = try await stand.preview(chat)
    #expect(early.sections.contains { $0.name == "persona" && $0.source == "persona.description, derived" })
    #expect("\(early.request)".contains("its flag, its master"))
    #expect(try await stand.shown()?.generatedBy == "derived")
    let revision = try await stand.house.engine.companions.get("tove", of: stand.owner).companion.revision
    gate.open()
    await stand.over()
    let made = try #require(try await stand.shown())
    #expect(made.generatedBy == "up/quick" && made.appearance == "grey braid, weathered face")
    #expect(made.scenario == "A storm.", "what was short already is the card's")
    #expect(
      try await stand.house.engine.companions.get("tove", of: stand.owner).companion.revision == revision,
      "nobody edited anything")
    let late = try await stand.preview(chat)
    let request = "\(late.request)"
    #expect(late.sections.contains { $0.name == "persona" && $0.source == "roleplay.summary" })
    #expect(request.contains("Tove keeps a lighthouse and lists ships; User may stay. {{roll:1d6}}"))
    #expect(request.contains("s appearance: grey braid, weathered face") && request.contains("Dry."))
    #expect(!request.contains("its flag, its master"))
    // Another chat finds it there, and a story is told the card.
    let other = try await stand.chat()
    _ = try await other.reply(try await other.send("Hello."))
    await stand.over()
    #expect(stand.asked == 1)
    let picture = try await stand.house.engine.turns.picturePreview(chat.chat, at: nil, of: stand.owner)
    #expect("\(picture.request)".contains("grey braid, weathered face"))
    let updates = stand.house.told.events.count { event in
      if case .companionUpdated = event.subject { true } else { false }
    }
    #expect(updates == 2, "the card's words, then the model's")
    let sums = try await stand.house.engine.usage.summary(since: nil, by: .purpose, of: stand.owner)
    #expect(sums.sums.first { $0.name == "writing" }?.usage.promptTokens == 300)
    await stand.end()
  }

  @Test func `a model that cannot is asked again later, and the chat goes on meanwhile`() async throws {
    let stand = try await Stand([said("No."), said(#"{"summary":"Only half."}"#), said(Self.answer)])
    let chat = try await stand.chat()
    await stand.over()
    #expect(stand.asked == 2, "twice rubbish")
    #expect(try await stand.shown()?.generatedBy == "derived")
    _ = try await chat.reply(try await chat.send("Hello."))
    stand.calendar.pass(599_999)
    _ = try await chat.reply(try await chat.send("Still there?"))
    await stand.over()
    #expect(stand.asked == 2, "not before its time")
    stand.calendar.pass(1)
    _ = try await chat.reply(try await chat.send("And now?"))
    await stand.over()
    #expect(stand.asked == 3)
    #expect(try await stand.shown()?.generatedBy == "up/quick")
    let counts = stand.house.metrics.openMetrics()
    #expect(counts.contains(#"companion_roleplay_data_total{outcome="rubbish"} 1"#))
    #expect(counts.contains(#"companion_roleplay_data_total{outcome="made"} 1"#))
    await stand.end()
  }

  @Test func `one that hangs gives its place to replies`() async throws {
    let closed = Occurrence<Void>()
    let stand = try await Stand(
      [[.head(), .untilPeerCloses(closed)], said(Self.answer)], concurrency: 1)
    let chat = try await stand.chat()
    _ = await stand.upstream.request(1)
    let reply = try await chat.reply(try await chat.send("Hello."))
    #expect(reply.text == "Aye.")
    await closed.value
    await stand.over()
    #expect(try await stand.shown()?.generatedBy == "up/quick", "it was asked again when the place was free")
    await stand.end()
  }

  @Test func `what is written by hand stays, goes with the draft, and is given back by null`() async throws {
    let gate = Gate()
    let stand = try await Stand([[.gate(gate)] + said(Self.answer), said(Self.answer)])
    let chat = try await stand.chat()
    await gate.reached.value
    let before = try await stand.house.engine.companions.get("tove", of: stand.owner).companion.revision
    let edited = try await stand.update {
      $0.roleplay = .set(.init(summary: "{{char}} is mine."))
      $0.version = 1
    }
    #expect(edited.revision == before + 1)
    gate.open()
    await stand.over()
    let own = try #require(try await stand.shown())
    #expect(own.generatedBy == "owner" && own.summary == "{{char}} is mine." && own.scenario == "A storm.")
    #expect("\(try await stand.preview(chat).request)".contains("Tove is mine."))
    #expect(
      try await stand.update {
        $0.roleplay = .set(.init(summary: "{{char}} is mine."))
        $0.version = 1
      }.revision == edited.revision, "it was so already")
    // The draft's goes with it, and outlives a change of the persona.
    try await stand.update { $0.roleplay = .set(.init(appearance: "short", scenario: "")) }
    try await stand.update { $0.persona = ["personality": "Warm."] }
    _ = try await stand.house.engine.companions.publish(
      "tove", note: nil, of: stand.owner, recording: nil, origin: EngineHouse.origin)
    let second = try #require(try await stand.shown(2))
    #expect(second.generatedBy == "owner" && second.appearance == "short" && second.scenario == nil)
    #expect(try await stand.shown()?.summary == "{{char}} is mine.", "each version has its own")
    try await stand.update {
      $0.roleplay = .clear
      $0.version = 1
    }
    await stand.over()
    #expect(try await stand.shown()?.generatedBy == "up/quick" && stand.asked == 2)
    await stand.end()
  }

  @Test func `what cannot be kept is refused`() async throws {
    let stand = try await Stand([])
    func failing(_ edit: (inout CompanionChange) -> Void) async -> String? {
      var change = CompanionChange()
      edit(&change)
      return await failure { () async throws(EngineError) in
        _ = try await stand.house.engine.companions.update(
          "tove", change, ifRevision: nil, of: stand.owner, recording: nil, origin: EngineHouse.origin)
      }
    }
    #expect(await failing { $0.version = 1 } == "invalid")
    #expect(
      await failing {
        $0.roleplay = .set(.init(summary: "x"))
        $0.version = 9
      } == "notFound")
    #expect(
      await failing { $0.roleplay = .set(.init(summary: String(repeating: "x", count: 16_385))) }
        == "tooLarge")
    #expect(
      await failing { $0.roleplay = .set(.init(summary: String(repeating: "x", count: 16_384))) } == nil)
    await stand.end()
  }

  @Test func `an age under 18 counts wherever it is said`() async throws {
    let stand = try await Stand([])
    func isMinor(_ chat: BranchHouse) async throws -> Bool {
      "\(try await stand.preview(chat).request)".contains("under 18")
    }
    let plain = try await stand.chat()
    #expect(try await !isMinor(plain))
    var settings = ChatSettings()
    settings.scenario = "Tove is 15 years old and late for school."
    #expect(try await isMinor(try await stand.chat(settings)))
    // A draft is read anew each time, whatever was read of it before.
    let draft = try await stand.chat(version: 0)
    #expect(try await !isMinor(draft))
    try await stand.update { $0.persona = ["age": 16] }
    #expect(try await isMinor(draft))
    try await stand.update {
      $0.roleplay = .set(.init(summary: "A 14-year-old girl."))
      $0.version = 1
    }
    #expect(try await isMinor(plain))
    await stand.end()
  }

  @Test func `a chat's own scenario is told in the companion's place`() async throws {
    let stand = try await Stand([])
    var settings = ChatSettings()
    settings.scenario = "{{char}} and {{user}} are stuck in a lift."
    let preview = try await stand.preview(try await stand.chat(settings))
    #expect("\(preview.request)".contains("[The scenario: Tove and User are stuck in a lift."))
    #expect(!"\(preview.request)".contains("A storm."))
    #expect(preview.sections.contains { $0.name == "scenario" && $0.source == "settings.scenario" })
    await stand.end()
  }
}
