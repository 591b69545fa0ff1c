import Base
import Engine
import FoundationEssentials
import Model
import Posix
import Wire

/// The result of a call that may begin turns.
protocol TurnAnswer: Codable, Sendable {
  /// Those it tells of, the first one first.
  var begun: [Turn] { get }
  /// How they ended, for a caller that waited; in the same order.
  mutating func ended(_ outcomes: [(turn: Turn, reply: Message?)])
}

extension Call {
  /// Has an act performed, attaches the caller to the turns that follow, and waits for them when it wants to.
  func perform<M: Method>(
    _ act: TurnAct, _ keyed: KeyedCall<M>, turns count: Int, attach: Bool?, wait: Bool?,
    result: @escaping @Sendable (Sent) -> M.Result
  ) async throws -> Recorded<M.Result> where M.Result: TurnAnswer {
    let (owner, turns) = (identity.owner, doors.turns)
    let attaches = attach != false && count > 0
    if attaches { try session?.checkRoomForStreams(count) }
    try begin()
    let recorded = try await turns.perform(
      act, of: owner, recording: keyed.recording(result), origin: origin)
    var answer: M.Result
    // What it answered at first says nothing of the person's line that a listener is shown.
    var line: Message?
    switch recorded {
    case .fresh(let sent):
      answer = result(sent)
      if sent.message?.role == .user { line = sent.message }
    case .recorded(let bytes, _): answer = try JSONDecoder().decode(M.Result.self, from: Data(bytes))
    }
    if attaches { for turn in answer.begun { await self.attach(to: turn, line) } }
    if wait == true {
      var outcomes: [(turn: Turn, reply: Message?)] = []
      for turn in answer.begun { outcomes.append(try await turns.waitForReply(turn.id, of: owner)) }
      if !outcomes.isEmpty { answer.ended(outcomes) }
    }
    switch recorded {
    case .fresh: return .fresh(answer)
    case .recorded(_, let replayed): return .recorded(JSONText.bytes(answer), replayed: replayed)
    }
  }

  /// Whoever has a turn begun listens to it, from what it adds and from this call's reply on.
  ///
  /// What the call was for has happened by now, so that it does not fail when this cannot be.
  private func attach(to turn: Turn, _ line: Message?) async {
    let stream: LiveStream
    do throws(EngineError) {
      stream = try await server.hub.streams.stream(turn.id, of: identity.owner, through: doors.turns)
    } catch {
      log.warning("The caller could not be attached to its turn.", ["turn": turn.id, "why": "\(error)"])
      return
    }
    if let line { stream.started(by: line) }
    guard let session, session.isOpen, session.events.stream(of: turn.id) == nil,
      !session.isLeftToFollow(stream)
    else { return }
    let cursor = session.listen(to: stream, from: Session.place(turn.base, in: stream).offset)
    let earlier = afterReply
    afterReply = { [weak session] in
      earlier?()
      cursor.isActive = true
      session?.flushSoon()
    }
  }

  /// The text of a line that is to be written.
  func check(text: String) throws(RPCError) {
    let limit = server.limits.maxTextBytes
    guard !text.isEmpty else {
      throw .invalidParams(path: "params.text", expected: "1 to \(limit) bytes")
    }
    guard text.utf8.count <= limit else { throw .tooLarge("params.text", limit: Int64(limit)) }
  }
}
