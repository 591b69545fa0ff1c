import Base
import Model

/// What a turn was asked for, kept in its row: enough to do it again.
struct TurnOrder: Sendable, Hashable {
  /// What the reply stands under; nil for an opening.
  var parent: ULID?
  /// The model the call named, where it named one.
  var model: String?
  /// What the person wants of this reply, beside the conversation itself.
  var instruction: String?
  /// The first line that was told: the next prompt on this branch begins there, too.
  var window: ULID?
  /// The text the log begins with: a message's, as it was at a revision.
  var continued: Continued?

  struct Continued: Sendable, Hashable {
    var message: ULID
    var revision: Int64
  }

  var json: JSONValue {
    var members: [String: JSONValue] = [:]
    if let parent { members["parent"] = .string(parent.description) }
    if let model { members["model"] = .string(model) }
    if let instruction { members["instruction"] = .string(instruction) }
    if let window { members["window"] = .string(window.description) }
    if let continued {
      members["continued"] = .string(continued.message.description)
      members["revision"] = .integer(continued.revision)
    }
    return .object(members)
  }

  init(parent: ULID?, model: String? = nil, instruction: String? = nil, continued: Continued? = nil) {
    self.parent = parent
    self.model = model
    self.instruction = instruction
    self.continued = continued
  }

  /// nil for a row of a kind that cannot be done again.
  init?(_ json: JSONValue?) {
    guard case .object(let members)? = json else { return nil }
    parent = members["parent"]?.string.flatMap { ULID($0) }
    model = members["model"]?.string
    instruction = members["instruction"]?.string
    window = members["window"]?.string.flatMap { ULID($0) }
    if let message = members["continued"]?.string.flatMap({ ULID($0) }),
      let revision = members["revision"]?.integer
    {
      continued = Continued(message: message, revision: revision)
    }
  }
}
