package import Engine

// Engine's desks are the doors the handlers knock at.
extension CompanionDesk: CompanionDoor {}
extension ChatDesk: ChatDoor {}
extension MessageDesk: MessageDoor {}
extension TurnDesk: TurnDoor {}

extension Doors {
  package init(_ engine: Engine) {
    self.init(
      companions: engine.companions, chats: engine.chats, messages: engine.messages, turns: engine.turns)
  }
}
