import FoundationEssentials
import Testing
import Wire

@Suite struct CorpusTests {
  @Test func `the parsers stand every input of the corpus, and its beginnings`() throws {
    let folder = "Tests/Corpus/wire"
    let names = try House.names(in: folder)
    #expect(names.count >= 20)
    for name in names {
      let bytes = Array(try Data(contentsOf: URL(filePath: House.path("\(folder)/\(name)"))))
      WireInvariants.check(bytes)
      for count in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 64)) {
        WireInvariants.check(Array(bytes[..<count]))
      }
    }
  }

  @Test func `the parsers stand random and mutated lines`() {
    let seed = UInt64.random(in: .min ... .max)
    // A trap ends the run, so the seed must be out before.
    print("CorpusTests seed \(seed)")
    var generator = LineGenerator(seed: seed)
    for _ in 0..<5000 { WireInvariants.check(generator.line()) }
  }
}
