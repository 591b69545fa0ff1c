import Base
import Model

// Values for the examples of methods, notifications and topics: one small story, so that what one example answers is what
// another asks for.

enum Example {
  static let companion = ULID(high: 0x0193_4E7D_2A10_9C41, low: 0x8D21_6F03_B7E5_4A91)
  static let chat = ULID(high: 0x0193_4E82_7C03_1B6E, low: 0x2F90_D4A8_513C_77E2)
  static let line = ULID(high: 0x0193_4E82_B158_6D27, low: 0x91C4_0E7B_AA36_F815)
  static let reply = ULID(high: 0x0193_4E82_B158_6D27, low: 0x91C4_0E7B_AA36_F816)
  static let turn = ULID(high: 0x0193_4E82_B158_6D27, low: 0x91C4_0E7B_AA36_F817)
  static let trash = ULID(high: 0x0193_4E82_B158_6D27, low: 0x91C4_0E7B_AA36_F818)
  static let at = Timestamp(milliseconds: 1_795_169_478_042)
  static let later = Timestamp(milliseconds: 1_795_169_480_317)
  static let question = "What do you see from up there?"
  static let answer = "The whole bay, and one late ship."
}

extension Persona {
  static var example: Persona {
    var persona = Persona(name: "Ada")
    persona.description = "Keeps the lighthouse at the end of the mole."
    persona.personality = "Patient, dry, fond of weather."
    persona.greetings = ["You came up all those stairs."]
    persona.timezone = "Europe/Lisbon"
    return persona
  }
}

extension Companion {
  static var example: Companion {
    Companion(
      id: Example.companion, handle: "ada", name: "Ada", revision: 1, version: 1, tags: ["sea"],
      createdAt: Example.at, updatedAt: Example.at, change: 4706)
  }
}

extension CompanionVersion {
  static var example: CompanionVersion {
    CompanionVersion(version: 1, published: true, persona: .example, createdAt: Example.at)
  }
}

extension Chat {
  static var example: Chat {
    var settings = ChatSettings()
    settings.model = "home/gemma"
    return Chat(
      id: Example.chat, companion: Example.companion, version: 1, settings: settings, revision: 1,
      head: Example.line, messages: 1, createdAt: Example.at, updatedAt: Example.at, change: 4709)
  }
}

extension Message {
  static var exampleLine: Message {
    Message(
      id: Example.line, chat: Example.chat, role: .user, parts: [.text(Example.question)],
      createdAt: Example.at, change: 4711)
  }

  static var exampleReply: Message {
    var message = Message(
      id: Example.reply, chat: Example.chat, parent: Example.line, role: .assistant,
      parts: [.text(Example.answer)], finish: .stop, turn: Example.turn, createdAt: Example.later,
      change: 4713)
    message.companion = Example.companion
    message.model = "home/gemma"
    return message
  }
}

extension SceneState {
  static var example: SceneState {
    SceneState(
      outfit: [
        Garment(name: "open yellow raincoat", slot: .torso, layer: .outer, open: true),
        Garment(name: "cream linen blouse", slot: .torso, layer: .base),
      ], location: "the quay", action: "leaning on the rail", at: Example.later)
  }
}

extension Turn {
  static var exampleRunning: Turn {
    Turn(
      id: Example.turn, chat: Example.chat, companion: Example.companion, kind: .reply, phase: .responding,
      replyId: Example.reply, startedAt: Example.at, model: "home/gemma")
  }

  static var exampleContinued: Turn {
    var turn = exampleRunning
    turn.kind = .continue
    (turn.base, turn.next) = (Int64(Example.answer.utf8.count), Int64(Example.answer.utf8.count))
    return turn
  }

  static var exampleOver: Turn {
    var turn = exampleRunning
    turn.phase = .done
    turn.next = Int64(Example.answer.utf8.count)
    turn.endedAt = Example.later
    turn.finish = .stop
    turn.timing = Timing(queuedMs: 0, firstTokenMs: 240, totalMs: 2275)
    turn.usage = Usage(promptTokens: 412, completionTokens: 9, cachedTokens: 380, estimated: false)
    return turn
  }
}

extension SearchMatch {
  static var example: SearchMatch {
    SearchMatch(
      message: .exampleReply, excerpt: Example.answer, from: 0,
      highlights: [Highlight(from: 23, to: 27), Highlight(from: 28, to: 32)])
  }
}

extension TrashEntry {
  static var example: TrashEntry {
    TrashEntry(
      id: Example.trash, kind: .companion, item: Example.companion, title: "Ada", deletedAt: Example.later,
      purgeAt: Example.later + .seconds(30 * 86_400))
  }
}

extension UsageSum {
  static var example: UsageSum {
    UsageSum(
      name: "home/gemma", turns: 1,
      usage: Usage(promptTokens: 412, completionTokens: 9, cachedTokens: 380, estimated: false))
  }

  static var exampleTotal: UsageSum {
    var total = example
    total.name = "total"
    return total
  }
}

extension VaultBackup {
  static var example: VaultBackup {
    VaultBackup(
      name: "companion-1000-2026-11-20T15-04-38.042Z.db", folder: "/home/mira/backups", bytes: 1_048_576,
      createdAt: Example.at)
  }
}
