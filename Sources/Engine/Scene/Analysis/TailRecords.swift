import Base
import Model
import Providers
import Store

/// What tails read and write in the vault.
///
/// A tail never touches a text and takes no lock. It writes one message's scene, and only while that message is what the turn made of
/// it; what a person has set by hand is left as it is.
@Loop
final class TailRecords {
  private let surroundings: Engine.Surroundings
  private let log: Log

  init(_ surroundings: Engine.Surroundings) {
    self.surroundings = surroundings
    log = Log(surroundings.log, component: "scene")
  }

  /// The scene an answer is applied to, and what it is read from.
  struct Material: Sendable {
    var question: SceneQuestion
    /// The scene above the message when it was read.
    var base: SceneState
    /// As it is now.
    var chat: Chat
  }

  /// Nil when the message is gone, or not the turn's any more.
  func material(_ turn: Turn, of owner: Owner) async throws(EngineError) -> Material? {
    try await surroundings.reading(owner) { snapshot in
      guard let message = try snapshot.standing(turn) else { return nil }
      let chat = try snapshot.chat(message.chat)
      let persona = try snapshot.version(chat.version, of: chat.companion).persona
      let above = try snapshot.sceneAbove(message, in: chat)
      let unread = try snapshot.unread(upTo: message, since: above.message)
      var lines: [SceneQuestion.Line] = []
      var bytes = 0
      for line in unread.reversed() {
        bytes += line.text.utf8.count
        // The reply itself is read whatever its length.
        if !lines.isEmpty, bytes > SceneQuestion.mostBytes { break }
        lines.append(.init(role: line.role, text: line.text))
      }
      let named = chat.settings.user.flatMap { user in
        user.name.contains { !$0.isWhitespace } ? user.name : nil
      }
      let question = SceneQuestion(
        name: persona.nickname ?? persona.name, user: named ?? PromptBuilder.nobody,
        scene: above.state, lines: lines.reversed())
      return Material(question: question, base: above.state, chat: chat)
    }
  }

  /// What is left when a tail ends.
  struct Stored: Sendable {
    /// The message was gone or another's, so that nothing was written.
    var isDropped = true
    /// The turn goes on with a picture of the scene.
    var isIllustrated = false
    fileprivate var event: Event?
  }

  /// The last commit of a tail: the scene, what it cost, and the end of the turn. Without an answer, only the latter two.
  func finish(
    _ ended: Turn, of owner: Owner, _ answer: SceneAnswer?, on base: SceneState?,
    cost: [(usage: Usage, model: String)], mayBeIllustrated: Bool
  ) async throws(EngineError) -> Stored {
    let (log, now) = (log, surroundings.wallClock.now())
    let costs = cost.map { Cost(usage: $0.usage, model: $0.model) }
    let stored = try await surroundings.finishing(
      owner, events: { (stored: Stored) in stored.event.map { [$0] } ?? [] }
    ) { transaction in
      try transaction.update(ended)
      for cost in costs {
        // Book-keeping does not cost anybody their scene.
        if let error = try transaction.trying({ transaction in
          try transaction.add(cost.usage, model: cost.model, chat: ended.chat, for: .analysis)
        }) {
          log.fault(
            "What an analysis has cost could not be added up.", ["turn": ended.id, "error": "\(error)"])
        }
      }
      guard let message = try transaction.standing(ended) else { return Stored() }
      let isIllustrated =
        mayBeIllustrated && ((try? IllustrationRule.isDue(ended, after: message, transaction)) ?? false)
      if isIllustrated {
        var turn = ended
        turn.phase = .illustrating
        try transaction.update(turn)
      }
      guard let answer, let base else { return Stored(isIllustrated: isIllustrated) }
      let chat = try transaction.chat(message.chat)
      let above = try transaction.sceneAbove(message, in: chat).state
      var after = SceneChange.apply(answer, to: above)
      // What was corrected above while the model was reading is known better there.
      for member in above.differences(from: base) { after.take(member, from: above) }
      after.variables = message.state?.variables ?? above.variables
      if let own = message.state {
        for member in try transaction.membersByHand(ofSceneAt: message.id) { after.take(member, from: own) }
      }
      let changed = after.differences(from: message.state ?? above)
      after.at = now
      let kept = try transaction.keep(state: after, of: message.id)
      guard !changed.isEmpty else { return Stored(isDropped: false, isIllustrated: isIllustrated) }
      return Stored(
        isDropped: false, isIllustrated: isIllustrated,
        event: Event(owner: owner, .stateChanged(after, of: kept.id, in: chat, changed: changed)))
    }
    surroundings.announce()
    return stored
  }

  /// Whether the message is still what the turn made of it.
  func stands(_ turn: Turn, of owner: Owner) async throws(EngineError) -> Bool {
    try await surroundings.reading(owner) { snapshot in try snapshot.standing(turn) != nil }
  }

  private struct Cost: Sendable {
    let usage: Usage
    let model: String
  }
}

extension AnalysisRule {
  /// Whether enough replies of the branch have not been read yet, this one among them. On the writer's thread.
  func isDue(after message: Message, _ reading: some Reading) throws -> Bool {
    guard every > 1 else { return true }
    let chat = try reading.chat(message.chat)
    let above = try reading.sceneAbove(message, in: chat)
    let unread = try reading.unread(upTo: message, since: above.message, limit: every * 2 + 8)
    // A branch on which people have much to say between two replies is read all the same.
    return unread.count >= every * 2 + 8 || unread.count { $0.role == .assistant } >= every
  }
}

extension Reading {
  /// The message a turn wrote, while nobody has reworded it or gone on with it.
  fileprivate func standing(_ turn: Turn) throws -> Message? {
    guard let reply = turn.replyId else { return nil }
    do throws(StoreError) {
      let message = try message(reply)
      _ = try chat(message.chat)
      return message.turn == turn.id && message.status != .streaming ? message : nil
    } catch {
      if case .notFound = error { return nil }
      throw error
    }
  }

  /// What a message's own scene is made from, and which message was last looked at for it; none was for the one a chat begins with.
  fileprivate func sceneAbove(
    _ message: Message, in chat: Chat
  ) throws -> (state: SceneState, message: ULID?) {
    guard let parent = message.parent, let found = try scene(at: parent, in: chat.id) else {
      return (try SceneDawn.state(of: chat, self), nil)
    }
    // Past those where only variables have changed, as far as lines are caught up with.
    var carrier = found
    for _ in 0..<SceneQuestion.mostLines where carrier.state.at == nil {
      guard let next = try self.message(carrier.message).parent.flatMap({ try scene(at: $0, in: chat.id) })
      else { return (found.state, nil) }
      carrier = next
    }
    return (found.state, carrier.message)
  }

  /// The visible lines after the last that carries a scene, down to a message, the oldest first.
  fileprivate func unread(
    upTo message: Message, since carrier: ULID?, limit: Int = SceneQuestion.mostLines
  ) throws -> [BranchLine] {
    let lines = try lines(upTo: message.id, limit: limit).lines
    let start = carrier.flatMap { carrier in lines.firstIndex { $0.id == carrier } }.map { $0 + 1 } ?? 0
    return lines[start...].filter { ($0.id == message.id || !$0.hidden) && !$0.text.isEmpty }
  }
}

extension SceneState {
  /// One member as another scene has it, by its name in the contract.
  fileprivate mutating func take(_ member: String, from other: SceneState) {
    switch member {
    case "outfit": outfit = other.outfit
    case "location": location = other.location
    case "action": action = other.action
    case "mood": mood = other.mood
    case "affinity": affinity = other.affinity
    // A name that a later build has stored.
    default: break
    }
  }
}
