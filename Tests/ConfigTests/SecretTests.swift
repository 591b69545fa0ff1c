import Base
import Config
import FoundationEssentials
import Glibc
import Testing

@Suite struct SecretTests {
  private static let canary = "sk-canary-9f8e7d6c5b4a39281706"

  private func key(_ loaded: LoadedConfiguration, _ name: String) -> String? {
    loaded.configuration.provider(name)?.key?.reveal()
  }

  // MARK: Files

  @Test func `a key file is found beside the file that names it, and trimmed`() throws {
    let place = try Place()
    try place.write("etc/companiond.json5", "{providers: {o: {kind: 'ollama', keyFile: 'o.key'}}}")
    try place.write("etc/o.key", "  \(Self.canary) \r\n")
    try place.write(
      "home/.config/companion/companiond.json5", "{providers: {p: {kind: 'ollama', keyFile: 'keys/p'}}}")
    try place.write("home/.config/companion/keys/p", "mine")
    let loaded = try place.loader().load()
    #expect(key(loaded, "o") == Self.canary)
    #expect(key(loaded, "p") == "mine")
    #expect(loaded.source(of: "providers.o.key") == .file(place.system + "/o.key", nil))
  }

  @Test func `credentials of systemd come first, whatever their mode`() throws {
    let place = try Place()
    try place.write("etc/companiond.json5", "{providers: {o: {kind: 'ollama', keyFile: 'o.key'}}}")
    try place.write("etc/o.key", "beside")
    try place.write("credentials/o.key", "handed in", mode: 0o644)
    #expect(
      key(try place.loader(["CREDENTIALS_DIRECTORY": place.root + "/credentials"]).load(), "o") == "handed in"
    )
    #expect(key(try place.loader(["CREDENTIALS_DIRECTORY": place.root + "/empty"]).load(), "o") == "beside")
    #expect(key(try place.loader(["CREDENTIALS_DIRECTORY": "credentials"]).load(), "o") == "beside")
  }

  @Test func `a name that climbs out is not looked up among the credentials`() throws {
    let place = try Place()
    try place.write("etc/companiond.json5", "{providers: {o: {kind: 'ollama', keyFile: '../o.key'}}}")
    try place.write("o.key", "beside")
    try place.makeFolder("run/credentials")
    try place.write("run/o.key", "not this one")
    #expect(
      key(try place.loader(["CREDENTIALS_DIRECTORY": place.root + "/run/credentials"]).load(), "o")
        == "beside")
  }

  @Test func `a key file may be named in full or from home`() throws {
    let place = try Place()
    let full = try place.write("keys/a", "full")
    try place.write("home/b", "home")
    let loaded = try place.load(
      "{providers: {a: {kind: 'ollama', keyFile: '\(full)'}, b: {kind: 'ollama', keyFile: '~/b'}}}")
    #expect(key(loaded, "a") == "full" && key(loaded, "b") == "home")
  }

  struct KeyFileCase: CustomTestStringConvertible {
    let testDescription: String
    let make: @Sendable (Place) throws -> Void
    let expected: String
    let found: String
    let suggestion: String
  }

  private static let readable = "a readable key file"
  private static let alone = "write the key alone into the file"

  static let refused = [
    KeyFileCase(
      testDescription: "missing", make: { _ in }, expected: readable, found: "no such file at KEY",
      suggestion: "create it, or correct the name"),
    KeyFileCase(
      testDescription: "a folder", make: { try $0.makeFolder("etc/k") }, expected: readable,
      found: "a folder at KEY",
      suggestion: "name a regular file"),
    KeyFileCase(
      testDescription: "a link to nothing",
      make: {
        try $0.makeFolder("etc")
        try $0.link("etc/k", to: "/nowhere")
      }, expected: readable,
      found: "a link to nothing at KEY", suggestion: "mend or remove the link"),
    KeyFileCase(
      testDescription: "readable by the world", make: { try $0.write("etc/k", canary, mode: 0o604) },
      expected: "a key file that only its owner can read", found: "KEY with mode 0604",
      suggestion: "run: chmod 600 KEY"),
    KeyFileCase(
      testDescription: "readable by the group", make: { try $0.write("etc/k", canary, mode: 0o640) },
      expected: "a key file that only its owner can read", found: "KEY with mode 0640",
      suggestion: "run: chmod 600 KEY"),
    KeyFileCase(
      testDescription: "empty", make: { try $0.write("etc/k", " \n") }, expected: "a key",
      found: "KEY with nothing in it", suggestion: alone),
    KeyFileCase(
      testDescription: "two lines", make: { try $0.write("etc/k", canary + "\n" + canary) },
      expected: "a key on a single line", found: "KEY with line breaks or control characters in it",
      suggestion: alone),
    KeyFileCase(
      testDescription: "not text", make: { try $0.write("etc/k", [0xFF, 0xFE]) },
      expected: "a key as plain text",
      found: "KEY with other bytes", suggestion: "write the key alone into the file, as UTF-8"),
    KeyFileCase(
      testDescription: "one byte too long",
      make: { try $0.write("etc/k", String(repeating: "k", count: 65_537)) },
      expected: "a key file of at most 65536 bytes", found: "KEY with more", suggestion: alone),
  ]

  @Test(arguments: refused) func `a key file is refused with the reason`(refused: KeyFileCase) throws {
    let place = try Place()
    try refused.make(place)
    let problems = try place.problems("{providers: {\n  o: {kind: 'ollama', keyFile: 'k'}}}")
    #expect(problems.count == 1)
    let problem = try #require(problems.first)
    #expect(place.plain("\(problem.source)") == "etc/c.json5:2:32")
    #expect(problem.path == "providers.o.keyFile")
    #expect(problem.expected == refused.expected)
    #expect(problem.found == refused.found.replacing("KEY", with: place.system + "/k"))
    #expect(problem.suggestion == refused.suggestion.replacing("KEY", with: place.system + "/k"))
    #expect(!"\(problems)".contains(Self.canary))
  }

  @Test func `a key file of 64 KiB is read`() throws {
    let place = try Place()
    try place.write("etc/k", String(repeating: "k", count: 65_536))
    #expect(
      key(try place.load("{providers: {o: {kind: 'ollama', keyFile: 'k'}}}"), "o")?.utf8.count == 65_536)
  }

  @Test func `a key file another user owns cannot be read`() throws {
    let place = try Place()
    try place.write("etc/k", Self.canary, mode: 0o000)
    let loader = place.loader()
    try place.write("etc/companiond.json5", "{providers: {o: {kind: 'ollama', keyFile: 'k'}}}", mode: 0o644)
    try withoutPrivileges {
      do throws(ConfigurationErrors) {
        _ = try loader.load()
        Issue.record("was read")
      } catch { #expect(error.problems.map(\.found) == ["permission denied at \(place.system)/k"]) }
    }
  }

  // MARK: Inline keys

  @Test func `a key in the configuration wants a private file`() throws {
    let text = "{providers: {o: {kind: 'ollama', key: '\(Self.canary)'}}}"
    let place = try Place()
    #expect(key(try place.load(text, mode: 0o600), "o") == Self.canary)
    for mode: mode_t in [0o604, 0o640] {
      let problem = try #require(try place.problems(text, mode: mode).first)
      #expect(
        problem.path == "providers.o.key" && problem.expected == "no secret in a file that others can read")
      #expect(problem.suggestion == "run: chmod 600 \(place.system)/c.json5, or use keyFile")
      #expect(!problem.description.contains("canary"))
    }
    let header =
      "{providers: {o: {kind: 'ollama', headers: {'X-Api-Key': '\(Self.canary)', 'X-Title': 'c'}}}}"
    #expect(try place.problems(header, mode: 0o600).isEmpty)
    #expect(try place.problems(header, mode: 0o644).map(\.path) == ["providers.o.headers.X-Api-Key"])
  }

  @Test func `a later file may replace a key by a key file and the other way round`() throws {
    for swapped in [false, true] {
      let place = try Place()
      try place.write("etc/k", "from a file")
      let ways = [
        "{providers: {o: {kind: 'ollama', key: 'inline'}}}",
        "{providers: {o: {kind: 'ollama', keyFile: 'k'}}}",
      ]
      try place.write("etc/companiond.json5", ways[swapped ? 1 : 0])
      try place.write("etc/conf.d/1.json5", ways[swapped ? 0 : 1])
      if !swapped { try place.write("etc/conf.d/k", "from a file") }
      #expect(key(try place.loader().load(), "o") == (swapped ? "inline" : "from a file"))
    }
  }

  // MARK: Variables of other programs

  @Test(arguments: [
    ("OPENAI_API_KEY", "kind: 'openai', url: 'https://api.openai.com/v1'"),
    ("OPENAI_API_KEY", "kind: 'openai-images'"),
    ("ANTHROPIC_API_KEY", "kind: 'anthropic'"), ("FAL_KEY", "kind: 'fal'"), ("FAL_API_KEY", "kind: 'fal'"),
    ("NOVITA_API_KEY", "kind: 'openai', url: 'https://api.novita.ai/openai/v1'"),
    ("NOVITA_KEY", "kind: 'openai', url: 'https://api.novita.ai/openai/v1'"),
  ])
  func `a vendor's variable goes to the vendor's provider`(variable: String, provider: String) throws {
    let place = try Place()
    let loaded = try place.load("{providers: {p: {\(provider)}}}", environment: [variable: Self.canary])
    #expect(key(loaded, "p") == Self.canary)
    #expect(loaded.source(of: "providers.p.key") == .environment(variable))
    #expect(loaded.warnings.isEmpty)
    let own = try place.load(
      "{providers: {p: {\(provider), key: 'own'}}}", environment: [variable: Self.canary])
    #expect(key(own, "p") == "own")
    let without = try place.load("{providers: {p: {\(provider)}}}")
    #expect(without.warnings.map(\.found) == ["none"] && key(without, "p") == nil)
  }

  @Test(arguments: [
    "kind: 'openai', url: 'http://127.0.0.1:8080/v1'", "kind: 'openai', url: 'https://openrouter.ai/api/v1'",
    "kind: 'openai', url: 'https://api.openai.com.evil.example/v1'",
    "kind: 'openai', url: 'https://notopenai.com/v1'",
    "kind: 'openai', url: 'http://api.openai.com/v1'", "kind: 'anthropic', url: 'https://proxy.example'",
    "kind: 'ollama'",
  ])
  func `and to nobody else`(provider: String) throws {
    let environment = ["OPENAI_API_KEY": Self.canary, "ANTHROPIC_API_KEY": Self.canary]
    let loaded = try Place().load("{providers: {p: {\(provider)}}}", environment: environment)
    #expect(key(loaded, "p") == nil)
  }

  @Test func `a variable alone makes no provider`() throws {
    #expect(try Place().loader(["OPENAI_API_KEY": Self.canary]).load().configuration == Configuration())
  }

  @Test func `a key that travels in the open is a warning`() throws {
    let place = try Place()
    let away = try place.load("{providers: {p: {kind: 'ollama', url: 'http://box:11434', key: 'k'}}}")
    #expect(away.warnings.map(\.suggestion) == ["everybody on the way can read the key"])
    let here = try place.load("{providers: {p: {kind: 'ollama', url: 'http://[::1]:11434', key: 'k'}}}")
    #expect(here.warnings.isEmpty)
  }

  // MARK: Never shown

  @Test func `no way of showing a configuration shows a secret`() throws {
    let place = try Place()
    try place.write("etc/k", Self.canary)
    let loaded = try place.load(
      """
      {providers: {
        a: {kind: 'ollama', url: 'http://box', key: '\(Self.canary)'}, b: {kind: 'fal', keyFile: 'k'},
        c: {kind: 'anthropic', headers: {'X-Token': '\(Self.canary)', 'X-Title': '\(Self.canary)'}},
      }}
      """, environment: ["ANTHROPIC_API_KEY": Self.canary])
    #expect(["a", "b", "c"].allSatisfy { key(loaded, $0) == Self.canary })
    var dumped = ""
    dump(loaded, to: &dumped)
    let shown = String(decoding: try JSONEncoder().encode(loaded.shown), as: UTF8.self)
    let secret = Secret(Self.canary)
    var ways = [
      "\(loaded)", String(reflecting: loaded), dumped, shown, "\(loaded.shown)", "\(loaded.warnings)",
    ]
    ways += ["\(secret)", String(reflecting: secret), "\(Mirror(reflecting: secret).children.count)"]
    ways += [String(decoding: try JSONEncoder().encode([secret]), as: UTF8.self), "\(loaded.configuration)"]
    for way in ways { #expect(!way.contains("canary"), "\(way)") }
    // The test would notice: the same ways show what is no secret.
    #expect(dumped.contains("http://box") && shown.contains("http:"))
  }

  @Test func `the configuration is shown with origins, and secrets by theirs only`() throws {
    let place = try Place()
    try place.write("etc/k", Self.canary)
    let loaded = try place.load(
      "{providers: {b: {kind: 'fal', keyFile: 'k', models: ['x']}}, log: {level: 'debug'}}")
    let shown = loaded.shown
    guard case .object(let top) = shown.config, case .object(let providers)? = top.first?.value,
      case .object(let members)? = providers.first?.value
    else {
      Issue.record("not an object of objects: \(shown)")
      return
    }
    #expect(top.map(\.name) == ["providers", "defaults", "pictures", "limits", "log", "backups", "prompt"])
    #expect(members.first { $0.name == "key" }?.value == .secret(source: place.system + "/k"))
    #expect(members.first { $0.name == "models" }?.value == .list([.text("x")]))
    #expect(shown.sources["log.level"].map(place.plain) == "etc/c.json5:1:75")
    #expect(shown.sources["log.format"] == nil)
    #expect(shown.files.map(place.plain) == ["etc/c.json5"])
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let json = place.plain(String(decoding: try encoder.encode(shown), as: UTF8.self))
    #expect(json.contains(#""key":{"set":true,"source":"etc/k"}"#), "\(json)")
    #expect(json.contains(#""log":{"format":"auto","level":"debug"}"#), "\(json)")
  }
}
