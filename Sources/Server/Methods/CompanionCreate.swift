import Base
import Engine
import FoundationEssentials
import Model
import Wire

extension Route {
  static var companionCreate: Route {
    writing(CompanionCreate.self) { params, keyed, call in
      let tags = params.tags ?? []
      guard tags.count <= 64 else { throw RPCError.tooLarge("params.tags", limit: 64, unit: "tags") }
      if let long = tags.firstIndex(where: { !(1...64).contains($0.utf8.count) }) {
        throw RPCError.invalidParams(path: "params.tags[\(long)]", expected: "1 to 64 bytes")
      }
      let (owner, origin) = (call.identity.owner, call.origin)
      try call.begin()
      let recorded = try await call.doors.companions.create(
        persona: params.persona, handle: params.handle, tags: tags, header: params.header, of: owner,
        recording: keyed.recording { CompanionCreate.Result(companion: $0) }, origin: origin)
      if params.portrait == true, let made = recorded.madeNow {
        await call.engine.pictures.portraitOrSkip(of: made, of: owner)
      }
      return recorded.map { .init(companion: $0) }
    }
  }
}

extension Recorded where Value == Companion {
  /// Whom this very call has made; nil for a repetition, whose first call saw to the rest.
  fileprivate var madeNow: String? {
    switch self {
    case .fresh(let companion): companion.id.description
    case .recorded(let bytes, false):
      (try? JSONDecoder().decode(CompanionCreate.Result.self, from: Data(bytes)))?.companion.id.description
    case .recorded: nil
    }
  }
}
