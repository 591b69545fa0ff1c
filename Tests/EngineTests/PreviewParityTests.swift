import Base
import HTTP
import Model
import Posix
import Store
import TestSupport
import Testing

@testable import Engine
@testable import Providers

/// What a preview shows is what the server gets, byte for byte, however a chat came to be what it is.
@Suite(.timeLimit(.minutes(10))) struct PreviewParityTests {
  @Test(arguments: [ProviderConfiguration.Kind.openai, .anthropic, .ollama])
  func `the bytes that are shown are the bytes that leave`(_ kind: ProviderConfiguration.Kind) async throws {
    Loop.start()
    let seed = UInt64(BranchHouse.extent("SEED", share: Int.random(in: 0...Int(Int32.max))))
    let stand = try await Stand(kind, .seeded(seed))
    let situations = BranchHouse.extent("PREVIEWS", share: 5)
    var seen: [String: Int] = [:]
    for number in 0..<situations {
      let situation = try await stand.situation(number)
      for trait in situation.traits { seen[trait, default: 0] += 1 }
      #expect(
        situation.shown == situation.sent,
        """
        situation \(number) of \(kind), seed \(seed), \(situation.traits.sorted()): differs after \
        \(String(decoding: situation.shown.commonPrefix(with: situation.sent).suffix(200), as: UTF8.self))
        """)
    }
    print("\(kind): \(situations) previews are what was sent; of them \(seen.sorted { $0.key < $1.key })")
    // All of what it is about has come about.
    if situations >= 50 { #expect(seen.count >= 16 && seen.values.allSatisfy { $0 >= 2 }, "\(seen)") }
    await stand.end()
  }

  struct Situation {
    var shown: [UInt8]
    var sent: [UInt8]
    var traits: Set<String>
  }

  /// Chats of all sorts with one server.
  @Loop
  private final class Stand {
    let upstream = ScriptedUpstream()
    let house: EngineHouse
    let random: RandomSource
    let owner = EngineHouse.mira
    var traits: Set<String> = []

    init(_ kind: ProviderConfiguration.Kind, _ random: RandomSource) async throws {
      self.random = random
      let said = Lock(0)
      upstream.otherwise { request in
        let number = said.withLock { count in
          count += 1
          return count
        }
        let text = "Reply \(number), \(String(repeating: "and so on ", count: number % 7))."
        switch request.target {
        case let target where target.contains("/messages"):
          return .events([
            #"{"type":"message_start","message":{"usage":{"input_tokens":90}}}"#,
            "{\"type\":\"content_block_delta\",\"delta\":{\"type\":\"text_delta\",\"text\":\"\(text)\"}}",
            #"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":9}}"#,
            #"{"type":"message_stop"}"#,
          ])
        case let target where target.contains("/api/chat"):
          return .chunked(
            type: "application/x-ndjson",
            [
              "{\"message\":{\"content\":\"\(text)\"},\"done\":false}\n",
              #"{"message":{"content":""},"done":true,"done_reason":"stop","prompt_eval_count":90,"eval_count":9}"#
                + "\n",
            ])
        default: return .reply([text], usage: (90, 9))
        }
      }
      var limits = Limits()
      limits.messagesPerMinute = 0
      let provider = ProviderConfiguration(
        name: "up", kind: kind, url: upstream.url + (kind == .openai ? "/v1" : ""), key: "k",
        models: [
          .init("m"), .init("thinks", capabilities: .reasoning), .init("small", contextTokens: 600),
        ])
      house = try await EngineHouse(
        limits: limits, wallClock: WallClock { Timestamp(milliseconds: 1_700_000_000_000) },
        providers: [provider], lists: ["several": ["up/m", "up/thinks"]])
    }

    func end() async {
      await house.vaults.close()
      upstream.stop()
    }

    // MARK: Chance

    func pick(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }

    /// One in so many; what came about is counted.
    func chance(_ one: Int, _ trait: String? = nil) -> Bool {
      guard pick(one) == 0 else { return false }
      if let trait { traits.insert(trait) }
      return true
    }

    // MARK: A chat

    func persona(_ number: Int) -> Persona {
      var persona = Persona(name: "Ada \(number)")
      persona.description =
        "{{char}} keeps \(pick(90) + 2) bees near Linz, and \"quotes\" them\tat length — ünïcode 🐝."
      if chance(2) { persona.nickname = "Ada" }
      if chance(2) { persona.personality = "Dry; {{random::calm::loud::odd}}." }
      if chance(2) { persona.scenario = "A garden at {{time}} on {{weekday}}." }
      if chance(3) { persona.systemPrompt = "Be {{char}}. {{original}} {{roll:1d20}}" }
      if chance(3) { persona.postHistory = "Stay brief, {{pick::dear::friend::you}}. {{lastUserMessage}}" }
      if chance(3) {
        persona.exampleDialogue = "<START>\n{{user}}: Hi\n{{char}}: Mm.\n<START>\n{{user}}: Bye"
      }
      if chance(3) { persona.defaultOutfit = "white veil, green overalls" }
      if chance(3) { persona.greetings = ["Hello {{user}}.", "You again?"] }
      if chance(4, "lore") {
        persona.lorebook = [
          "entries": [
            [
              "keys": ["line"], "content": "Lines are counted by {{char}}.", "enabled": true,
              "insertion_order": 5,
            ],
            ["keys": [], "constant": true, "content": "Bees sleep at night.", "insertion_order": 1],
            [
              "keys": ["reply"], "content": .string("@@depth 2\nReplies are \(pick(9))."),
              "insertion_order": 2,
              "extensions": ["probability": 50, "useProbability": true, "sticky": 2],
            ],
          ]
        ]
      }
      if chance(5, "macros") {
        persona.behaviour = "{{setvar::m::7}}{{getvar::m}} {{incvar::m}} {{reverse:abc}}"
      }
      if chance(8, "long card") {
        persona.description? += String(repeating: " She lists what she has seen, all of it.", count: 40)
      }
      return persona
    }

    func settings() -> ChatSettings {
      var settings = ChatSettings()
      settings.contextMessages = [4, 6, 20][pick(3)]
      if chance(2) { settings.maxTokens = 8 + pick(400) }
      if chance(4, "note") {
        settings.note = AuthorNote(
          text: "It rains on {{user}}. {{random:a,b,c}}", depth: pick(5),
          role: [nil, .user, .assistant][pick(3)],
          every: 1 + pick(2))
      }
      if chance(4, "sampling") {
        var sampling = Sampling()
        sampling.temperature = [0, 0.35, 1.25][pick(3)]
        sampling.topP = 0.9
        sampling.seed = 7
        sampling.stop = ["\n\n", "END"]
        settings.sampling = sampling
      }
      if chance(2) { settings.user = UserPersona(name: "Jon", appearance: "tall", overview: "A sailor.") }
      if chance(5, "scenario") { settings.scenario = "{{char}} and {{user}} are stuck in a lift." }
      switch pick(5) {
      case 0:
        settings.model = "several"
        traits.insert("model list")
      case 1:
        settings.model = "up/thinks"
        traits.insert("reasoning")
      case 2:
        settings.model = "up/small"
        traits.insert("small window")
      default: break
      }
      return settings
    }

    func situation(_ number: Int) async throws -> Situation {
      traits = []
      let engine = house.engine
      _ = try await engine.companions.create(
        persona: persona(number), handle: "ada-\(number)", tags: [], of: owner, recording: nil,
        origin: EngineHouse.origin)
      let made = try await engine.chats.create(
        companion: "ada-\(number)", title: nil, mode: chance(3, "story") ? .story : .roleplay,
        settings: settings(),
        version: chance(6, "draft") ? 0 : nil, greeting: nil, of: owner, recording: nil,
        origin: EngineHouse.origin)
      guard case .fresh(let chat) = made else { throw BranchHouse.Unexpected(what: "a replay") }
      let branch = BranchHouse(house: house, chat: chat.id)
      // A long card is put into few words first: that request is not the one that is looked at.
      await engine.turns.roleplay.whenOver(
        .init(owner: owner, companion: chat.companion, version: chat.version))
      for step in 0..<(1 + pick(7)) { try await act(step, branch) }
      return try await compare(branch)
    }

    func messages(_ branch: BranchHouse) async throws -> [Message] {
      try await house.engine.chats.history(
        of: branch.chat, leaf: nil, before: nil, after: nil, limit: 200, owner: owner
      ).messages
    }

    func say(_ step: Int, _ branch: BranchHouse) async throws {
      try await branch.reply(try await branch.send("Line \(step) \\ \"so\"."))
    }

    func act(_ step: Int, _ branch: BranchHouse) async throws {
      let lines = try await messages(branch)
      let replies = lines.filter { $0.role == .assistant && $0.parent != nil }
      switch pick(9) {
      case 0:
        let roles: [Message.Role] = [.narrator, .system, .user, .assistant]
        _ = try await branch.add("Told \(step).", under: nil, roles[pick(4)])
        traits.insert("added line")
      case 1 where !lines.isEmpty:
        _ = try await house.engine.messages.hide(
          lines[pick(lines.count)].id, true, of: owner, recording: nil, origin: EngineHouse.origin)
        traits.insert("hidden line")
      case 2 where !replies.isEmpty:
        try await branch.reply(try await branch.perform(.continue(message: replies[pick(replies.count)].id)))
        traits.insert("continued")
      case 3 where !lines.isEmpty:
        _ = try await house.engine.scenes.set(
          branch.chat, leaf: nil, .init(outfit: .text("red scarf"), location: "the pier \(step)"), of: owner,
          recording: nil, origin: EngineHouse.origin)
        traits.insert("scene")
      case 4 where !replies.isEmpty:
        try await branch.reply(
          try await branch.perform(.regenerate(RegenerateRequest(message: replies[pick(replies.count)].id))))
        traits.insert("sibling before")
      case 5 where !lines.isEmpty:
        let line = lines[pick(lines.count)]
        _ = try await branch.perform(
          .edit(EditRequest(message: line.id, text: "Put otherwise \(step).", form: .replace, respond: false))
        )
        traits.insert("reworded")
      default: try await say(step, branch)
      }
    }

    /// One more act, looked at before it is done.
    func compare(_ branch: BranchHouse) async throws -> Situation {
      let turns = house.engine.turns
      let lines = try await messages(branch)
      let shown: TurnDesk.Preview
      let sent: Sent
      switch pick(4) {
      case 0 where !lines.isEmpty:
        let line = lines[pick(lines.count)].id
        shown = try await turns.preview(.init(chat: branch.chat, message: line), of: owner)
        sent = try await branch.perform(.regenerate(RegenerateRequest(message: line)))
        traits.insert("sibling")
      case 1 where !lines.isEmpty:
        let leaf = lines[pick(lines.count)].id
        shown = try await turns.preview(.init(chat: branch.chat, leaf: leaf, text: "Elsewhere?"), of: owner)
        sent = try await branch.send("Elsewhere?", leaf: leaf)
        traits.insert("another branch")
      case 2 where lines.last?.role == .user:
        shown = try await turns.preview(.init(chat: branch.chat), of: owner)
        sent = try await branch.perform(.regenerate(RegenerateRequest(message: lines[lines.count - 1].id)))
        traits.insert("what stands")
      default:
        shown = try await turns.preview(.init(chat: branch.chat, text: "And {{char}} <now>?"), of: owner)
        sent = try await branch.send("And {{char}} <now>?")
        traits.insert("text")
      }
      try await branch.reply(sent)
      let body = upstream.requests.last?.body ?? []
      return Situation(shown: JSONBytes.encode(shown.request), sent: body, traits: traits)
    }
  }
}

extension [UInt8] {
  func commonPrefix(with other: [UInt8]) -> ArraySlice<UInt8> {
    self[..<(indices.first { $0 >= other.count || self[$0] != other[$0] } ?? count)]
  }
}
