import Base
import Testing

@testable import Store

/// An entry can only be taken back with the very text it was made of, so what it consists of may never change.
@Suite struct SearchTermsTests {
  @Test func `an entry has words, their parts, pairs and characters, and says where it belongs`() {
    #expect(
      SearchTerms.entry("Hello, ÉTÉ ab 漢字x!", chat: 7, companion: 12)
        == "hello ·hel ·ell ·llo ete ab 漢字 漢 字 x §c7 §o12 §")
    #expect(SearchTerms.entry("", chat: 1, companion: 2) == "§c1 §o2 §")
  }

  @Test func `random texts have the entries that their runs make`() {
    let seed = UInt64.random(in: 0 ... .max)
    var random = RandomSource.seeded(seed)
    let letters = Array("abcABCxyz 09 ,.é\u{301}ß漢字かナ👋🏽\u{FE0F}ไทยÅｗ\n—").flatMap(\.unicodeScalars)
    for _ in 0..<500 {
      var text = ""
      for _ in 0..<Int.random(in: 0...200, using: &random) {
        text.unicodeScalars.append(letters.randomElement(using: &random) ?? "a")
      }
      #expect(
        SearchTerms.entry(text, chat: 1, companion: 2) == Self.entry(of: SearchRun.runs(of: text))
          + "§c1 §o2 §",
        "seed \(seed)")
    }
  }

  private static func entry(of runs: [SearchRun]) -> String {
    var terms: [[Unicode.Scalar]] = []
    for run in runs {
      let scalars = run.scalars
      switch run.kind {
      case .symbol: terms.append(scalars)
      case .unspaced:
        for index in scalars.indices.dropLast() { terms.append(Array(scalars[index...index + 1])) }
        terms += scalars.map { [$0] }
      case .word:
        terms.append(scalars)
        guard scalars.count > 3 else { continue }
        for index in scalars.indices.dropLast(2) { terms.append(["·"] + scalars[index...index + 2]) }
      }
    }
    return terms.map { term in String(String.UnicodeScalarView(term)) + " " }.joined()
  }
}
