public import Base
import FoundationEssentials
import Model
import Wire

/// Streams, and the contract's way of keeping them over a lost connection: each stream that has not ended is attached to
/// again from the byte it was told up to, then the chats are followed again, then calls are sent again.
///
/// A stream that is told twice (a call sent again attaches again) is told on once: what was told already is cut off.
extension ClientSession {
  // MARK: What the caller wants

  /// Listens to whatever a chat brings, now and on every later connection. `.following` tells each time that it stands.
  public mutating func follow(_ chat: ULID) -> [Action] {
    guard phase != .closed, !streams.follows.contains(chat) else { return [] }
    var actions: [Action] = []
    streams.follows.append(chat)
    if phase == .ready { sendFollow(chat, &actions) }
    return actions
  }

  public mutating func unfollow(_ chat: ULID) -> [Action] {
    guard let index = streams.follows.firstIndex(of: chat) else { return [] }
    var actions: [Action] = []
    streams.follows.remove(at: index)
    if phase == .ready {
      sendInternal(ChatUnfollow.self, ChatUnfollow.Params(chat: chat), as: .aside, &actions)
    }
    return actions
  }

  /// Listens to one turn from a byte of its text on, also when it is over already.
  public mutating func listen(to turn: ULID, from: Int64 = 0, reasoning: Bool = false) -> [Action] {
    guard phase != .closed else { return [] }
    var actions: [Action] = []
    streams.forgetEnd(turn)
    streams.open[turn] = StreamFeed.Open(next: max(0, from), wantsReasoning: reasoning)
    if phase == .ready { attach(turn, &actions) }
    return actions
  }

  public mutating func stopListening(to turn: ULID) -> [Action] {
    guard streams.open[turn] != nil else { return [] }
    var actions: [Action] = []
    streams.end(turn)
    if phase == .ready { sendInternal(TurnDetach.self, TurnDetach.Params(turn: turn), as: .aside, &actions) }
    return actions
  }

  /// The driver had to throw away news of these turns that nobody fetched: they are told anew.
  public mutating func droppedStreams(_ turns: Set<ULID>) -> [Action] {
    guard phase != .closed else { return [] }
    var actions: [Action] = []
    for turn in turns.sorted() {
      streams.forgetEnd(turn)
      let wantsReasoning = streams.open[turn]?.wantsReasoning ?? false
      streams.open[turn] = StreamFeed.Open(wantsReasoning: wantsReasoning)
      actions.append(.news(.stream(.reset(turn: turn))))
      if phase == .ready { attach(turn, &actions) }
    }
    return actions
  }

  // MARK: Another connection

  mutating func resumeStreams(_ actions: inout [Action]) {
    for turn in streams.open.keys.sorted() { attach(turn, &actions) }
    for chat in streams.follows { sendFollow(chat, &actions) }
  }

  private mutating func attach(_ turn: ULID, _ actions: inout [Action]) {
    guard let stream = streams.open[turn] else { return }
    streams.open[turn]?.isAttaching = true
    let params = TurnAttach.Params(
      turn: turn, from: stream.next, reasoning: stream.wantsReasoning ? true : nil)
    sendInternal(TurnAttach.self, params, as: .attach(turn), &actions)
  }

  private mutating func sendFollow(_ chat: ULID, _ actions: inout [Action]) {
    sendInternal(ChatFollow.self, ChatFollow.Params(chat: chat), as: .follow(chat), &actions)
  }

  mutating func attached(
    _ turn: ULID, _ outcome: Swift.Result<Data, RPCError>, _ actions: inout [Action]
  ) {
    switch outcome {
    case .failure(let error):
      // The next connection tries again; the daemon is on its way out.
      if error.code == .stopping { return }
      guard streams.open[turn] != nil else { return }
      streams.end(turn)
      actions.append(.news(.stream(.gone(turn: turn, error))))
    case .success(let json):
      guard let result = decode(json, as: TurnAttach.self, &actions), var stream = streams.open[turn] else {
        return
      }
      stream.isAttaching = false
      if stream.isBegun, result.reset == true || result.from < stream.next {
        // A crash took text with it that was told already.
        stream = StreamFeed.Open(wantsReasoning: stream.wantsReasoning)
        actions.append(.news(.stream(.reset(turn: turn))))
      }
      if !stream.isBegun { stream.next = result.from }
      streams.open[turn] = stream
    }
  }

