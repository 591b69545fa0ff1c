import Base
import Engine
import FoundationEssentials
import Model
import Wire

extension Route {
  static var messageSend: Route {
    writing(MessageSend.self) { params, keyed, call in
      let request = try params.request(limits: call.server.limits)
      let (owner, origin, turns) = (call.identity.owner, call.origin, call.doors.turns)
      let attaches = params.attach != false && request.respond
      if attaches { try call.session?.checkRoomForStream() }
      try call.begin()
      let recorded = try await turns.send(
        request, of: owner, recording: keyed.recording { MessageSend.Result($0) }, origin: origin)
      var result: MessageSend.Result
      switch recorded {
      case .fresh(let sent): result = MessageSend.Result(sent)
      case .recorded(let bytes, _):
        result = try JSONDecoder().decode(MessageSend.Result.self, from: Data(bytes))
      }
      if let turn = result.turn?.id {
        if attaches { await call.attach(to: turn, message: result.message) }
        if params.wait == true {
          let outcome = try await turns.waitForReply(turn, of: owner)
          (result.turn, result.reply) = (outcome.turn, outcome.reply)
        }
      }
      switch recorded {
      case .fresh: return .fresh(result)
      case .recorded(_, let replayed): return .recorded(JSONText.bytes(result), replayed: replayed)
      }
    }
  }
}

extension MessageSend.Result {
  fileprivate init(_ sent: Sent) {
    self.init(
      message: sent.message, turn: sent.turn, replyId: sent.replyID,
      stale: sent.staleTip.map { MessageSend.Stale(tip: $0) })
  }
}

extension MessageSend.Params {
  fileprivate func request(limits: Limits) throws(RPCError) -> SendRequest {
    guard !text.isEmpty else {
      throw .invalidParams(path: "params.text", expected: "1 to \(limits.maxTextBytes) bytes")
    }
    guard text.utf8.count <= limits.maxTextBytes else {
      throw .tooLarge("params.text", limit: Int64(limits.maxTextBytes))
    }
    let place: SendRequest.Place
    switch (chat, companion) {
    case (let chat?, nil): place = .chat(chat)
    case (nil, let companion?): place = .companion(companion)
    default: throw .invalidParams(path: "params.chat", expected: "either chat or companion")
    }
    var request = SendRequest(to: place, text: text)
    request.leaf = leaf
    request.model = model
    request.respond = respond ?? true
    switch onStale {
    case .branch, nil: request.onStale = .branch
    case .reject: request.onStale = .reject
    case .follow: request.onStale = .follow
    }
    return request
  }
}

extension Call {
  /// Whoever has a turn begun listens to it, from its beginning and from this call's reply on.
  ///
  /// What the call was for has happened by now, so that it does not fail when this cannot be.
  fileprivate func attach(to turn: ULID, message: Message) async {
    let stream: LiveStream
    do throws(EngineError) {
      stream = try await server.hub.streams.stream(turn, of: identity.owner, through: doors.turns)
    } catch {
      log.warning("The sender could not be attached to its turn.", ["turn": turn, "why": "\(error)"])
      return
    }
    stream.started(by: message)
    guard let session, session.isOpen, session.events.stream(of: turn) == nil, !session.isLeftToFollow(stream)
    else { return }
    let cursor = session.listen(to: stream, from: 0)
    afterReply = { [weak session] in
      cursor.isActive = true
      session?.flushSoon()
    }
  }
}
