import Base
import Model
import Providers
import Store

/// What an act comes to, worked out from one snapshot while the chat's lock is held: so it stays true until the commit.
struct TurnPlan: Sendable {
  enum Line: Sendable {
    case new(NewMessage)
    case replace(ULID, [Part])
  }

  var chat: Chat
  /// What is written before anybody is asked.
  var line: Line?
  /// What was acted on, where nothing is written.
  var message: Message?
  /// The person's line that the reply answers, for those who listen.
  var cause: Message?
  /// The leaf that was named had children: the tip beyond it.
  var staleTip: ULID?
  /// Nil when nobody is asked.
  var reply: Reply?
  /// Against the rate of messages.
  var cost = 0

  struct Reply: Sendable {
    var kind: Turn.Kind
    /// What is told; only whoever asks somebody has to read it.
    var context: TurnContext
    var ending: TurnContext.Ending
    var order: TurnOrder
    var count = 1
    /// The message that is gone on with; nil when the reply is a new one.
    var inPlace: ULID?
    /// The text the log begins with.
    var base = ""
    /// The parts of the message the text comes from: what is no text stays.
    var parts: [Part] = []
    var retryOf: ULID?
    /// What macros have set on the way, where that is not what the scene had.
    var variables: [String: String]?
    /// The turn that goes on, with nothing written yet.
    var again: Turn?

    /// The person's line that is answered.
    var asked: String? {
      if case .line(let text) = ending { return text }
      return context.history.last { $0.role == .user }?.text
    }
  }
}

extension TurnPlan {
  /// `ids` makes the names of what is new. On a thread of the vault's.
  static func make(
    _ act: TurnAct, in chat: ULID, _ snapshot: some Reading, _ ids: ULIDMaker, _ defaults: PromptDefaults
  ) throws -> TurnPlan {
    var chat = try snapshot.chat(chat)
    chat.settings = defaults.completing(chat.settings)
    switch act {
    case .send(let request): return try sending(request, in: chat, snapshot, ids)
    case .add(let request): return try adding(request, in: chat, snapshot, ids)
    case .regenerate(let request): return try regenerating(request, in: chat, snapshot)
    case .continue(let message): return try continuing(message, in: chat, snapshot)
    case .edit(let request): return try editing(request, in: chat, snapshot, ids)
    case .retry(let turn): return try retrying(turn, in: chat, snapshot)
    }
  }

  private static func sending(
    _ request: SendRequest, in chat: Chat, _ snapshot: some Reading, _ ids: ULIDMaker
  ) throws -> TurnPlan {
    var leaf = chat.head
    var staleTip: ULID?
    if let named = request.leaf {
      let tip = try snapshot.tip(belowLeaf: named, in: chat)
      leaf = named
      if tip != named {
        switch request.onStale {
        case .branch: staleTip = tip
        case .reject: throw EngineError.stale(tip: tip)
        case .follow: leaf = tip
        }
      }
    }
    let line = NewMessage(
      id: ids.make(), chat: chat.id, parent: leaf, role: .user, parts: request.parts)
    var plan = TurnPlan(chat: chat, line: .new(line))
    plan.staleTip = staleTip
    plan.cost = 1
    if request.respond {
      plan.reply = Reply(
        kind: .reply, context: try .read(snapshot, chat, upTo: leaf, showing: line.parts),
        ending: .line(request.text), order: TurnOrder(parent: line.id, model: request.model))
    }
    return plan
  }

  private static func adding(
    _ request: AddRequest, in chat: Chat, _ snapshot: some Reading, _ ids: ULIDMaker
  ) throws -> TurnPlan {
    if let leaf = request.leaf { _ = try snapshot.tip(belowLeaf: leaf, in: chat) }
    var line = NewMessage(
      id: ids.make(), chat: chat.id, parent: request.leaf ?? chat.head, role: request.role,
      parts: [.text(request.text)])
    if request.role == .assistant { line.companion = chat.companion }
    return TurnPlan(chat: chat, line: .new(line))
  }

  private static func regenerating(
    _ request: RegenerateRequest, in chat: Chat, _ snapshot: some Reading
  ) throws -> TurnPlan {
    let message = try snapshot.message(request.message)
    let parent = message.role == .assistant ? message.parent : message.id
    var plan = TurnPlan(chat: chat, message: message)
    plan.cause = try snapshot.personsLine(parent)
    plan.cost = request.count
    plan.reply = Reply(
      kind: .regenerate,
      context: try .read(snapshot, chat, upTo: parent, showing: plan.cause?.parts ?? []),
      ending: .under(parent, request.instruction),
      order: TurnOrder(parent: parent, model: request.model, instruction: request.instruction),
      count: request.count)
    plan.reply?.context.siblingIndex = message.role == .assistant ? message.siblings.count : 0
    return plan
  }

