import Base
import Engine
import Model
import Wire

extension Route {
  static var messageAdd: Route {
    writing(MessageAdd.self) { params, keyed, call in
      try call.check(text: params.text)
      return try await call.perform(
        .add(AddRequest(chat: params.chat, leaf: params.leaf, role: params.role, text: params.text)), keyed,
        turns: 0, attach: nil, wait: nil
      ) { sent in
        guard let message = sent.message else { preconditionFailure("an addition without its line") }
        return MessageAdd.Result(message: message)
      }
    }
  }
}

extension MessageAdd.Result: TurnAnswer {
  var begun: [Turn] { [] }
  mutating func ended(_ outcomes: [(turn: Turn, reply: Message?)]) {}
}
