import Base
import Config
import Testing

/// What can be wrong with a file before a byte of it is read as JSON5.
@Suite struct FileTests {
  private func problems(_ loader: ConfigurationLoader) -> [Problem] {
    do {
      _ = try loader.load()
      return []
    } catch { return error.problems }
  }

  @Test func `no file at all is the offline configuration`() throws {
    let loaded = try Place().loader().load()
    #expect(loaded.configuration == Configuration())
    #expect(loaded.files.isEmpty && loaded.warnings.isEmpty)
    #expect(loaded.settings.allSatisfy { $0.source == .builtIn })
    #expect(loaded.configuration.defaults.chat == .provider("offline"))
  }

  @Test func `a file that was named must be there`() throws {
    var loader = try Place().loader()
    loader.explicitFile = "/nowhere/c.json5"
    let problem = try #require(problems(loader).first)
    #expect(problem.source == .file("/nowhere/c.json5", nil))
    #expect(problem.expected == "a readable file" && problem.found == "no such file")
    #expect(problem.suggestion == "create it, or correct the name")
  }

  @Test func `a folder, a pipe and a link to nothing are no files`() throws {
    let place = try Place()
    try place.makeFolder("etc/companiond.json5")
    #expect(problems(place.loader()).map(\.found) == ["a folder"])
    var other = place.loader()
    other.explicitFile = place.root + "/pipe"
    try place.makePipe("pipe")
    #expect(problems(other).map(\.found) == ["something that is not a file"])
    let linked = try Place()
    try linked.makeFolder("etc")
    try linked.link("etc/companiond.json5", to: "nothing")
    #expect(problems(linked.loader()).map(\.found) == ["a link to nothing"])
    #expect(problems(linked.loader()).map(\.suggestion) == ["mend or remove the link"])
  }

  @Test func `a file everybody can write is refused with the command to run`() throws {
    let place = try Place()
    let path = try place.write("etc/companiond.json5", "{}", mode: 0o602)
    let problem = try #require(problems(place.loader()).first)
    #expect(problem.found == "one that everybody can write" && problem.suggestion == "run: chmod o-w \(path)")
    try place.setMode("etc/companiond.json5", 0o664)
    #expect(problems(place.loader()).isEmpty)
  }

  @Test func `a path with signs the shell knows is quoted in the command`() throws {
    let place = try Place()
    try place.write("etc/conf.d/it's mine.json5", "{}", mode: 0o666)
    #expect(
      problems(place.loader()).map(\.suggestion) == [
        "run: chmod o-w '\(place.system)/conf.d/it'\\''s mine.json5'"
      ])
  }

  @Test func `a mebibyte is read, one byte more is refused without reading on`() throws {
    let place = try Place()
    let most = "{}" + String(repeating: " ", count: JSON5Reader.maxBytes - 2)
    try place.write("etc/companiond.json5", most)
    #expect(problems(place.loader()).isEmpty)
    try place.write("etc/companiond.json5", most + " ")
    #expect(problems(place.loader()).map(\.expected) == ["a file of at most 1048576 bytes"])
  }

  @Test func `bytes that are not UTF-8, and UTF-16, are told apart`() throws {
    let place = try Place()
    try place.write("etc/companiond.json5", Array("{\n  log: \"".utf8) + [0xFF])
    #expect(
      problems(place.loader()).map { place.plain("\($0.source) \($0.found ?? "")") } == [
        "etc/companiond.json5:2:9 the byte 0xff"
      ])
    try place.write("etc/companiond.json5", [0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00])
    #expect(problems(place.loader()).map(\.found) == ["UTF-16"])
    #expect(problems(place.loader()).map(\.suggestion) == ["save the file as UTF-8"])
  }

  @Test func `a byte order mark of UTF-8 does no harm`() throws {
    let loaded = try Place().load("\u{FEFF}{log: {level: 'debug'}}")
    #expect(loaded.configuration.log.level == .debug)
  }

  @Test func `sixty-four snippets are read, one more is refused`() throws {
    let place = try Place()
    for number in 1...64 { try place.write("etc/conf.d/\(number).json5", "{}") }
    #expect(problems(place.loader()).isEmpty)
    try place.write("etc/conf.d/65.json5", "{}")
    #expect(problems(place.loader()).map(\.found) == ["65"])
  }

  @Test func `what may not be read is a warning in the system's folder and an error in one's own`() throws {
    let place = try Place()
    try place.write("etc/companiond.json5", "{log: {level: 'debug'}}", mode: 0o000)
    try withoutPrivileges {
      let loaded = try place.loader().load()
      #expect(loaded.configuration.log.level == .info)
      #expect(loaded.warnings.map(\.found) == ["permission denied"])
      var whole = place.loader()
      whole.systemWide = true
      #expect(problems(whole).map(\.found) == ["permission denied"])
      #expect(
        problems(whole).map(\.suggestion) == [
          "see who may read it with: ls -l \(place.system)/companiond.json5"
        ])
    }
  }
}
