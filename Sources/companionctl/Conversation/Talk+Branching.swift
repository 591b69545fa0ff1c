import Base
import Client
import Model
import Wire

/// What a person can do about what was said.
extension Talk {
  /// Has the companion write: another reply, an answer to other words, more of the last reply, what failed once more.
  func generate(_ word: ChatWord, _ rest: String) throws {
    let view = listening.view
    switch word {
    case .regen:
      guard let last = view.last else { return nothingYet() }
      let params = MessageRegenerate.Params(message: last, instruction: rest.isEmpty ? nil : rest)
      try ask(MessageRegenerate.self, params) { ($0.turn, nil) }
    case .edit:
      guard let line = view.lastLine else { return nothingYet() }
      guard !rest.isEmpty else { return listening.view.note("/edit takes the new words of your last line") }
      try ask(MessageEdit.self, MessageEdit.Params(message: line, text: rest)) { ($0.turn, $0.message) }
    case .continue:
      guard let reply = view.lastReply else { return nothingYet() }
      try ask(MessageContinue.self, MessageContinue.Params(message: reply)) { ($0.turn, nil) }
    case .retry:
      let turns = try client.call(
        TurnList.self, TurnList.Params(chat: view.chat, limit: 1), timeout: Invocation.patience
      ).turns
      guard let turn = turns.first else { return nothingYet() }
      try ask(TurnRetry.self, TurnRetry.Params(turn: turn.id)) { ($0.turn, nil) }
    default: break
    }
  }

  private func ask<M: Method>(
    _ method: M.Type, _ params: M.Params, _ read: @escaping (M.Result) -> (turn: Turn?, message: Message?)
  ) throws {
    generate(try CallRequest(method, params)) { read(try $0.decoded(as: method)) }
  }

  private func nothingYet() { listening.view.note("there is nothing of that kind yet") }

  /// Looks at the branches, and goes to another one.
  func choose(_ word: ChatWord, _ rest: String) throws(ClientError) {
    switch word {
    case .branches:
      guard let message = rest == "mine" ? listening.view.lastLine : listening.view.lastReply else {
        return nothingYet()
      }
      let found = try Branches(beside: message, client)
      branches = found
      invocation.out.line(found.table(invocation.out))
    case .switch:
      guard let message = listening.view.lastReply else { return nothingYet() }
      let known: Branches
      if let branches { known = branches } else { known = try Branches(beside: message, client) }
      guard let number = Int(rest), let tip = known.tip(number) else {
        return listening.view.note("/switch takes a number of /branches")
      }
      _ = try client.call(
        ChatSelect.self, ChatSelect.Params(chat: place.chat.id, leaf: tip), timeout: Invocation.patience)
      try showAgain()
    case .delete:
      guard let last = listening.view.last else { return nothingYet() }
      _ = try client.call(
        MessageDelete.self, MessageDelete.Params(message: last), timeout: Invocation.patience)
      try showAgain()
    default: break
    }
  }

  /// Another branch stands there now: its last lines, so that one sees where one is.
  private func showAgain() throws(ClientError) {
    branches = nil
    listening.view.forgetShown()
    listening.view.note("now it is:")
    try printHistory(4)
  }
}
