package import Base
package import Model

/// What `message.send` asks for.
package struct SendRequest: Sendable {
  package enum Place: Sendable {
    case chat(ULID)
    /// The companion's most recent chat, made when there is none; an id, a handle or an unambiguous prefix.
    case companion(String)
  }

  package enum OnStale: String, Sendable, CaseIterable { case branch, reject, follow }

  package var place: Place
  package var text: String
  /// `context` parts: kept with the line, and told to the model with this turn only.
  package var context: [Part] = []
  package var leaf: ULID?
  package var model: String?
  /// False stores the line and asks nobody.
  package var respond = true
  package var onStale = OnStale.branch

  var parts: [Part] { [.text(text)] + context }

  package init(to place: Place, text: String) {
    self.place = place
    self.text = text
  }
}

/// What an act answers: the line that was written, or the one acted on, as it is stored, and the turns that follow.
package struct Sent: Sendable {
  /// nil where nothing was there to act on: another try of an opening.
  package var message: Message?
  /// In the order in which they run; empty when nobody is asked.
  package var turns: [Turn]
  /// The leaf that was named had children: the tip of the branch that goes on from it.
  package var staleTip: ULID?

  package init(message: Message?, turns: [Turn] = [], staleTip: ULID? = nil) {
    self.message = message
    self.turns = turns
    self.staleTip = staleTip
  }

  package var turn: Turn? { turns.first }
}

/// One page of a branch, oldest first.
package struct HistoryPage: Sendable {
  package var messages: [Message]
  package var leaf: ULID?
  package var tip: ULID?
  package var stale: Bool
  package var more: Bool

  package init(messages: [Message], leaf: ULID?, tip: ULID?, stale: Bool, more: Bool) {
    self.messages = messages
    self.leaf = leaf
    self.tip = tip
    self.stale = stale
    self.more = more
  }
}

/// A turn and what it has produced, running or over: what a listener attaches to.
package struct StreamSource {
  package var turn: Turn
  package var log: StreamLog
  package var chat: Chat?
  package var parent: ULID?
  /// The message as it was stored; nil while the turn runs, or when there was no text.
  package var reply: Message?

  package init(turn: Turn, log: StreamLog, chat: Chat? = nil, parent: ULID?, reply: Message?) {
    self.turn = turn
    self.log = log
    self.chat = chat
    self.parent = parent
    self.reply = reply
  }
}
