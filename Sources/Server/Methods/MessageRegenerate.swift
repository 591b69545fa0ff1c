import Base
import Engine
import Model
import Wire

extension Route {
  static var messageRegenerate: Route {
    writing(MessageRegenerate.self) { params, keyed, call in
      let count = params.count ?? 1
      guard (1...MessageRegenerate.maxCount).contains(count) else {
        throw RPCError.invalidParams(path: "params.count", expected: "1 to \(MessageRegenerate.maxCount)")
      }
      if let instruction = params.instruction,
        instruction.utf8.count > MessageRegenerate.maxInstructionBytes
      {
        throw RPCError.tooLarge("params.instruction", limit: Int64(MessageRegenerate.maxInstructionBytes))
      }
      let request = RegenerateRequest(
        message: params.message, model: params.model, instruction: params.instruction, count: count)
      return try await call.perform(
        .regenerate(request), keyed, turns: count, attach: params.attach, wait: params.wait
      ) { sent in
        let (turn, reply) = sent.first
        return MessageRegenerate.Result(
          turn: turn, replyId: reply, turns: sent.turns.count > 1 ? sent.turns : nil)
      }
    }
  }
}

extension Sent {
  /// Of an act that always begins a turn which writes a message.
  var first: (turn: Turn, replyID: ULID) {
    guard let turn, let reply = turn.replyId else { preconditionFailure("an act that asks nobody") }
    return (turn, reply)
  }
}

extension MessageRegenerate.Result: TurnAnswer {
  var begun: [Turn] { turns ?? [turn] }

  mutating func ended(_ outcomes: [(turn: Turn, reply: Message?)]) {
    (turn, reply) = (outcomes[0].turn, outcomes[0].reply)
    if turns != nil { turns = outcomes.map(\.turn) }
  }
}
