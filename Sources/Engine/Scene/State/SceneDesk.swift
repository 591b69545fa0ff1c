package import Base
package import Model
package import Providers
import Store

/// Scenes as people see and correct them: what a companion wears, where it is and what it does, message by message.
///
/// A correction belongs to one message. Nothing is locked for it: it changes no text, what stands below keeps its own scene, and an
/// analysis that read the scene before finds that the hand was faster.
@Loop
package final class SceneDesk {
  private let surroundings: Engine.Surroundings

  init(_ surroundings: Engine.Surroundings) { self.surroundings = surroundings }

  /// A scene with the message that carries it; none carries the one a chat begins with.
  package struct Scene: Sendable {
    package var state: SceneState
    package var message: ULID?
    package var leaf: ULID?
  }

  package func get(_ chat: ULID, leaf: ULID?, of owner: Owner) async throws(EngineError) -> Scene {
    try await surroundings.reading(owner) { snapshot in
      let stored = try snapshot.chat(chat)
      guard let leaf = leaf ?? stored.head else {
        return Scene(state: try SceneDawn.state(of: stored, snapshot))
      }
      if let found = try snapshot.scene(at: leaf, in: chat) {
        return Scene(state: found.state, message: found.message, leaf: leaf)
      }
      return Scene(state: try SceneDawn.state(of: stored, snapshot), leaf: leaf)
    }
  }

  // MARK: By hand

  /// What is to be different; nil stays, an empty text goes.
  package struct Correction: Sendable {
    package enum Outfit: Sendable {
      case text(String)
      case garments([Garment])
    }
    package var outfit: Outfit?
    package var location: String?
    package var action: String?

    /// Those that are the person's from here on, whatever an analysis reads.
    fileprivate var members: Set<String> {
      var names: Set<String> = []
      if outfit != nil { names.insert("outfit") }
      if location != nil { names.insert("location") }
      if action != nil { names.insert("action") }
      return names
    }

    package init(outfit: Outfit? = nil, location: String? = nil, action: String? = nil) {
      self.outfit = outfit
      self.location = location
      self.action = action
    }
  }

  package func set(
    _ chat: ULID, leaf: ULID?, _ correction: Correction, of owner: Owner, recording: Recording<Message>?,
    origin: Origin
  ) async throws(EngineError) -> Recorded<Message> {
    let outfit = try correction.outfit.map { (given) throws(EngineError) in try Self.garments(given) }
    let now = surroundings.wallClock.now()
    let written = try await surroundings.writing(
      owner, recording,
      events: { (corrected: Corrected) in
        guard let state = corrected.message.state, !corrected.changed.isEmpty else { return [] }
        let (message, chat) = (corrected.message, corrected.chat)
        return [
          Event(owner: owner, .messageUpdated(message, in: chat), origin: origin),
          Event(
            owner: owner, .stateChanged(state, of: message.id, in: chat, changed: corrected.changed),
            origin: origin),
        ]
      }
    ) { transaction in
      let stored = try transaction.chat(chat)
      guard let leaf = leaf ?? stored.head else {
        throw EngineError.invalid(path: "chat", expected: "a chat with a message that can carry the scene")
      }
      let before =
        try transaction.scene(at: leaf, in: chat)?.state ?? SceneDawn.state(of: stored, transaction)
      var after = before
      if let outfit { after.outfit = outfit }
      if let location = correction.location { after.location = location.isEmpty ? nil : location }
      if let action = correction.action { after.action = action.isEmpty ? nil : action }
      let changed = after.differences(from: before)
      after.at = now
      let message = try transaction.set(state: after, byHand: correction.members, of: leaf)
      return Corrected(message: message, chat: stored, changed: changed)
    } result: {
      $0.message
    }
    surroundings.announce()
    return written.recorded
  }

  private struct Corrected: Sendable {
    let message: Message
    let chat: Chat
    let changed: [String]
  }

  /// Words become garments where they name any; what names none is worn all the same, as one thing.
  private static func garments(_ given: Correction.Outfit) throws(EngineError) -> [Garment] {
    switch given {
    case .text(let text):
      let line = SceneText.line(text, atMost: SceneAnswer.longestOutfit)
      if line.isEmpty { return [] }
      if let outfit = SceneChange.outfit(in: line) { return outfit }
      return [Garment(name: SceneText.line(line, atMost: longestName), slot: .fullbody, layer: .base)]
    case .garments(let garments):
      guard garments.count <= SceneChange.mostGarments else {
        throw .invalid(path: "outfit", expected: "at most \(SceneChange.mostGarments) garments")
      }
      return try garments.map { (garment) throws(EngineError) in
        var garment = garment
        garment.name = SceneText.line(garment.name, atMost: longestName)
        guard !garment.name.isEmpty else {
          throw .invalid(path: "outfit", expected: "garments with a name of 1 to \(longestName - 1) bytes")
        }
        return garment
      }
    }
  }

  /// One byte more than a name may have.
  private static let longestName = 121

  // MARK: How it came about

  package struct Step: Sendable {
    package var message: ULID
    package var state: SceneState
    package var changed: [String]
  }

  /// The scenes of a branch, the newest first, each with what was different in the one before.
  package func history(
    _ chat: ULID, leaf: ULID?, cursor: String?, limit: Int, of owner: Owner
  ) async throws(EngineError) -> (steps: [Step], next: String?) {
    let before = try PageCursor.position(cursor)
    let page = try await surroundings.reading(owner) { snapshot in
      let stored = try snapshot.chat(chat)
      guard let leaf = leaf ?? stored.head else { return Steps(steps: [], next: nil) }
      // One more than is given: what the last one changed shows against it.
      let found = try snapshot.scenes(upTo: leaf, in: chat, before: before, limit: limit + 1)
      let dawn = try SceneDawn.state(of: stored, snapshot)
      let steps = found.prefix(limit).enumerated().map { index, scene in
        let older = index + 1 < found.count ? found[index + 1].state : dawn
        return Step(
          message: scene.message, state: scene.state, changed: scene.state.differences(from: older))
      }
      return Steps(steps: steps, next: found.count > limit ? found[limit - 1].position : nil)
    }
    return (page.steps, page.next.map { PageCursor.text($0) })
  }

  private struct Steps: Sendable {
    let steps: [Step]
    let next: Int64?
  }
}

/// The scene before anything was said: the companion in what it usually wears.
enum SceneDawn {
  static func state(of persona: Persona) -> SceneState {
    SceneState(outfit: persona.defaultOutfit.flatMap { SceneChange.outfit(in: $0) } ?? [])
  }

  static func state(of chat: Chat, _ reading: some Reading) throws -> SceneState {
    state(of: try reading.version(chat.version, of: chat.companion).persona)
  }
}

extension SceneState {
  /// The members that are not as they were, in the order of the contract.
  func differences(from other: SceneState) -> [String] {
    var names: [String] = []
    if outfit != other.outfit { names.append("outfit") }
    if location != other.location { names.append("location") }
    if action != other.action { names.append("action") }
    if mood != other.mood { names.append("mood") }
    if affinity != other.affinity { names.append("affinity") }
    if variables ?? [:] != other.variables ?? [:] { names.append("variables") }
    return names
  }
}
