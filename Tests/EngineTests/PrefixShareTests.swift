import Base
import Engine
import HTTP
import Model
import Store
import TestSupport
import Testing

@testable import Providers

/// How much of a request a server has read before: what its cache of prompts saves.
@Suite(.timeLimit(.minutes(5))) struct PrefixShareTests {
  private static var persona: Persona {
    var persona = Persona(name: "Tove")
    persona.description =
      "{{char}} keeps the lighthouse at Skerry Point, as her mother did, and knows each ship by the sound of its engine. She is "
      + "slow to trust, quick to laugh once she does, and has not been on the mainland for three years. She reads the weather "
      + "from the birds, mends what others throw away, and writes letters that she seldom sends."
    persona.personality = "Dry, patient, stubborn; kind in deeds rather than in words."
    persona.behaviour = "Speaks in short sentences. Describes what she does between asterisks."
    persona.appearance = "grey braid, weathered face, strong hands"
    persona.scenario = "{{user}} has been brought ashore by a storm."
    persona.defaultOutfit = "oilskin coat, wool jumper, rubber boots"
    persona.exampleDialogue = "<START>\n{{user}}: Is it always like this?\n{{char}}: *shrugs* Worse in March."
    return persona
  }

  /// Lines as long as people's are, and replies as long as 200 tokens make them.
  private static func words(_ count: Int, _ random: RandomSource) -> String {
    let words = [
      "the", "lamp", "turns", "slowly", "and", "nobody", "answers", "while", "rain", "falls", "on", "stone",
    ]
    return (0..<count).map { _ in words[Int(random.next() % UInt64(words.count))] }.joined(separator: " ")
      + "."
  }

  private struct Talk {
    /// In order: the replies' requests, and the analyses' where there are any.
    var requests: [[UInt8]]
    var replies: [String]
  }

  /// Forty turns behind a window that is full.
  private func talk(contextMessages: Int?, window: Int?, analysis: Bool, before: Int, turns: Int = 40)
    async throws
    -> Talk
  {
    let random = RandomSource.seeded(20_261_121)
    let upstream = ScriptedUpstream()
    let said = Lock<[String]>([])
    upstream.otherwise { request in
      let body = String(decoding: request.body, as: UTF8.self)
      if body.contains("response_format") { return .reply([#"{\"location\":null,\"action\":\"resting\"}"#]) }
      let text = Self.words(70 + Int(random.next() % 70), random)
      said.withLock { $0.append(text) }
      return .reply([text])
    }
    var limits = Limits()
    limits.messagesPerMinute = 0
    var reading = AnalysisDefaults()
    reading.every = analysis ? 1 : 0
    let house = try await EngineHouse(
      limits: limits, wallClock: WallClock { Timestamp(milliseconds: 1_700_000_000_000) }, analysis: reading,
      providers: [
        ProviderConfiguration(
          name: "up", kind: .openai, url: upstream.url + "/v1", models: [.init("m", contextTokens: window)],
          concurrency: 1)
      ])
    _ = try await house.engine.companions.create(
      persona: Self.persona, handle: "tove", tags: [], of: EngineHouse.mira, recording: nil,
      origin: EngineHouse.origin)
    var settings = ChatSettings()
    settings.contextMessages = contextMessages
    settings.user = UserPersona(name: "Jon", appearance: "tall", overview: "A sailor who talks too much.")
    let made = try await house.engine.chats.create(
      companion: "tove", title: nil, mode: nil, settings: settings, version: nil, greeting: nil,
      of: EngineHouse.mira, recording: nil, origin: EngineHouse.origin)
    guard case .fresh(let chat) = made else { throw BranchHouse.Unexpected(what: "a replay") }
    let branch = BranchHouse(house: house, chat: chat.id)
    for number in 0..<before {
      _ = try await branch.add(
        Self.words(number % 2 == 0 ? 25 : 100, random), under: nil, number % 2 == 0 ? .user : .assistant)
    }
    for _ in 0..<turns {
      let sent = try await branch.send(Self.words(15 + Int(random.next() % 25), random))
      try await branch.reply(sent)
      await house.engine.turns.waitForEnd(try #require(sent.turn).id, of: branch.owner)
    }
    await house.vaults.close()
    let requests = upstream.requests.map(\.body)
    upstream.stop()
    return Talk(requests: requests, replies: said.withLock { $0 })
  }

  private func shares(_ requests: [[UInt8]]) -> [Double] {
    zip(requests, requests.dropFirst()).map { old, new in
      Double(new.commonPrefix(with: old).count) / Double(new.count)
    }
  }

  @Test func `most of a request is the beginning of the one before, with the usual window`() async throws {
    let talk = try await talk(contextMessages: nil, window: nil, analysis: false, before: 24, turns: 41)
    let shares = shares(talk.requests)
    let good = shares.count { $0 >= 0.8 }
    print(
      "the usual window: \(good) of \(shares.count) requests share 80 % and more; median \(shares.sorted()[20])"
    )
    #expect(shares.count == 40 && good * 4 >= shares.count * 3, "\(shares.map { Int($0 * 100) })")
  }

  @Test func `nearly all do with a budget of 8,000 tokens`() async throws {
    let talk = try await talk(contextMessages: 1000, window: 8000, analysis: false, before: 120, turns: 41)
    let shares = shares(talk.requests)
    let good = shares.count { $0 >= 0.8 }
    print(
      "8,000 tokens: \(good) of \(shares.count) requests share 80 % and more; median \(shares.sorted()[20])")
    #expect(talk.requests.allSatisfy { $0.count < 8000 * 4 }, "the budget is kept")
    #expect(talk.requests.contains { $0.count > 8000 * 2 }, "and used")
    #expect(shares.count == 40 && good * 10 >= shares.count * 9, "\(shares.map { Int($0 * 100) })")
  }

  /// A server with one place keeps what it has last read and written, and reads anew from where a request differs.
  @Test func `a server with one place reads hardly more for an analysis than its question`() async throws {
    let talk = try await talk(contextMessages: nil, window: nil, analysis: true, before: 24, turns: 20)
    var held: [UInt8] = []
    /// What the server has to read for a prompt it is then asked to go on with.
    func read(_ prompt: [UInt8], thenSays answer: String) -> Int {
      let new = prompt.count - prompt.commonPrefix(with: held).count
      held = prompt + Array("\(answer)\n".utf8)
      return new
    }
    struct Asked {
      var prompt: [UInt8]
      var last: Int
      var isAnalysis: Bool
    }
    let asked = try talk.requests.map { bytes in
      let body = try #require(JSONValue.parsed(bytes))
      let lines = (body["messages"]?.array ?? []).map { message in
        Array("<\(message["role"]?.string ?? "")>\(message["content"]?.string ?? "")\n".utf8)
      }
      // A template ends by opening the reply.
      return Asked(
        prompt: lines.joined() + Array("<assistant>".utf8), last: lines.last?.count ?? 0,
        isAnalysis: body["response_format"] != nil)
    }
    func cost(_ asked: [Asked]) -> (replies: Int, analyses: Int) {
      held = []
      var (cost, reply) = ((replies: 0, analyses: 0), 0)
      for one in asked {
        if one.isAnalysis {
          cost.analyses += read(one.prompt, thenSays: #"{"location":null,"action":"resting"}"#)
        } else {
          cost.replies += read(one.prompt, thenSays: talk.replies[reply])
          reply += 1
        }
      }
      return cost
    }
    let with = cost(asked)
    let without = cost(asked.filter { !$0.isAnalysis })
    let own = asked.filter(\.isAnalysis).reduce(0) { $0 + $1.last }
    let extra = with.analyses + with.replies - without.replies
    print(
      "20 analyses: \(own) bytes of questions, \(extra) read for them (\(Double(extra) / Double(own)) times); "
        + "replies \(without.replies) without, \(with.replies) with")
    #expect(asked.count { $0.isAnalysis } == 20)
    #expect(Double(extra) <= 1.2 * Double(own), "\(extra) of \(own)")
  }
}