  mutating func followed(
    _ chat: ULID, _ outcome: Swift.Result<Data, RPCError>, _ actions: inout [Action]
  ) {
    switch outcome {
    case .failure(let error):
      if error.code == .stopping { return }
      guard let index = streams.follows.firstIndex(of: chat) else { return }
      streams.follows.remove(at: index)
      actions.append(.news(.notFollowing(chat: chat, error)))
    case .success(let json):
      guard let result = decode(json, as: ChatFollow.self, &actions) else { return }
      // Nobody wants it any more; the `chat.unfollow` is on its way.
      guard streams.follows.contains(chat) else { return }
      actions.append(.news(.following(result)))
    }
  }

  // MARK: What comes

  /// False for a notification that is none of a stream's.
  mutating func streamNotified(_ method: String, _ params: Data, _ actions: inout [Action]) -> Bool {
    guard options.interpretsStreams else { return false }
    do {
      let decoder = JSONDecoder()
      switch method {
      case StreamDelta.name: grew(try decoder.decode(StreamDelta.Params.self, from: params), &actions)
      case StreamBegin.name: began(try decoder.decode(StreamBegin.Params.self, from: params), &actions)
      case StreamEnd.name: ended(try decoder.decode(StreamEnd.Params.self, from: params), &actions)
      case TurnPhaseNotification.name:
        let phase = try decoder.decode(TurnPhaseNotification.Params.self, from: params)
        actions.append(.news(.stream(.phase(phase))))
      default: return false
      }
    } catch {
      fail(.nonsense(method: method, detail: Reply.detail(error)), &actions)
    }
    return true
  }

  private mutating func began(_ begin: StreamBegin.Params, _ actions: inout [Action]) {
    let turn = begin.turn.id
    guard !streams.isOver(turn) else { return }
    if let known = streams.open[turn], known.isBegun || known.isAttaching { return }
    guard begin.from >= 0 else {
      fail(.nonsense(method: StreamBegin.name, detail: "a beginning at \(begin.from)"), &actions)
      return
    }
    guard streams.open[turn] != nil || streams.open.count < StreamFeed.mostOpen else {
      fail(
        .nonsense(method: StreamBegin.name, detail: "more than \(StreamFeed.mostOpen) at once"), &actions)
      return
    }
    var stream = streams.open[turn] ?? StreamFeed.Open()
    stream.isBegun = true
    stream.next = begin.from
    streams.open[turn] = stream
    actions.append(.news(.stream(.began(begin))))
  }

  private mutating func grew(_ delta: StreamDelta.Params, _ actions: inout [Action]) {
    // Of a stream that is over or not wanted: it was on its way.
    guard let stream = streams.open[delta.turn], stream.isBegun, !stream.isAttaching else { return }
    let known = delta.kind == nil ? stream.next : stream.reasoningNext
    // From the other side: any number may stand there, and a difference of two such may be none.
    guard delta.from >= 0, delta.from <= known, delta.next >= delta.from,
      delta.next - delta.from == Int64(delta.text.utf8.count)
    else {
      let detail = "bytes \(delta.from) to \(delta.next) after \(known)"
      fail(.nonsense(method: StreamDelta.name, detail: detail), &actions)
      return
    }
    guard delta.next > known else { return }
    var fresh = delta
    if delta.from < known {
      fresh.text = String(decoding: delta.text.utf8.dropFirst(Int(known - delta.from)), as: UTF8.self)
      fresh.from = known
    }
    if delta.kind == nil {
      streams.open[delta.turn]?.next = delta.next
    } else {
      streams.open[delta.turn]?.reasoningNext = delta.next
    }
    actions.append(.news(.stream(.delta(fresh))))
  }

  private mutating func ended(_ end: StreamEnd.Params, _ actions: inout [Action]) {
    let turn = end.turn.id
    guard !streams.isOver(turn), streams.open[turn]?.isAttaching != true else { return }
    streams.end(turn)
    // A turn that failed before its first byte is the one turn that may begin again: `turn.retry` goes on with it.
    if end.finish == .error, end.reply == nil { streams.forgetEnd(turn) }
    actions.append(.news(.stream(.ended(end))))
  }
}
