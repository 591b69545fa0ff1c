import FoundationEssentials
import Model
import Testing

@Suite struct SettingsTests {
  private func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  @Test(arguments: [
    "{}", #"{"user":null}"#, #"{"defaults":null,"reuse":false,"user":{"name":"Mira"}}"#,
    #"{"defaults":{"illustrate":"everyReply","note":{"depth":4,"every":0,"role":"system","text":"t"}}}"#,
  ])
  func `a patch keeps absent, null and set apart`(json: String) throws {
    let patch = try JSONDecoder().decode(SettingsPatch.self, from: Data(json.utf8))
    #expect(try text(patch) == json)
  }

  @Test func `a patch of nothing is empty`() throws {
    #expect(try text(SettingsPatch()) == "{}")
    #expect(try JSONDecoder().decode(SettingsPatch.self, from: Data("{}".utf8)) == SettingsPatch())
  }

  @Test func `reuse cannot be cleared, so null leaves it alone`() throws {
    #expect(
      try JSONDecoder().decode(SettingsPatch.self, from: Data(#"{"reuse":null}"#.utf8)) == SettingsPatch())
  }

  @Test func `every member of the settings survives the way there and back`() throws {
    var sampling = Sampling()
    (sampling.temperature, sampling.topP, sampling.topK, sampling.minP) = (0.9, 0.95, 40, 0.05)
    (sampling.repeatPenalty, sampling.presence, sampling.frequency) = (1.1, 0.1, 0.2)
    (sampling.stop, sampling.seed, sampling.extra) = (["\n"], 7, ["mirostat": 2, "list": [1, "a"]])
    var chat = ChatSettings()
    (chat.model, chat.illustrate, chat.maxTokens, chat.contextMessages) = ("home/gemma", .onRequest, 200, 20)
    chat.analysis = AnalysisSettings(every: 2, model: .fast)
    chat.user = UserPersona(name: "M", appearance: "a", overview: "o")
    chat.note = AuthorNote(text: "t", depth: 4, role: .user, every: 2)
    chat.sampling = sampling
    let settings = Settings(user: chat.user, defaults: chat, reuse: true, revision: 3, change: 9)
    let json = try text(settings)
    #expect(try JSONDecoder().decode(Settings.self, from: Data(json.utf8)) == settings)
    #expect(json.contains(#""extra":{"list":[1,"a"],"mirostat":2}"#))
  }

  @Test func `absent means not set`() throws {
    #expect(try text(Settings()) == #"{"change":0,"reuse":false,"revision":0}"#)
    #expect(try text(Change(kind: "chat", id: "x", change: 1)) == #"{"change":1,"id":"x","kind":"chat"}"#)
    #expect(try text(ChangePage(items: [], latest: 4)) == #"{"items":[],"latest":4}"#)
  }
}
