import Engine
import Wire

extension Route {
  static var trashPurge: Route {
    writing(TrashPurge.self) { params, keyed, call in
      let owner = call.identity.owner
      guard (params.trash == nil) == (params.all == true) else {
        throw RPCError.invalidParams(path: "params.trash", expected: "an entry, or else `all` with true")
      }
      let recording: Recording<Int>? = keyed.recording { TrashPurge.Result(purged: $0) }
      try call.begin()
      let recorded: Recorded<Int>
      if let entry = params.trash {
        recorded = try await call.engine.trash.purge(entry, of: owner, recording: recording)
      } else {
        recorded = try await call.engine.trash.purgeAll(of: owner, recording: recording)
      }
      return recorded.map { .init(purged: $0) }
    }
  }
}
