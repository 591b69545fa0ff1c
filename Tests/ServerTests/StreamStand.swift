import Base
import Engine
import Glibc
import Model
import Posix
import TestSupport
import Wire

@testable import Server

/// A server whose turns a test drives by hand: what is written, when it ends, and what Engine would say of it later.
@Loop
final class StreamStand {
  let hub: Hub
  let server: Server
  let turns: HandTurns
  let limits: Limits
  static let owner = Owner(uid: getuid())

  init(limits: Limits = Limits()) {
    self.limits = limits
    hub = Hub(limits: limits)
    turns = HandTurns(hub)
    let routes: [Route] = [
      .chatFollow, .chatUnfollow, .messageSend, .ping, .turnAttach, .turnCancel, .turnDetach, .turnGet,
      .turnWait,
    ]
    server = Server(
      routes: routes, admission: Admission(.ownUser(getuid()), limits: limits, clock: .system),
      services: nil, hub: hub, limits: limits, metrics: Metrics(),
      log: Log(LogCentre(sink: SilentSink()), component: "server"),
      doors: Doors(
        companions: NoCompanions(), chats: HandChats(), messages: NoMessages(), turns: turns))
  }

  nonisolated func connect() async throws -> LineClient {
    let (ours, theirs) = try UnixSocket.pair()
    await admit(theirs)
    return LineClient(adopting: ours)
  }

  private func admit(_ raw: Int32) { server.admit(FileDescriptor(adopting: raw)) }

  nonisolated func end() async { await abandon() }
  private func abandon() { server.abandonAll() }

  nonisolated func on<Answer: Sendable>(_ body: @Loop @Sendable (StreamStand) -> Answer) async -> Answer {
    await body(self)
  }
}

/// Turns as a test wants them. What it answers is what Engine's desk would answer.
@Loop
final class HandTurns: TurnDoor {
  var onGrowth: (@Loop (ULID) -> Void)?
  private let hub: Hub
  private let ids = ULIDMaker()
  private var running: [ULID: StreamSource] = [:]
  private var stored: [ULID: (turn: Turn, text: String, reply: Message?)] = [:]
  private var waiters: [CheckedContinuation<Void, Never>] = []
  private var enders: [ULID: [CheckedContinuation<Void, Never>]] = [:]
  private var sent: [String: (Sent, [UInt8])] = [:]
  /// How often the store was asked for a turn of the past.
  private(set) var rebuilt = 0
  /// What the next send answers instead of sending.
  var refusal: EngineError?
  /// Runs as a send begins its turn, before the send answers.
  var whileSending: (@Loop (ULID) -> Void)?

  init(_ hub: Hub) { self.hub = hub }

  private func publish(_ subject: Event.Subject, _ origin: Origin? = nil) {
    hub.publish(Event(owner: StreamStand.owner, subject, origin: origin))
  }

  func tell(_ subject: Event.Subject) { publish(subject) }

  // MARK: By hand

  @discardableResult
  func begin(in chat: ULID, again: ULID? = nil, origin: Origin? = nil) -> ULID {
    let turn = Turn(
      id: again ?? ids.make(), chat: chat, companion: nil, kind: .reply, phase: .responding,
      replyId: ids.make(),
      startedAt: Timestamp(milliseconds: 1000), model: "hand")
    let line = message(chat, .user, "Go on.")
    publish(.messageCreated(line, in: HandChats.chat(chat)), origin)
    running[turn.id] = StreamSource(turn: turn, log: StreamLog(turn: turn.id), parent: line.id, reply: nil)
    publish(.streamBegan(turn, in: HandChats.chat(chat), parent: line.id, message: line), origin)
    return turn.id
  }

  func write(_ text: String, to turn: ULID, _ kind: StreamLog.Kind = .text) {
    running[turn]?.log.append(text, to: kind)
    onGrowth?(turn)
  }

  /// The reply is stored; with a tail the turn goes on.
  func end(_ turn: ULID, tail: Bool = false) {
    guard var source = running[turn] else { return }
    let log = source.log
    log.close()
    source.turn.phase = .saving
    publish(.turnPhase(source.turn))
    source.turn.phase = tail ? .analysing : .done
    source.turn.finish = .stop
    source.turn.next = Int64(log.next(of: .text))
    source.reply = source.turn.chat.map { message($0, .assistant, log.whole(.text)) }
    running[turn] = source
    publish(.streamEnded(source.turn, reply: source.reply))
    if tail { publish(.turnPhase(source.turn)) } else { finish(turn) }
    let waiting = waiters
    waiters = []
    for waiter in waiting { waiter.resume() }
  }

  func finish(_ turn: ULID) {
    guard var source = running.removeValue(forKey: turn) else { return }
    source.turn.phase = .done
    stored[turn] = (source.turn, source.log.whole(.text), source.reply)
    publish(.turnEnded(source.turn))
    for waiter in enders.removeValue(forKey: turn) ?? [] { waiter.resume() }
  }

  /// As if the chat were deleted.
  func forget(_ turn: ULID) { stored[turn] = nil }

