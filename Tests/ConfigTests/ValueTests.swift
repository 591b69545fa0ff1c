import Base
import Config
import FoundationEssentials
import Testing

@Suite struct ValueTests {
  /// The example of the reference, which people copy: what it says must be true.
  private static var reference: String {
    get throws {
      var folder = URL(filePath: #filePath)
      for _ in 0..<3 { folder.deleteLastPathComponent() }
      return try String(contentsOf: folder.appending(path: "contrib/doc/configuration.md"), encoding: .utf8)
    }
  }

  private func examples() throws -> [String] {
    try Self.reference.split(separator: "```json5\n").dropFirst().compactMap {
      $0.split(separator: "```").first.map(String.init)
    }
  }

  private func place() throws -> Place {
    let place = try Place()
    for name in ["novita.key", "anthropic.key", "fal.key"] { try place.write("etc/" + name, name) }
    try place.write("etc/portrait.json", "{}")
    return place
  }

  @Test func `every example of the reference loads`() throws {
    let examples = try examples()
    #expect(examples.count >= 2)
    for example in examples { #expect(try place().problems(example) == [], "\(example)") }
  }

  @Test func `the reference names every key and only known variables`() throws {
    let text = try Self.reference
    let loaded = try place().load(
      """
      {providers: {NAME: {kind: 'openai', url: 'http://x'}, c: {kind: 'comfyui'}}}
      """)
    for key in loaded.keys {
      let name = key.split(separator: ".").last.map(String.init) ?? key
      #expect(text.contains("`\(name)`") || text.contains("`\(key)`"), "\(key) is not described")
    }
    for word in text.split(whereSeparator: { !$0.isLetter && $0 != "_" }) where word.hasPrefix("COMPANION_") {
      #expect(loaded.variables.contains(String(word)) || word == "COMPANION_", "\(word) is not heard")
    }
  }

  @Test func `the reference tells the defaults as they are`() throws {
    let text = try Self.reference
    let loaded = try Place().loader().load()
    for setting in loaded.settings where setting.steps.first != "defaults" {
      guard let name = setting.steps.last else { continue }
      let value: String
      switch setting.value {
      case .integer(let integer): value = "\(integer)"
      case .number(let number): value = number == number.rounded() ? "\(Int(number))" : "\(number)"
      case .text(let text): value = "\"\(text)\""
      default: continue
      }
      let row = text.split(separator: "\n").contains { line in
        line.hasPrefix("| `") && line.contains("`\(name)`") && line.contains("| `\(value)` |")
      }
      #expect(row, "no row says that \(setting.path) is \(value)")
    }
  }

  @Test func `the whole example becomes values`() throws {
    let configuration = try place().load(try #require(try examples().first)).configuration
    let home = try #require(configuration.provider("home"))
    #expect(home.kind == .openai && home.url?.text == "http://127.0.0.1:8080/v1" && home.concurrency == 2)
    #expect(home.firstTokenTimeout == .seconds(300) && home.tokenTimeout == .seconds(60))
    #expect(configuration.provider("novita")?.key?.reveal() == "novita.key")
    #expect(configuration.provider("claude")?.url?.text == "https://api.anthropic.com/v1")
    #expect(configuration.provider("ollama")?.url?.isLoopback == true)
    #expect(configuration.defaults.chat == .list("main"))
    #expect(configuration.defaults.edit == .model(provider: "fal", model: "nano-banana/edit"))
    #expect(configuration.members(of: .list("main")).first == .model(provider: "home", model: "gemma"))
    #expect(configuration.members(of: .provider("home")) == [.provider("home")])
  }

  @Test func `without defaults the first provider that can do it is taken`() throws {
    let configuration = try Place().load(
      "{providers: {f: {kind: 'forge'}, g: {kind: 'ollama'}, h: {kind: 'ollama'}}}"
    ).configuration
    #expect(configuration.defaults.chat == .provider("g") && configuration.defaults.fast == .provider("g"))
    #expect(configuration.defaults.picture == .provider("f"))
    #expect(configuration.defaults.vision == nil && configuration.defaults.embedding == nil)
  }

  @Test func `a server on this machine gets one request at a time and longer to wake`() throws {
    let configuration = try Place().load(
      "{providers: {near: {kind: 'ollama'}, far: {kind: 'openai', url: 'https://x.example/v1', contextTokens: 4096}}}"
    ).configuration
    #expect(
      configuration.provider("near")?.concurrency == 1 && configuration.provider("far")?.concurrency == 4)
    #expect(configuration.provider("near")?.firstTokenTimeout == .seconds(300))
    #expect(configuration.provider("far")?.firstTokenTimeout == .seconds(120))
    #expect(configuration.provider("far")?.contextTokens == 4096)
  }

  @Test func `limits go where they belong, each at its bounds and one past`() throws {
    let place = try Place()
    func load(_ text: String) throws -> Limits { try place.load("{limits: {\(text)}}").configuration.limits }
    #expect(try load("messagesPerMinute: 0, picturesPerHour: 100000").messagesPerMinute == 0)
    #expect(try load("maxConnections: 0x10000").maxConnections == 65_536)
    #expect(try load("transferLifetime: 60.5").transferLifetime == .milliseconds(60_500))
    #expect(try load("maxLineBytes: 2097152").maxLineBytes == 2 << 20)
    for past in [
      "messagesPerMinute: -1", "picturesPerHour: 100001", "maxConnections: 0", "maxConnections: 65537",
      "transferLifetime: 59.999", "maxLineBytes: 2097151",
    ] {
      #expect(try place.problems("{limits: {\(past)}}").count == 1, "\(past)")
    }
  }

  @Test(arguments: [
    ("http://x", "x"), ("HTTPS://API.Example.com:443/v1/", "api.example.com"),
    ("http://[fe80::1]:80/x", "fe80::1"),
    ("http://my_box:1", "my_box"), ("https://10.0.0.1/a%20b", "10.0.0.1"),
  ])
  func `an address is kept as written and its host is known`(text: String, host: String) throws {
    let url = try BaseURL(text)
    #expect(url.text == text && url.host == host)
    #expect(url.isEncrypted == text.lowercased().hasPrefix("https"))
  }

  @Test(arguments: [
    "", "x", "http://", "http://:80", "http://x:", "http://x:0", "http://x:65536", "http://x:8o",
    "http://a..b",
    "http://[::1", "http://[x]", "http://[::1]x", "http://x y", "http://x?key=1", "http://x#a", "http://a@b",
    "http://x\\y", "http://é", "file:///x", "http//x", "http://x:+80",
    "http://" + String(repeating: "a", count: 64),
  ])
  func `what is no address is refused`(text: String) {
    #expect(throws: BaseURL.Flaw.self) { _ = try BaseURL(text) }
  }

  @Test func `a reload can say what changed`() throws {
    let place = try place()
    let old = try place.load(
      "{providers: {a: {kind: 'ollama'}, b: {kind: 'fal', keyFile: 'fal.key'}, c: {kind: 'forge'}}, log: {level: 'info'}}"
    )
    #expect(
      try place.load(
        "{providers: {c: {kind: 'forge'}, a: {kind: 'ollama'}, b: {kind: 'fal', keyFile: 'fal.key'}}, defaults: {picture: 'b'}}"
      ).difference(from: old).isEmpty)
    try place.write("etc/fal.key", "another")
    let new = try place.load(
      """
      {providers: {a: {kind: 'ollama', concurrency: 2, contextTokens: 2048}, b: {kind: 'fal', keyFile: 'fal.key'}},
       models: {m: ['a/x']}, defaults: {picture: 'b'}, log: {level: 'debug', format: 'json'},
       limits: {messagesPerMinute: 5, maxConnections: 5}}
      """)
    #expect(
      new.difference(from: old).map(\.description) == [
        "providers.a", "providers.b", "models.m", "limits.messagesPerMinute",
        "limits.maxConnections (after a restart)", "log.level", "log.format (after a restart)", "providers.c",
      ])
    #expect(new.difference(from: new).isEmpty)
  }
}
