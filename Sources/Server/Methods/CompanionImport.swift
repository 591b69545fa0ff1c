import Engine
import FoundationEssentials
import Wire

extension Route {
  static var companionImport: Route {
    writing(CompanionImport.self) { params, keyed, call in
      let source = try ImportSource(data: params.data, upload: params.upload)
      let (owner, origin) = (call.identity.owner, call.origin)
      try call.begin()
      if params.dryRun == true {
        let seen = try await call.engine.cards.look(at: source, of: owner)
        return .fresh(.init(persona: seen.persona, tags: seen.tags, warnings: seen.warnings))
      }
      return try await call.engine.cards.import(
        source, handle: params.handle, of: owner,
        recording: keyed.recording { .init(companion: $0.companion, warnings: $0.warnings) }, origin: origin
      ).map { .init(companion: $0.companion, warnings: $0.warnings) }
    }
  }
}

extension ImportSource {
  /// From the two members of which a call has one.
  init(data: Data?, upload: String?) throws(RPCError) {
    switch (data, upload) {
    case (let data?, nil): self = .data(data)
    case (nil, let upload?): self = .upload(upload)
    default: throw .invalidParams(path: "params.data", expected: "either data or upload")
    }
  }
}
