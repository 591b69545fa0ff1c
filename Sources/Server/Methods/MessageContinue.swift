import Base
import Engine
import Model
import Wire

extension Route {
  static var messageContinue: Route {
    writing(MessageContinue.self) { params, keyed, call in
      try await call.perform(
        .continue(message: params.message), keyed, turns: 1, attach: params.attach, wait: params.wait
      ) { sent in
        let (turn, reply) = sent.first
        return MessageContinue.Result(turn: turn, replyId: reply)
      }
    }
  }
}

extension MessageContinue.Result: TurnAnswer {
  var begun: [Turn] { [turn] }

  mutating func ended(_ outcomes: [(turn: Turn, reply: Message?)]) {
    (turn, reply) = (outcomes[0].turn, outcomes[0].reply)
  }
}
