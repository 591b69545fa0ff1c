import Base
import Testing

@testable import Engine

/// Replies that go round in circles, and texts that repeat themselves for a reason.
@Suite struct LoopTests {
  /// How many scalars were shown when it was noticed.
  private func noticed(_ text: String, inPiecesOf size: Int = 5) -> Int? {
    var detector = LoopDetector()
    var shown = 0
    let scalars = Array(text.unicodeScalars)
    for start in stride(from: 0, to: scalars.count, by: size) {
      var view = String.UnicodeScalarView()
      view.append(contentsOf: scalars[start..<min(start + size, scalars.count)])
      shown += view.count
      if detector.notices(String(view)) { return shown }
    }
    return nil
  }

  private func round(_ piece: String, _ times: Int) -> String { String(repeating: piece, count: times) }

  @Test(arguments: [
    "I love you. ", "He walks to the window, looks at the rain, and says nothing at all for a while.\n\n",
    "a", "ab", "no ", "\n",
    "\u{1f600}",
  ])
  func `a piece that comes again and again is noticed, whatever came before`(_ piece: String) {
    let text = "It began well enough, with some words about the sea. " + round(piece, 400)
    let end = noticed(text)
    #expect(end != nil)
    if let end { #expect(end <= 60 + max(LoopDetector.leastText, piece.unicodeScalars.count * 6) + 130) }
    // Wherever it is cut, it is noticed at the same scalar.
    #expect(end == noticed(text, inPiecesOf: 1).map { ($0 + 4) / 5 * 5 })
  }

  @Test func `the longest piece counts after four rounds, and one longer never`() {
    let seed = UInt64.random(in: 0...UInt64(UInt32.max))
    print("seed \(seed)")
    var random = RandomSource.seeded(seed)
    func piece(_ count: Int) -> String {
      String((0..<count).map { _ in Character(UnicodeScalar(UInt8.random(in: 97...122, using: &random))) })
    }
    let longest = piece(LoopDetector.longestPiece)
    #expect(noticed(round(longest, 4)) == nil || noticed(round(longest, 4)) ?? 0 > longest.count * 3)
    #expect(noticed(round(longest, 6)) != nil)
    #expect(noticed(round(piece(LoopDetector.longestPiece + 1), 8)) == nil)
  }

  private static let verse = "We sail, we sail, and the night is long, and the harbour is far away.\n"
  private static let song: String = [verse, verse, verse, "A verse about the moon.\n", verse, verse, verse]
    .joined()
  private static let laughter: String = "Ha" + String(repeating: "ha", count: 60) + "!"
  private static let rule: String = String(repeating: "-", count: 200) + "\n"
  private static let refusal: String = String(repeating: "No, no, no! ", count: 8)
  private static let table: String = String(repeating: "| a | b | c |\n", count: 12) + "That is the table."
  private static let bottles: String = (1...200).map { "\($0) green bottles hanging on the wall,\n" }.joined()

  @Test(arguments: [song, laughter, rule, refusal, table, bottles])
  func `songs, laughter, rules and tables are none`(_ text: String) {
    #expect(noticed(text) == nil)
    #expect(noticed(text, inPiecesOf: 1) == nil)
  }
}
