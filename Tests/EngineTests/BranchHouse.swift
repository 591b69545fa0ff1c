import Base
import Engine
import FoundationEssentials
import Model
import Posix
import Store
import TestSupport
import Testing

/// A companion with a chat, and short words for what people do in one.
struct BranchHouse: Sendable {
  let house: EngineHouse
  let chat: ULID
  let owner = EngineHouse.mira

  static let origin = EngineHouse.origin

  /// How much of a check is run: a share in everyday runs, all of it when the environment says so.
  static func extent(_ name: String, share: Int) -> Int {
    ProcessInfo.processInfo.environment["COMPANION_CHECK_" + name].flatMap { Int($0) } ?? share
  }

  static func open(timing: ManualTiming? = nil, greetings: [String] = []) async throws -> BranchHouse {
    var limits = Limits()
    limits.messagesPerMinute = 0
    let house = try await EngineHouse(limits: limits, timing: timing)
    var persona = Persona(name: "Ada")
    persona.greetings = greetings
    _ = try await house.engine.companions.create(
      persona: persona, handle: "ada", tags: [], of: EngineHouse.mira, recording: nil, origin: origin)
    return BranchHouse(house: house, chat: try await Self.chat(in: house))
  }

  /// Short replies, so that a test gets far.
  static func chat(in house: EngineHouse) async throws -> ULID {
    var settings = ChatSettings()
    settings.maxTokens = 8
    let recorded = try await house.engine.chats.create(
      companion: "ada", title: nil, mode: nil, settings: settings, version: nil, greeting: nil,
      of: EngineHouse.mira, recording: nil, origin: origin)
    guard case .fresh(let chat) = recorded else { throw Unexpected(what: "a replay without a key") }
    return chat.id
  }

  struct Unexpected: Error { let what: String }

  func perform(_ act: TurnAct) async throws(EngineError) -> Sent {
    let recorded = try await house.engine.turns.perform(
      act, of: owner, recording: nil, origin: Self.origin)
    guard case .fresh(let sent) = recorded else { throw .fault("a replay without a key") }
    return sent
  }

  func send(_ text: String, leaf: ULID? = nil) async throws(EngineError) -> Sent {
    var request = SendRequest(to: .chat(chat), text: text)
    request.leaf = leaf
    return try await perform(.send(request))
  }

  /// The reply of an act's first turn, once it is stored.
  @discardableResult
  func reply(_ sent: Sent) async throws -> Message {
    let turn = try #require(sent.turn).id
    return try #require(try await house.engine.turns.waitForReply(turn, of: owner).reply)
  }

  func add(
    _ text: String, under leaf: ULID? = nil, _ role: Message.Role = .assistant
  ) async throws -> Message {
    try #require(
      try await perform(.add(AddRequest(chat: chat, leaf: leaf, role: role, text: text))).message)
  }

  @discardableResult
  func delete(_ message: ULID, _ children: ChildrenFate?) async throws(EngineError) -> Deleted {
    let recorded = try await house.engine.messages.delete(
      message, children: children, of: owner, recording: nil, origin: Self.origin)
    guard case .fresh(let deleted) = recorded else { throw .fault("a replay without a key") }
    return deleted
  }

  func now() async throws -> Chat { try await house.engine.chats.get(chat, of: owner) }
  /// The turn that generates.
  func running() async -> ULID? {
    await onLoop { [house, chat, owner] in house.engine.turns.running(in: chat, of: owner)?.turn.id }
  }

  func vault() async throws -> Vault { try await house.vaults.vault(for: owner) }
  func end() async { await house.vaults.close() }
}
