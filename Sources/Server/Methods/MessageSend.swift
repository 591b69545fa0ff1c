import Base
import Engine
import Model
import Wire

extension Route {
  static var messageSend: Route {
    writing(MessageSend.self) { params, keyed, call in
      try call.check(text: params.text)
      let request = try params.request(limits: call.server.limits)
      return try await call.perform(
        .send(request), keyed, turns: request.respond ? 1 : 0, attach: params.attach, wait: params.wait
      ) { sent in
        guard let message = sent.message else { preconditionFailure("a send without its line") }
        return MessageSend.Result(
          message: message, turn: sent.turn, replyId: sent.turn?.replyId,
          stale: sent.staleTip.map { MessageSend.Stale(tip: $0) })
      }
    }
  }
}

extension MessageSend.Result: TurnAnswer {
  var begun: [Turn] { turn.map { [$0] } ?? [] }

  mutating func ended(_ outcomes: [(turn: Turn, reply: Message?)]) {
    (turn, reply) = (outcomes[0].turn, outcomes[0].reply)
  }
}

extension MessageSend.Params {
  fileprivate func request(limits: Limits) throws(RPCError) -> SendRequest {
    let place: SendRequest.Place
    switch (chat, companion) {
    case (let chat?, nil): place = .chat(chat)
    case (nil, let companion?): place = .companion(companion)
    default: throw .invalidParams(path: "params.chat", expected: "either chat or companion")
    }
    // A picture that cannot be shown is said, not left out: the person would be answered as if it had been seen.
    if let image = images?.first { throw .notFound(kind: "image", id: image.description) }
    var request = SendRequest(to: place, text: text)
    request.context = try parts(of: context ?? [], limits: limits)
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

  private func parts(of context: [MessageSend.ContextItem], limits: Limits) throws(RPCError) -> [Part] {
    guard context.count <= limits.maxContextItems else {
      throw .tooLarge("params.context", limit: Int64(limits.maxContextItems), unit: "items")
    }
    let bytes = context.reduce(0) { $0 + $1.text.utf8.count + ($1.title?.utf8.count ?? 0) }
    guard bytes <= limits.maxContextBytes else {
      throw .tooLarge("params.context", limit: Int64(limits.maxContextBytes))
    }
    return context.map { .context(kind: $0.type.rawValue, title: $0.title, text: $0.text) }
  }
}
