import Base
import Engine
import FoundationEssentials
import HTTP
import Model
import Posix
import Providers
import Store
import TestSupport
import Testing

/// A chat whose replies and analyses come from a scripted server: what it says to each is decided here.
///
/// Analyses are told from replies by what they ask for: one JSON object.
final class TailStand: Sendable {
  /// What is done with one analysis.
  enum Plan: Sendable {
    case answer(String)
    /// Once the gate is open.
    case held(Gate, String)
    /// The server says nothing more, and tells when it is hung up on.
    case hangs(Occurrence<Void>)
    case fails(Int)
  }

  private struct State {
    var plans: [Plan] = []
    /// By the reply that is asked about.
    var plansByReply: [String: [Plan]] = [:]
    var replies = 0
    var asked: [JSONValue] = []
  }

  let upstream: ScriptedUpstream
  let branch: BranchHouse
  private let state: Lock<State>

  var house: EngineHouse { branch.house }
  var engine: Engine { branch.house.engine }
  var owner: Owner { branch.owner }
  var chat: ULID { branch.chat }

  static func provider(_ upstream: ScriptedUpstream, concurrency: Int = 8) -> ProviderConfiguration {
    ProviderConfiguration(
      name: "up", kind: .openai, url: upstream.url + "/v1", models: [.init("m"), .init("quick")],
      concurrency: concurrency)
  }

  init(
    persona: Persona = Persona(name: "Ada"), concurrency: Int = 8, every: Int = 1,
    reader: AnalysisSettings.Reader = .chat, timing: LoopTiming? = nil, says: [String] = [],
    plans: [Plan] = [],
    in folder: TemporaryFolder? = nil
  ) async throws {
    let upstream = ScriptedUpstream()
    self.upstream = upstream
    let state = Lock(State(plans: plans))
    self.state = state
    upstream.otherwise { request in TailStand.script(for: request, state, says) }
    var analysis = AnalysisDefaults()
    analysis.every = every
    analysis.reader = reader
    analysis.fastModel = "up/quick"
    var limits = Limits()
    limits.messagesPerMinute = 0
    let house = try await EngineHouse(
      limits: limits, in: folder, loopTiming: timing, analysis: analysis,
      providers: [TailStand.provider(upstream, concurrency: concurrency)])
    let engine = house.engine
    _ = try? await engine.companions.create(
      persona: persona, handle: "ada", tags: [], of: EngineHouse.mira, recording: nil,
      origin: EngineHouse.origin)
    branch = BranchHouse(house: house, chat: try await BranchHouse.chat(in: house))
  }

  /// What comes next for the analyses, in the order in which they are asked for; nothing has changed where nothing is planned.
  func plan(_ plans: Plan...) { state.withLock { $0.plans += plans } }

  /// The same for the analyses of one reply, which is the next that will be made.
  func planNext(_ plans: Plan...) { state.withLock { $0.plansByReply["Reply \($0.replies + 1)."] = plans } }

  /// The bodies of all requests for an analysis.
  var analyses: [JSONValue] { state.withLock { $0.asked } }

  private static func script(
    for request: ScriptedUpstream.Request, _ state: Lock<State>, _ says: [String]
  ) -> [ScriptedUpstream.Step] {
    guard let body = JSONValue.parsed(request.body), body["messages"] != nil else { return .whole(404, "{}") }
    guard body["response_format"] != nil else {
      let number = state.withLock { state in
        state.replies += 1
        return state.replies
      }
      return reply(number <= says.count ? says[number - 1] : "Reply \(number).")
    }
    let plan = state.withLock { state in
      state.asked.append(body)
      // The question stands last, and the reply before it.
      if let said = body.told.dropLast().last, let plans = state.plansByReply[said], !plans.isEmpty {
        state.plansByReply[said] = Array(plans.dropFirst())
        return plans[0]
      }
      return state.plans.isEmpty ? Plan.answer("{}") : state.plans.removeFirst()
    }
    switch plan {
    case .answer(let text): return reply(text)
    case .held(let gate, let text): return [.gate(gate)] + reply(text)
    case .hangs(let closed): return [.head(), .untilPeerCloses(closed)]
    case .fails(let status): return .whole(status, #"{"error":{"message":"no"}}"#)
    }
  }

  private static func reply(_ text: String) -> [ScriptedUpstream.Step] {
    let piece: JSONValue = ["choices": [["index": 0, "delta": ["content": .string(text)]]]]
    guard let bytes = try? JSONEncoder().encode(piece) else { preconditionFailure("text is no JSON") }
    return [.head(), .event(String(decoding: bytes, as: UTF8.self))] + .finish(usage: (100, 10))
  }

  // MARK: Short words

  /// A line and its reply.
  func say(_ text: String, under leaf: ULID? = nil) async throws -> (turn: ULID, reply: Message) {
    let sent = try await branch.send(text, leaf: leaf)
    return (try #require(sent.turn).id, try await branch.reply(sent))
  }

  /// Once the scene has been read.
  func sayAndRead(_ text: String, under leaf: ULID? = nil) async throws -> (turn: ULID, reply: Message) {
    let said = try await say(text, under: leaf)
    await engine.turns.waitForEnd(said.turn, of: owner)
    return said
  }

  func ended(_ turn: ULID) async throws -> Turn {
    await engine.turns.waitForEnd(turn, of: owner)
    return try await engine.turns.get(turn, of: owner)
  }

  func scene(_ leaf: ULID? = nil) async throws -> SceneDesk.Scene {
    try await engine.scenes.get(chat, leaf: leaf, of: owner)
  }

  func correct(_ leaf: ULID, _ correction: SceneDesk.Correction) async throws {
    _ = try await engine.scenes.set(
      chat, leaf: leaf, correction, of: owner, recording: nil, origin: EngineHouse.origin)
  }

  /// How many tails ended so.
  func outcomes(_ outcome: String) -> Int {
    let line = "companion_scene_analyses_total{outcome=\"\(outcome)\"} "
    let found = house.metrics.openMetrics().split(separator: "\n").first { $0.hasPrefix(line) }
    return found.flatMap { Int($0.dropFirst(line.count)) } ?? 0
  }

  func end() async {
    await house.vaults.close()
    upstream.stop()
  }
}

extension JSONValue {
  static func parsed(_ bytes: [UInt8]) -> JSONValue? {
    try? JSONDecoder().decode(JSONValue.self, from: Data(bytes))
  }

  /// The texts of a request's messages.
  var told: [String] { (self["messages"]?.array ?? []).compactMap { $0["content"]?.string } }
}
