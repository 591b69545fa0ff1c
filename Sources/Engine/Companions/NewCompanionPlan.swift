import Base
import Model
import Store

/// A companion that is to be made, carried out in one commit: by `companion.create`, and when a card or a chat brings one.
struct NewCompanionPlan: Sendable {
  var id: ULID
  var persona: Persona
  /// Nil makes one of the name, with a number behind it when it is taken.
  var handle: String?
  var tags: [String] = []
  var tagline: String?
  var header: ULID?

  func carryOut(_ transaction: Transaction) throws -> Companion {
    let wanted = handle ?? Handle.derived(from: persona.nickname ?? persona.name)
    for number in 1...1000 {
      var new = NewCompanion(
        id: id, handle: Handle.variant(wanted, number), persona: persona, tagline: tagline, tags: tags)
      new.header = header
      do throws(StoreError) {
        return try transaction.insert(new)
      } catch {
        guard case .body(let reason) = error, reason is HandleTaken else { throw error }
        // Somebody else's by that name: a name that was asked for is not bent.
        if handle != nil {
          throw EngineError.invalid(path: "handle", expected: "a handle that is free; \(new.handle) is not")
        }
      }
    }
    throw EngineError.invalid(
      path: "handle", expected: "a handle of your own; \(wanted) has a thousand namesakes")
  }
}
