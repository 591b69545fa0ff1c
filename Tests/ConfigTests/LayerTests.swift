import Base
import Config
import Testing

@Suite struct LayerTests {
  @Test func `later layers stand above earlier ones, member by member`() throws {
    let place = try Place()
    try place.write(
      "etc/companiond.json5",
      "{pictures: {quality: 1, maxSide: 101, headerWidth: 101}, log: {level: 'trace'}}")
    try place.write("etc/conf.d/20.json5", "{pictures: {quality: 3}}")
    try place.write("etc/conf.d/10.json5", "{pictures: {quality: 2, maxSide: 102}}")
    try place.write("home/.config/companion/companiond.json5", "{log: {level: 'error'}}")
    try place.write("home/.config/companion/conf.d/a.json5", "{pictures: {headerWidth: 105}}")
    let loaded = try place.loader().load()
    #expect(loaded.configuration.pictures.quality == 3)
    #expect(loaded.configuration.pictures.maxSide == 102)
    #expect(loaded.configuration.pictures.headerWidth == 105)
    #expect(loaded.configuration.log.level == .error)
    #expect(
      loaded.files.map(place.plain) == [
        "etc/companiond.json5", "etc/conf.d/10.json5", "etc/conf.d/20.json5",
        "home/.config/companion/companiond.json5", "home/.config/companion/conf.d/a.json5",
      ])
    #expect(loaded.source(of: "pictures.maxSide").map { place.plain("\($0)") } == "etc/conf.d/10.json5:1:34")
    #expect(loaded.source(of: "pictures.fallback") == .builtIn)
  }

  @Test func `hidden files and those with another ending are not read`() throws {
    let place = try Place()
    try place.write("etc/conf.d/.a.json5", "broken")
    try place.write("etc/conf.d/b.json5~", "broken")
    try place.write("etc/conf.d/c.json", "broken")
    #expect(try place.loader().load().files.isEmpty)
  }

  @Test func `lists replace, and null takes away what an earlier layer gave`() throws {
    let place = try Place()
    try place.write(
      "etc/companiond.json5",
      "{providers: {a: {kind: 'ollama', models: ['x', 'y']}, b: {kind: 'ollama'}}, pictures: {quality: 5}}")
    try place.write(
      "home/.config/companion/companiond.json5",
      "{providers: {a: {models: ['z']}, b: null}, pictures: {quality: null}}")
    let configuration = try place.loader().load().configuration
    #expect(configuration.providers.map(\.name) == ["a", "offline", "placeholder"])
    #expect(configuration.provider("a")?.models == ["z"])
    #expect(configuration.pictures.quality == 85)
  }

  @Test func `a problem names the file it came from after merging`() throws {
    let place = try Place()
    try place.write("etc/companiond.json5", "{log: {level: 'info'}}")
    try place.write("etc/conf.d/1.json5", "{\nlog: {fromat: 'json'}, models: {m: ['nobody/x']}}")
    try place.write("home/.config/companion/companiond.json5", "{log: {level: 7}}")
    #expect {
      _ = try place.loader().load()
    } throws: { error in
      guard let errors = error as? ConfigurationErrors else { return false }
      return errors.problems.map { place.plain("\($0.source) \($0.path)") } == [
        "etc/conf.d/1.json5:2:7 log.fromat", "etc/conf.d/1.json5:2:37 models.m[0]",
        "home/.config/companion/companiond.json5:1:15 log.level",
      ]
    }
  }

  @Test func `syntax errors of several files are told together`() throws {
    let place = try Place()
    try place.write("etc/companiond.json5", "{")
    try place.write("etc/conf.d/1.json5", "{models: {m: ['nobody/x']}}")
    try place.write("home/.config/companion/companiond.json5", "[")
    #expect {
      _ = try place.loader().load()
    } throws: { error in
      guard let errors = error as? ConfigurationErrors else { return false }
      return errors.problems.map { place.plain("\($0.source)") } == [
        "etc/companiond.json5:1:2", "home/.config/companion/companiond.json5:1:2",
      ]
    }
  }

  @Test func `a system-wide daemon reads the system's folder only, and knows no home`() throws {
    let place = try Place()
    try place.write("etc/companiond.json5", "{pictures: {quality: 1}}")
    try place.write("home/.config/companion/companiond.json5", "{pictures: {quality: 2}}")
    var loader = place.loader(["XDG_CONFIG_HOME": place.root + "/home/.config"])
    loader.systemWide = true
    #expect(try loader.load().configuration.pictures.quality == 1)
    #expect(loader.userFolder == nil)
    try place.write("etc/conf.d/b.json5", "{backups: {folders: ['~/b']}}")
    #expect {
      _ = try loader.load()
    } throws: { error in
      (error as? ConfigurationErrors)?.problems.map(\.suggestion) == ["write the path in full"]
    }
  }

  @Test func `a file that was named is the only one`() throws {
    let place = try Place()
    try place.write("etc/companiond.json5", "broken")
    var loader = place.loader()
    loader.explicitFile = try place.write("mine.json5", "{pictures: {quality: 9}}")
    #expect(try loader.load().configuration.pictures.quality == 9)
  }

  @Test func `XDG_CONFIG_HOME counts when it is absolute`() throws {
    let place = try Place()
    try place.write("home/.config/companion/companiond.json5", "{pictures: {quality: 2}}")
    try place.write("xdg/companion/companiond.json5", "{pictures: {quality: 3}}")
    #expect(
      try place.loader(["XDG_CONFIG_HOME": place.root + "/xdg"]).load().configuration.pictures.quality == 3)
    #expect(try place.loader(["XDG_CONFIG_HOME": "xdg"]).load().configuration.pictures.quality == 2)
  }

  // MARK: The environment

  @Test func `variables stand above files, and the option above all`() throws {
    let place = try Place()
    try place.write("etc/companiond.json5", "{log: {level: 'error'}, limits: {messagesPerMinute: 1}}")
    var loader = place.loader([
      "COMPANION_LOG_LEVEL": "debug", "COMPANION_LIMITS_MESSAGES_PER_MINUTE": "0",
      "COMPANION_PROMPT_REPLY_TEMPERATURE": "1.25", "COMPANION_DEFAULTS_CHAT": "offline",
      "COMPANION_LOG_FORMAT": "",
    ])
    var loaded = try loader.load()
    #expect(loaded.configuration.log.level == .debug)
    #expect(loaded.configuration.limits.messagesPerMinute == 0)
    #expect(loaded.configuration.prompt.reply.temperature == 1.25)
    #expect(loaded.configuration.log.format == .auto)
    #expect(loaded.source(of: "log.level") == .environment("COMPANION_LOG_LEVEL"))
    loader.logLevel = "fault"
    loaded = try loader.load()
    #expect(loaded.configuration.log.level == .fault)
    #expect(loaded.source(of: "log.level") == .option("--log-level"))
  }

  @Test func `a wrong variable is named with its path and need`() throws {
    let place = try Place()
    var loader = place.loader(["COMPANION_LIMITS_PICTURES_PER_HOUR": "many"])
    loader.logLevel = "loud"
    #expect {
      _ = try loader.load()
    } throws: { error in
      (error as? ConfigurationErrors)?.problems.map { "\($0.source) \($0.path) \($0.expected)" } == [
        "environment COMPANION_LIMITS_PICTURES_PER_HOUR limits.picturesPerHour a whole number from 0 to 100000",
        "--log-level log.level one of \"trace\", \"debug\", \"info\", \"notice\", \"warning\", \"error\", \"fault\"",
      ]
    }
  }

  @Test func `a mistyped variable is a warning, another program's is none of ours`() throws {
    let loader = try Place().loader([
      "COMPANION_LOG_LEVLE": "debug", "COMPANION_SOCKET": "/x", "COMPANION_CUBE": "1",
    ])
    let warnings = try loader.load().warnings
    #expect(warnings.map(\.suggestion) == ["did you mean COMPANION_LOG_LEVEL?"])
  }
}