  private func message(_ chat: ULID, _ role: Message.Role, _ text: String) -> Message {
    Message(
      id: ids.make(), chat: chat, role: role, parts: [.text(text)], createdAt: Timestamp(milliseconds: 1000),
      change: 1)
  }

  // MARK: As Engine

  func stream(_ turn: ULID, of owner: Owner) async throws(EngineError) -> StreamSource {
    if let source = running[turn] { return source }
    guard let old = stored[turn] else { throw .notFound(kind: "turn", id: turn.description) }
    rebuilt += 1
    let log = StreamLog(turn: turn)
    log.append(old.text, to: .text)
    log.close()
    return StreamSource(turn: old.turn, log: log, parent: nil, reply: old.reply)
  }

  func running(in chat: ULID, of owner: Owner) -> StreamSource? {
    running.values.first { $0.turn.chat == chat && $0.turn.phase.isReply }
  }

  func get(_ turn: ULID, of owner: Owner) async throws(EngineError) -> Turn {
    try await stream(turn, of: owner).turn
  }

  func cancel(_ turn: ULID, of owner: Owner) async throws(EngineError) -> Turn {
    if running[turn] != nil { end(turn) }
    return try await get(turn, of: owner)
  }

  func waitForReply(
    _ turn: ULID, of owner: Owner
  ) async throws(EngineError) -> (turn: Turn, reply: Message?) {
    if let source = running[turn], source.turn.phase.isReply {
      await withCheckedContinuation { waiters.append($0) }
    }
    let source = try await stream(turn, of: owner)
    return (source.turn, source.reply)
  }

  func waitForEnd(_ turn: ULID, of owner: Owner) async {
    guard running[turn] != nil else { return }
    await withCheckedContinuation { enders[turn, default: []].append($0) }
  }

  func list(
    chat: ULID?, activeOnly: Bool, cursor: String?, limit: Int, of owner: Owner
  ) async throws(EngineError) -> (items: [Turn], next: String?) { throw .fault("not asked for") }

  func perform(
    _ act: TurnAct, of owner: Owner, recording: Recording<Sent>?, origin: Origin
  ) async throws(EngineError) -> Recorded<Sent> {
    if let refusal { throw refusal }
    if let recording, let (_, bytes) = sent[recording.key] { return .recorded(bytes, replayed: true) }
    guard case .send(let request) = act, case .chat(let chat) = request.place else {
      throw .notFound(kind: "companion", id: "")
    }
    let line = message(chat, .user, request.text)
    guard request.respond else { return .fresh(Sent(message: line)) }
    let turn = begin(in: chat, origin: origin)
    whileSending?(turn)
    let begun = running[turn]?.turn ?? stored[turn]?.turn
    let result = Sent(message: line, turns: begun.map { [$0] } ?? [])
    if let recording {
      guard let bytes = try? recording.encode(result) else { throw .fault("encoding") }
      sent[recording.key] = (result, bytes)
      return .recorded(bytes, replayed: false)
    }
    return .fresh(result)
  }
}

/// Every chat is there.
final class HandChats: ChatDoor {
  static func chat(_ id: ULID) -> Chat {
    Chat(
      id: id, companion: id, version: 1, revision: 1, createdAt: Timestamp(milliseconds: 0),
      updatedAt: Timestamp(milliseconds: 0), change: 1)
  }

  func get(_ chat: ULID, of owner: Owner) async throws(EngineError) -> Chat { Self.chat(chat) }

  func create(
    companion: String, title: String?, mode: Chat.Mode?, settings: ChatSettings?, version: Int?,
    greeting: Int?, defaults: NewChatDefaults, of owner: Owner, recording: Recording<Chat>?, origin: Origin
  ) async throws(EngineError) -> Recorded<Chat> { throw .fault("not asked for") }

  func list(
    companion: String?, of owner: Owner, query: String?, cursor: String?, limit: Int
  ) async throws(EngineError) -> (items: [Chat], next: String?) { throw .fault("not asked for") }

  func history(
    of chat: ULID, leaf: ULID?, before: ULID?, after: ULID?, limit: Int, owner: Owner
  ) async throws(EngineError) -> HistoryPage { throw .fault("not asked for") }

  func update(
    _ id: ULID, _ edit: ChatDesk.Edit, of owner: Owner, recording: Recording<Chat>?, origin: Origin
  ) async throws(EngineError) -> Recorded<Chat> { throw .fault("not asked for") }

  func select(
    _ id: ULID, leaf: ULID, of owner: Owner, recording: Recording<Chat>?, origin: Origin
  ) async throws(EngineError) -> Recorded<Chat> { throw .fault("not asked for") }

  func read(
    _ id: ULID, upTo message: ULID?, of owner: Owner, recording: Recording<Chat>?, origin: Origin
  ) async throws(EngineError) -> Recorded<Chat> { throw .fault("not asked for") }

  func delete(
    _ id: ULID, of owner: Owner, recording: Recording<Deleted>?, origin: Origin
  ) async throws(EngineError) -> Recorded<Deleted> { throw .fault("not asked for") }

