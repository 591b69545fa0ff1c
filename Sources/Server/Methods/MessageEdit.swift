import Base
import Engine
import Model
import Wire

extension Route {
  static var messageEdit: Route {
    writing(MessageEdit.self) { params, keyed, call in
      try call.check(text: params.text)
      let request = EditRequest(
        message: params.message, text: params.text, form: params.as == .replace ? .replace : .sibling,
        respond: params.respond, ifRevision: params.ifRevision)
      return try await call.perform(
        .edit(request), keyed, turns: params.respond == false ? 0 : 1, attach: params.attach,
        wait: params.wait
      ) { sent in
        guard let message = sent.message else { preconditionFailure("an edit without its line") }
        return MessageEdit.Result(message: message, turn: sent.turn, replyId: sent.turn?.replyId)
      }
    }
  }
}

extension MessageEdit.Result: TurnAnswer {
  var begun: [Turn] { turn.map { [$0] } ?? [] }

  mutating func ended(_ outcomes: [(turn: Turn, reply: Message?)]) {
    (turn, reply) = (outcomes[0].turn, outcomes[0].reply)
  }
}
