import Base
import Model

/// A line of a chat from elsewhere, with the other ways it was said, of which one goes on.
struct IncomingLine: Sendable {
  struct Way: Sendable {
    var text: String
    var reasoning: String?
    var at: Timestamp?
    var model: String?
    var mark: String?
    var state: SceneState?
    /// What the other program keeps with it.
    var rest: JSONValue?
  }

  var role: Message.Role
  var author: String?
  var isHidden = false
  var ways: [Way]
  var active = 0

  static let mostWays = 1_000
  /// What another program keeps with a line, at most; longer things are pictures and the like.
  static let longestRest = 16 << 10
  /// The type of the part that it becomes.
  static let restType = "x-sillytavern"

  var text: String { ways.indices.contains(active) ? ways[active].text : "" }
}

/// What a chat's file says before its lines.
struct IncomingChat: Sendable {
  var title: String?
  var mode: Chat.Mode?
  /// What the companion and the person are called in it.
  var companion: String?
  var user: String?
  var note: AuthorNote?
}
