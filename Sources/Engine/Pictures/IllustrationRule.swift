import Model
import Store

/// Whether a reply is followed by a picture that nobody asked for by itself: as its chat's settings say.
enum IllustrationRule {
  /// A reply that was cut short by somebody has none. Asked in the reply's own commit, on the writer's thread.
  static func isDue(_ turn: Turn, after message: Message, _ reading: some Reading) throws -> Bool {
    guard turn.kind.writesMessage, turn.finish == .stop || turn.finish == .length else { return false }
    switch try reading.chat(message.chat).settings.illustrate ?? .off {
    case .off: return false
    case .everyReply: return true
    case .onRequest:
      guard let parent = message.parent else { return false }
      let line = try reading.message(parent)
      return line.role == .user && PictureAsking.isAsked(in: line.text)
    }
  }
}
