import Base
import Model
import Store

extension Transaction {
  /// The scene of a message stays what it is, its own or the one it shows; a snapshot that was not found out by looking at the message
  /// says so by having no time, and is looked past by whoever reads on from the last that was.
  func keep(variables: [String: String], of message: Message) throws -> Message {
    var state = message.state
    if state == nil {
      let above = try message.parent.flatMap { try scene(at: $0, in: message.chat)?.state }
      state = try above ?? SceneDawn.state(of: chat(message.chat), self)
      state?.at = nil
    }
    state?.variables = variables.isEmpty ? nil : variables
    return try state.map { try keep(state: $0, of: message.id) } ?? message
  }
}
