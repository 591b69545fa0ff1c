import Testing

@testable import Engine

/// What a model writes for programs, and what only looks like it.
@Suite struct ControlTagTests {
  private func filtered(_ pieces: [String]) -> (text: String, hasStopped: Bool) {
    var filter = ControlTagFilter()
    var text = pieces.map { filter.pass($0) }.joined()
    if !filter.hasStopped { text += filter.flush() }
    return (text, filter.hasStopped)
  }

  @Test(arguments: [
    ("Hello. <scene>{\"location\":\"the pier\"}</scene>", "Hello. "),
    ("Hello. <state>\nmood: calm < happy\n</state>There.", "Hello. There."),
    ("A<SCENE at=\"now\">x</Scene>B", "AB"), ("A<mood/>B", "AB"), ("A</mood>B", "AB"),
    ("A<outfit kind='x' />B", "AB"), ("A <suggestions>one<b>two</b>", "A "), ("A <scene", "A <scene"),
    ("<|im_start|>Hello", "Hello"), ("</s>\nHello", "\nHello"), ("<<scene>x</scene>", "<"),
    ("A <scene>`</scene>B", "A B"),
  ])
  func `an element goes with what it holds, however it is cut`(_ text: String, _ expected: String) {
    for pieces in Cuts.of(text) { #expect(filtered(pieces) == (expected, false), "\(pieces)") }
  }

  @Test(arguments: [
    "<|im_end|>", "<|eot_id|>", "<|end_of_text|>", "<\u{ff5c}end\u{2581}of\u{2581}sentence\u{ff5c}>",
    "<end_of_turn>", "</s>",
    "[INST]", "<|im_start|>",
  ])
  func `a template's mark ends the reply`(_ mark: String) {
    for pieces in Cuts.of("Good night.\n\(mark)user\nAnd then?") {
      #expect(filtered(pieces) == ("Good night.\n", true), "\(pieces)")
    }
  }

  @Test(arguments: [
    "I <3 you", "a < b and c > d", "<b>bold</b> and <i>not</i>", "<scenery>", "<state of mind> is a song",
    "[sic] [INS] <",
    "`<scene>x</scene>` is how", "```html\n<state>x</state>\n<|im_end|>\n```\nand on", "``<mood/>`` here",
    "<|> <||> <| not |>",
    "[a list](of links)", "1 << 3", "<s> struck", "<-- here", "", "[", "<scene is set>",
  ])
  func `what only resembles them is shown to the last byte`(_ text: String) {
    for pieces in Cuts.of(text) { #expect(filtered(pieces) == (text, false), "\(pieces)") }
  }

  @Test func `an element without an end is let go at its limit`() {
    let begin = "<scene>"
    let full = begin + String(repeating: "x", count: ControlTagFilter.longestElement - begin.count)
    #expect(filtered([full]) == ("", false))
    #expect(filtered([full + "x"]) == (full + "x", false))
    #expect(filtered(["<scene " + String(repeating: "x", count: 400)]).text.count == 407)
  }
}
