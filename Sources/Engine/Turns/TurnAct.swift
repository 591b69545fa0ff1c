package import Base
package import Model

/// What a person does that writes a line, or has one written. All of them hold the chat's lock until their commit stands, and until
/// the reply is stored when there is one.
package enum TurnAct: Sendable {
  case send(SendRequest)
  /// A line of any role, and nobody is asked.
  case add(AddRequest)
  case regenerate(RegenerateRequest)
  /// Goes on with a message where its text ends.
  case `continue`(message: ULID)
  case edit(EditRequest)
  /// Tries a turn again that did not bring what it should.
  case retry(turn: ULID)

  /// The model that is named, where one is.
  var model: String? {
    switch self {
    case .send(let request): request.model
    case .regenerate(let request): request.model
    case .add, .continue, .edit, .retry: nil
    }
  }

  /// Whether nobody is asked, however things stand, in a chat that is named: then there is nothing to prepare, and what has to be read
  /// can be read in the transaction that writes.
  var onlyWrites: Bool {
    switch self {
    case .send(let request):
      if case .chat = request.place { !request.respond } else { false }
    case .add: true
    case .regenerate, .continue, .edit, .retry: false
    }
  }
}

package struct AddRequest: Sendable {
  package var chat: ULID
  package var leaf: ULID?
  package var role: Message.Role
  package var text: String

  package init(chat: ULID, leaf: ULID?, role: Message.Role, text: String) {
    self.chat = chat
    self.leaf = leaf
    self.role = role
    self.text = text
  }
}

package struct RegenerateRequest: Sendable {
  /// A companion's line gets a sibling, a person's line a reply.
  package var message: ULID
  package var model: String?
  package var instruction: String?
  /// So many, one after another.
  package var count: Int

  package init(message: ULID, model: String? = nil, instruction: String? = nil, count: Int = 1) {
    self.message = message
    self.model = model
    self.instruction = instruction
    self.count = count
  }
}

package struct EditRequest: Sendable {
  package enum Form: String, Sendable, CaseIterable { case sibling, replace }

  package var message: ULID
  package var text: String
  package var form: Form
  /// Whether the companion answers; a person's line that became a sibling is answered when nothing is said.
  package var respond: Bool?
  /// What the message was when the person began to reword it.
  package var ifRevision: Int64?

  package init(
    message: ULID, text: String, form: Form = .sibling, respond: Bool? = nil, ifRevision: Int64? = nil
  ) {
    self.message = message
    self.text = text
    self.form = form
    self.respond = respond
    self.ifRevision = ifRevision
  }
}
