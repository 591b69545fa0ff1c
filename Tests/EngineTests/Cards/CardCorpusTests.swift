import FoundationEssentials
import Testing

@Suite struct CardCorpusTests {
  @Test func `the reader of cards stands every input of the corpus, and its beginnings`() throws {
    let root = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
    let folder = "\(root)/Tests/Corpus/cards"
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(names.count >= 15)
    for name in names {
      let bytes = Array(try Data(contentsOf: URL(filePath: "\(folder)/\(name)")))
      CardInvariants.check(bytes)
      for count in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 64)) {
        CardInvariants.check(Array(bytes[..<count]))
      }
    }
  }
}
