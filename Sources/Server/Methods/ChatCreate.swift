import Base
import Engine
import Model
import Wire

extension Route {
  static var chatCreate: Route {
    writing(ChatCreate.self) { params, keyed, call in
      if let title = params.title, !(1...512).contains(title.utf8.count) {
        throw RPCError.invalidParams(path: "params.title", expected: "1 to 512 bytes")
      }
      let (owner, origin) = (call.identity.owner, call.origin)
      let recording = keyed.recording { ChatCreate.Result(chat: $0) }
      let takes = params.defaults == ChatCreate.Defaults.none ? NewChatDefaults.none : .mine
      var settings = params.settings
      if let scenario = params.scenario {
        var chosen = settings ?? ChatSettings()
        chosen.scenario = scenario
        if scenario == ChatCreate.generate {
          // Until the answer is there the call can be taken back.
          chosen.scenario = try await call.engine.turns.writing.scenario(
            .init(
              companion: params.companion, version: params.version, mode: params.mode ?? .roleplay,
              settings: settings, takes: takes), of: owner, recording: recording)
        }
        settings = chosen
      }
      try call.begin()
      let recorded = try await call.doors.chats.create(
        companion: params.companion, title: params.title, mode: params.mode, settings: settings,
        version: params.version, greeting: params.greeting, defaults: takes, of: owner,
        recording: recording, origin: origin)
      return recorded.map { .init(chat: $0) }
    }
  }
}