  func tree(
    of chat: ULID, root: ULID?, depth: Int, limit: Int, owner: Owner
  ) async throws(EngineError) -> ChatDesk.Tree { throw .fault("not asked for") }

  func leaves(
    of chat: ULID, cursor: String?, limit: Int, owner: Owner
  ) async throws(EngineError) -> (items: [Message], next: String?) { throw .fault("not asked for") }
}

final class NoMessages: MessageDoor {
  func get(_ id: ULID, of owner: Owner) async throws(EngineError) -> Message { throw .fault("not asked for") }

  func siblings(
    of id: ULID, cursor: String?, limit: Int, owner: Owner
  ) async throws(EngineError) -> (items: [(message: Message, tip: ULID)], next: String?) {
    throw .fault("not asked for")
  }

  func delete(
    _ id: ULID, children: ChildrenFate?, of owner: Owner, recording: Recording<Deleted>?, origin: Origin
  ) async throws(EngineError) -> Recorded<Deleted> { throw .fault("not asked for") }

  func hide(
    _ id: ULID, _ hidden: Bool, of owner: Owner, recording: Recording<Message>?, origin: Origin
  ) async throws(EngineError) -> Recorded<Message> { throw .fault("not asked for") }

  func mark(
    _ id: ULID, _ name: String?, of owner: Owner, recording: Recording<Message>?, origin: Origin
  ) async throws(EngineError) -> Recorded<Message> { throw .fault("not asked for") }
}

final class NoCompanions: CompanionDoor {
  func create(
    persona: Persona, handle: String?, tags: [String], header: ULID?, of owner: Owner,
    recording: Recording<Companion>?, origin: Origin
  ) async throws(EngineError) -> Recorded<Companion> { throw .fault("not asked for") }

  func list(
    of owner: Owner, query: String?, archived: Bool, cursor: String?, limit: Int
  ) async throws(EngineError) -> (items: [Companion], next: String?) { throw .fault("not asked for") }

  func get(
    _ name: String, of owner: Owner
  ) async throws(EngineError) -> (companion: Companion, version: CompanionVersion) {
    throw .fault("not asked for")
  }
}

private final class SilentSink: LogSink {
  func write(_ record: LogRecord) {}
}

/// What a client hears of streams, put together as a client would, with the rules of the contract held to it.
struct Hearing {
  /// `begin`, `end`, `saving`, a topic, `reply`: the order of what came; deltas in a row count as one `text`.
  var order: [String] = []
  var text: [String: String] = [:]
  var reasoning: [String: String] = [:]
  var next: [String: Int64] = [:]
  var deltas = 0
  var longest = 0
  var faults: [String] = []
  private var begun: Set<String> = []
  private var ended: Set<String> = []

  /// Takes in one line, and says what it was.
  @discardableResult
  mutating func take(_ line: JSONValue) -> String {
    let word = word(for: line)
    if word != "text" || order.last != "text" { order.append(word) }
    return word
  }

  private mutating func word(for line: JSONValue) -> String {
    guard let method = line["method"]?.string, let params = line["params"] else { return "reply" }
    switch method {
    case "stream.begin":
      let turn = params["turn"]?["id"]?.string ?? "?"
      if ended.remove(turn) == nil, !begun.insert(turn).inserted { faults.append("\(turn) begins twice") }
      begun.insert(turn)
      next[turn] = params["from"]?.integer
      text[turn] = ""
      return "begin"
    case "stream.delta":
      let turn = params["turn"]?.string ?? "?"
      let piece = params["text"]?.string ?? ""
      if !begun.contains(turn) || ended.contains(turn) { faults.append("a delta of \(turn) out of place") }
      longest = max(longest, piece.utf8.count)
      deltas += 1
      let length = (params["next"]?.integer ?? 0) - (params["from"]?.integer ?? 0)
      if length != piece.utf8.count || piece.isEmpty { faults.append("offsets do not fit the text") }
      if params["kind"]?.string == "reasoning" {
        reasoning[turn, default: ""] += piece
        return "reasoning"
      }
      if params["from"]?.integer != next[turn] { faults.append("a gap in \(turn)") }
      next[turn] = params["next"]?.integer
      text[turn, default: ""] += piece
      return "text"
    case "stream.end":
      let turn = params["turn"]?["id"]?.string ?? "?"
      if !begun.contains(turn) || !ended.insert(turn).inserted { faults.append("\(turn) ends wrongly") }
      return "end"
    case "turn.phase": return params["phase"]?.string ?? "?"
    case "event": return params["topic"]?.string ?? "?"
    default: return method
    }
  }

  /// Reads until a line is of this kind.
  mutating func read(_ client: LineClient, until word: String) throws {
    while take(try client.json()) != word {}
  }
}

extension StreamStand {
  /// Returns once a turn generates in the chat.
  nonisolated func untilRunning(in chat: ULID) async throws {
    let deadline = ContinuousClock.now + LineClient.patience
    while await on({ $0.turns.running(in: chat, of: StreamStand.owner) == nil }) {
      guard ContinuousClock.now < deadline else { throw LineClient.Failure.timedOut("a running turn") }
    }
  }
}