  private static func continuing(
    _ id: ULID, in chat: Chat, _ snapshot: some Reading
  ) throws -> TurnPlan {
    let message = try snapshot.message(id)
    guard message.role == .assistant else {
      throw EngineError.invalid(path: "message", expected: "a line of the companion's")
    }
    var plan = TurnPlan(chat: chat, message: message)
    plan.cause = try snapshot.personsLine(message.parent)
    plan.cost = 1
    plan.reply = Reply(
      kind: .continue, context: try .read(snapshot, chat, upTo: id), ending: .continuation,
      order: TurnOrder(
        parent: message.parent, continued: .init(message: message.id, revision: message.revision)),
      inPlace: try snapshot.hasChildren(id, in: chat.id) ? nil : id, base: message.text, parts: message.parts)
    return plan
  }

  private static func editing(
    _ request: EditRequest, in chat: Chat, _ snapshot: some Reading, _ ids: ULIDMaker
  ) throws -> TurnPlan {
    let message = try snapshot.message(request.message)
    if let expected = request.ifRevision, expected != message.revision {
      throw EngineError.conflict(revision: message.revision)
    }
    let isPersons = message.role == .user
    if request.respond == true, !isPersons {
      throw EngineError.invalid(path: "respond", expected: "true only for a line of the person's")
    }
    let parts = message.parts.saying(request.text)
    var plan = TurnPlan(chat: chat)
    let written: ULID
    switch request.form {
    case .sibling:
      var line = NewMessage(
        id: ids.make(), chat: chat.id, parent: message.parent, role: message.role, parts: parts)
      (line.companion, line.author) = (message.companion, message.author)
      written = line.id
      plan.line = .new(line)
    case .replace:
      written = message.id
      plan.line = .replace(message.id, parts)
    }
    if request.respond ?? (isPersons && request.form == .sibling) {
      plan.cost = 1
      plan.reply = Reply(
        kind: .reply, context: try .read(snapshot, chat, upTo: message.parent, showing: parts),
        ending: .line(request.text), order: TurnOrder(parent: written))
    }
    return plan
  }

  /// Before the first byte the same turn goes on; after it another one writes a sibling.
  private static func retrying(_ id: ULID, in chat: Chat, _ snapshot: some Reading) throws -> TurnPlan {
    let stored = try snapshot.turn(id)
    guard stored.turn.kind.writesMessage, let order = TurnOrder(stored.request) else {
      throw EngineError.invalid(path: "turn", expected: "a turn that writes a message")
    }
    let parent = try order.parent.map { try snapshot.message($0).id }
    let turn = stored.turn
    let cause = try snapshot.personsLine(parent)
    let told = order.continued?.message ?? parent
    var reply = Reply(
      kind: turn.kind, context: try .read(snapshot, chat, upTo: told, showing: cause?.parts ?? []),
      ending: .under(parent, order.instruction), order: order)
    if let continued = order.continued {
      let message = try snapshot.message(continued.message)
      reply.base = try snapshot.earlierText(of: continued.message, atRevision: continued.revision)
      reply.parts = message.parts
      // What stands now is what the turn began with, and nothing has come after it: it can go on there.
      let isAsItWas = try message.text == reply.base && !snapshot.hasChildren(message.id, in: chat.id)
      if isAsItWas, turn.replyId == message.id { reply.inPlace = message.id }
      reply.ending = .continuation
    }
    let hasWritten = turn.next > (turn.base ?? 0)
    let isElsewhere = turn.replyId == order.continued?.message && reply.inPlace == nil
    if hasWritten || isElsewhere {
      reply.inPlace = nil
      reply.retryOf = id
    } else {
      reply.again = turn
    }
    var plan = TurnPlan(chat: chat)
    plan.cause = cause
    plan.message = try parent.map { try snapshot.message($0) }
    plan.cost = 1
    plan.reply = reply
    return plan
  }
}

extension TurnContext.Ending {
  /// For a reply to a line, or for an opening where there is none.
  fileprivate static func under(_ parent: ULID?, _ instruction: String?) -> Self {
    parent == nil ? .opening(instruction: instruction) : .reply(instruction: instruction)
  }
}

extension Reading {
  /// The newest message below a leaf that a caller named; says where the chat goes on when it is not the chat's.
  func tip(belowLeaf leaf: ULID, in chat: Chat) throws -> ULID {
    do {
      return try tip(below: leaf, in: chat.id)
    } catch StoreError.notFound {
      throw EngineError.leafNotFound(leaf, head: chat.head)
    }
  }

  func personsLine(_ id: ULID?) throws -> Message? {
    guard let id else { return nil }
    let message = try message(id)
    return message.role == .user ? message : nil
  }
}

extension [Part] {
  /// The same parts with another text: it stands where the first text stood.
  func saying(_ text: String) -> [Part] {
    var parts: [Part] = []
    var isSaid = false
    for part in self {
      guard part.text != nil else {
        parts.append(part)
        continue
      }
      if !isSaid { parts.append(.text(text)) }
      isSaid = true
    }
    return isSaid ? parts : parts + [.text(text)]
  }
}
