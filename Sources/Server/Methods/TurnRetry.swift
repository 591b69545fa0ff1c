import Base
import Engine
import Model
import Wire

extension Route {
  static var turnRetry: Route {
    writing(TurnRetry.self) { params, keyed, call in
      try await call.perform(
        .retry(turn: params.turn), keyed, turns: 1, attach: params.attach, wait: params.wait
      ) { sent in
        let (turn, reply) = sent.first
        return TurnRetry.Result(turn: turn, replyId: reply)
      }
    }
  }
}

extension TurnRetry.Result: TurnAnswer {
  var begun: [Turn] { [turn] }

  mutating func ended(_ outcomes: [(turn: Turn, reply: Message?)]) {
    (turn, reply) = (outcomes[0].turn, outcomes[0].reply)
  }
}
