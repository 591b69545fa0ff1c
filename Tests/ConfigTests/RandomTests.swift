import Base
import Config
import Testing

@Suite struct RandomTests {
  private static let canary = "sk-canary-9f8e7d6c5b4a39281706"

  private func errors(_ loader: ConfigurationLoader) -> String? {
    do {
      _ = try loader.load()
      return nil
    } catch { return error.description }
  }

  @Test func `a key in any wrong place is not repeated by the error`() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var random = RandomSource.seeded(seed)
    let place = try Place()
    var loader = place.loader()
    var refused = 0
    for round in 0..<600 {
      var words = [
        "openai", "http://127.0.0.1/v1", Self.canary, "gemma", "X-Title", "fal", "k", "home/gemma", "main",
        "home",
        "none", "/b", "info", "auto",
      ].shuffled(using: &random).map { "'\($0)'" }
      // A key may also stand where a name belongs.
      if round % 3 == 0, let key = words.firstIndex(of: "'\(Self.canary)'") {
        words.swapAt(key, [4, 8, 9][round % 9 / 3])
      }
      let text = """
        {providers: {home: {kind: \(words[0]), url: \(words[1]), key: \(words[2]), models: [\(words[3])],
          headers: {\(words[4]): 'c'}}, f: {kind: \(words[5]), keyFile: \(words[6])}, \(words[9]): {}},
        models: {\(words[8]): [\(words[7])]}, defaults: {chat: \(words[7]), \(words[4]): 1},
        pictures: {fallback: \(words[10])}, backups: {folders: [\(words[11])], keepDays: \(words[3])},
        log: {level: \(words[12]), format: \(words[13])}, \(words[8]): 1}
        """
      loader.explicitFile = try place.write("etc/c.json5", text)
      guard let report = errors(loader) else { continue }
      refused += 1
      #expect(!report.contains("canary"), "seed \(seed) round \(round): \(text)\n\(report)")
    }
    #expect(refused == 600)
  }

  @Test func `a damaged file is refused or read, and its keys stay hidden`() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var random = RandomSource.seeded(seed)
    let place = try Place()
    try place.write("etc/k", "kept")
    let sound = Array(
      """
      { // remark
        providers: {home: {kind: 'openai', url: 'http://127.0.0.1:8080/v1', key: '\(Self.canary)'},
          fal: {kind: "fal", keyFile: 'k', headers: {'X-Key': '\(Self.canary)'}, totalTimeout: 60.5}},
        models: {main: ['home/gemma',]}, defaults: {chat: 'main'}, limits: {maxConnections: 0x10},
      }
      """.utf8)
    let marks = Array("{}[],:'\"0x.+-/*\\ \nNak".utf8)
    var loader = place.loader()
    var loads = 0
    for round in 0..<600 {
      var bytes = sound
      for _ in 0...Int.random(in: 0..<2, using: &random) {
        let at = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes.remove(at: at)
        case 1: bytes.insert(marks[Int.random(in: 0..<marks.count, using: &random)], at: at)
        case 2: bytes[at] = UInt8.random(in: 0...255, using: &random)
        default: bytes.removeSubrange(at..<min(bytes.count, at + 9))
        }
      }
      loader.explicitFile = try place.write("etc/c.json5", bytes)
      guard let report = errors(loader) else {
        loads += 1
        continue
      }
      #expect(!report.contains("9f8e7d6c5b4a39281706"), "seed \(seed) round \(round): \(report)")
    }
    #expect(loads > 40 && loads < 560, "seed \(seed): \(loads)")
  }
}
