import Base
import Model
import Posix
import Store
import TestSupport
import Testing

@testable import Engine

/// Numbers of a chat's settings: at the limit they work, one past it they are refused, by each call that brings them; and what an
/// older vault holds ends nobody.
@Suite(.timeLimit(.minutes(1))) struct ChatSettingsTests {
  init() { Loop.start() }

  private func settings(_ change: (inout ChatSettings) -> Void) -> ChatSettings {
    var settings = ChatSettings()
    change(&settings)
    return settings
  }

  private func sampling(_ change: (inout Sampling) -> Void) -> ChatSettings {
    var sampling = Sampling()
    change(&sampling)
    return settings { $0.sampling = sampling }
  }

  private var allowed: [ChatSettings] {
    [
      settings { $0.maxTokens = 1 }, settings { $0.maxTokens = 131_072 },
      settings { $0.contextMessages = 2 }, settings { $0.contextMessages = 1000 },
      settings { $0.analysis = AnalysisSettings(every: 0) },
      settings { $0.analysis = AnalysisSettings(every: 100, model: .fast) },
      settings { $0.model = String(repeating: "m", count: 256) },
      settings { $0.user = UserPersona(name: String(repeating: "n", count: 200)) },
      settings { $0.note = AuthorNote(text: "", depth: 0, every: 1000) },
      sampling { $0.stop = Array(repeating: String(repeating: "s", count: 256), count: 16) },
      sampling { ($0.temperature, $0.topP, $0.topK, $0.minP) = (2, 1, 1_000_000, 0) },
      sampling { ($0.presence, $0.frequency, $0.repeatPenalty) = (-2, 2, 10) },
    ]
  }

  private var refused: [ChatSettings] {
    [
      settings { $0.maxTokens = 0 }, settings { $0.maxTokens = 131_073 }, settings { $0.maxTokens = .max },
      settings { $0.maxTokens = .min }, settings { $0.contextMessages = 1 },
      settings { $0.contextMessages = 1001 }, settings { $0.contextMessages = .max },
      settings { $0.analysis = AnalysisSettings(every: -1) },
      settings { $0.analysis = AnalysisSettings(every: 101) },
      settings { $0.model = "" }, settings { $0.model = String(repeating: "m", count: 257) },
      settings { $0.model = "offline/a\r\nb" }, settings { $0.model = "a\u{7F}" },
      settings { $0.user = UserPersona(name: String(repeating: "n", count: 201)) },
      settings { $0.note = AuthorNote(text: "", depth: -1) },
      settings { $0.note = AuthorNote(text: "", every: .max) },
      sampling { $0.stop = [""] }, sampling { $0.stop = [String(repeating: "s", count: 257)] },
      sampling { $0.stop = Array(repeating: "s", count: 17) }, sampling { $0.temperature = 2.01 },
      sampling { $0.topP = -0.1 }, sampling { $0.topK = 1_000_001 }, sampling { $0.minP = 1.5 },
      sampling { $0.presence = -3 }, sampling { $0.frequency = 3 }, sampling { $0.repeatPenalty = 11 },
    ]
  }

  /// By each of the three ways in; nil where it was taken.
  private func outcomes(_ settings: ChatSettings, _ stand: BranchHouse) async -> [String?] {
    let (engine, owner) = (stand.house.engine, stand.owner)
    let created = await failure { () async throws(EngineError) in
      _ = try await engine.chats.create(
        companion: "ada", title: nil, mode: nil, settings: settings, version: nil, greeting: nil,
        of: owner, recording: nil, origin: BranchHouse.origin)
    }
    var patch = ChatSettingsPatch()
    if let model = settings.model { patch.model = .set(model) }
    if let user = settings.user { patch.user = .set(user) }
    if let tokens = settings.maxTokens { patch.maxTokens = .set(tokens) }
    if let sampling = settings.sampling { patch.sampling = .set(sampling) }
    if let note = settings.note { patch.note = .set(note) }
    if let analysis = settings.analysis { patch.analysis = .set(analysis) }
    if let messages = settings.contextMessages { patch.contextMessages = .set(messages) }
    var edit = ChatDesk.Edit()
    edit.settings = patch
    let updated = await failure { [edit] () async throws(EngineError) in
      _ = try await engine.chats.update(
        stand.chat, edit, of: owner, recording: nil, origin: BranchHouse.origin)
    }
    let set = await failure { () async throws(EngineError) in
      _ = try await engine.settings.apply(
        SettingsPatch(defaults: .set(settings)), of: owner, ifRevision: nil, recording: nil,
        origin: BranchHouse.origin)
    }
    return [created, updated, set]
  }

  @Test func `every number works at its limit and is refused one past it, by each of the three ways in`()
    async throws
  {
    let stand = try await BranchHouse.open()
    for settings in allowed { #expect(await outcomes(settings, stand) == [nil, nil, nil], "\(settings)") }
    let before = try await stand.now()
    for settings in refused {
      for outcome in await outcomes(settings, stand) {
        #expect(outcome == "invalid" || outcome == "tooLarge", "\(settings)")
      }
    }
    #expect(try await stand.now() == before)
    await stand.end()
  }

  @Test func `a call names its model in 1 to 256 bytes without control characters`() async throws {
    let stand = try await BranchHouse.open()
    let line = try await stand.add("Hello.", .user)
    let longest = "offline/" + String(repeating: "é", count: 124)
    for (model, kind) in [
      (longest, nil), (longest + "x", "invalid"), ("", "invalid"), ("offline/a\r\nb", "invalid"),
      ("offline/\u{0}", "invalid"), ("offline/\u{85}", "invalid"),
    ] as [(String, String?)] {
      var request = SendRequest(to: .chat(stand.chat), text: "Hello.")
      request.model = model
      request.respond = false
      let sent = await failure { [request] () async throws(EngineError) in
        _ = try await stand.perform(.send(request))
      }
      #expect(sent == kind)
      let again = await failure { () async throws(EngineError) in
        let sent = try await stand.perform(.regenerate(RegenerateRequest(message: line.id, model: model)))
        if let turn = sent.turn {
          _ = try await stand.house.engine.turns.waitForReply(turn.id, of: stand.owner)
        }
      }
      #expect(again == kind)
      let tried = await failure { () async throws(EngineError) in
        _ = try await stand.house.engine.models.test(model, of: stand.owner)
      }
      #expect(tried == kind)
    }
    await stand.end()
  }

  @Test func `parts that fit one by one are refused where all of them together do not`() async throws {
    let stand = try await BranchHouse.open()
    let chats = stand.house.engine.chats
    func update(_ change: (inout ChatSettingsPatch) -> Void) async -> String? {
      var edit = ChatDesk.Edit()
      var patch = ChatSettingsPatch()
      change(&patch)
      edit.settings = patch
      return await failure { [edit] () async throws(EngineError) in
        _ = try await chats.update(
          stand.chat, edit, of: stand.owner, recording: nil, origin: BranchHouse.origin)
      }
    }
    let long = String(repeating: "x", count: 40 << 10)
    #expect(await update { $0.note = .set(AuthorNote(text: long)) } == nil)
    #expect(await update { $0.user = .set(UserPersona(name: "M", overview: long)) } == "tooLarge")
    await stand.end()
  }

  @Test func `a reply comes whatever numbers an older vault holds`() async throws {
    let stand = try await BranchHouse.open()
    var settings = ChatSettings()
    (settings.maxTokens, settings.contextMessages) = (.max, .max)
    settings.model = String(repeating: "m", count: 1 << 20)
    settings.user = UserPersona(name: String(repeating: "n", count: 4096))
    settings.note = AuthorNote(text: "{{user}}", depth: .min, every: .min)
    var change = ChatEdit()
    change.settings = settings
    let (chat, edit) = (stand.chat, change)
    _ = try await stand.vault().write { _ = try $0.update(chat: chat, edit, ifRevision: nil) }
    let reply = try await stand.reply(try await stand.send("Hello."))
    #expect(!reply.text.isEmpty)
    #expect(reply.model?.hasPrefix("offline") == true)
    await stand.end()
  }
}
