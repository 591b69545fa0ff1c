import Base
import Testing

@testable import Engine

/// What is held back, and where a reply ends, when a model begins to speak for the person.
@Suite struct PersonsLineTests {
  private func run(
    _ pieces: [String], names: [String] = ["Ada", "User"], after old: String = ""
  ) -> (text: String, hasStopped: Bool) {
    var filter = PersonsLineFilter(names: names, after: old)
    var text = ""
    for piece in pieces { text += filter.pass(piece) }
    if !filter.hasStopped { text += filter.flush() }
    return (text, filter.hasStopped)
  }

  @Test(arguments: [
    "\nUser: hi", "\n\nUser: hi", "\r\nUser: hi", "\nAda: hi", "\n  Ada : hi", "\n**User:** hi",
    "\n**Ada**: hi",
    "\n### User: hi", "\n_Ada_: hi", "\n[User]: hi", "\nAda： hi", " \n \n Ada:",
  ])
  func `the person's line ends the reply however it is written and cut`(_ line: String) {
    let whole = "Good evening." + line
    let kept = line.hasPrefix(" ") ? "Good evening. " : "Good evening."
    for cut in 0...whole.unicodeScalars.count {
      let scalars = Array(whole.unicodeScalars)
      func text(_ part: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: part)
        return String(view)
      }
      let result = run([text(scalars[..<cut]), text(scalars[cut...])])
      #expect(result.hasStopped && result.text == kept, "cut at \(cut)")
    }
    let single = run(whole.unicodeScalars.map { String($0) })
    #expect(single.hasStopped && single.text == kept)
  }

  @Test func `a reply that begins with the person's line is empty`() {
    #expect(run(["User: what", " now"]) == ("", true))
    #expect(run(["\n\nAda:"]) == ("", true))
    #expect(run(["User: later"], after: "It went on") == ("User: later", false), "in the middle of a line")
    #expect(run(["User: later"], after: "It went on\n") == ("", true))
  }

  @Test(arguments: [
    "The User: a study", "\nUsers: many", "\nuser: root\npassword: x", "\nUser is a word.", "\nAdam: hello",
    "\nUser",
    "\n* one\n* two: three", "\n****** User:", "\nUser ******: no", "Ada, listen: no", "\n\n\n", "\nUs\nAd",
    "",
  ])
  func `what only resembles it is shown to the last byte`(_ text: String) {
    #expect(run([text]) == (text, false))
    #expect(run(text.unicodeScalars.map { String($0) }) == (text, false))
  }

  @Test func `what is held back has a limit`() {
    var filter = PersonsLineFilter(names: ["User"])
    let long = String(repeating: "\n", count: 256)
    #expect(filter.pass(long) == "")
    #expect(filter.pass("\n") == long)
    #expect(filter.pass("User:") == "" && filter.hasStopped)
  }

  @Test func `a random cut changes nothing`() {
    let seed = UInt64.random(in: 0...UInt64(UInt32.max))
    print("seed \(seed)")
    var random = RandomSource.seeded(seed)
    let words = ["User", "Ada", ":", "\n", " ", "*", "é", "👋🏽", "Adam", "\r\n", "x"]
    for round in 0..<500 {
      let text = (0..<12).map { _ in words.randomElement(using: &random) ?? "" }.joined()
      var pieces: [String] = [""]
      for scalar in text.unicodeScalars {
        if Bool.random(using: &random) { pieces.append("") }
        pieces[pieces.count - 1].unicodeScalars.append(scalar)
      }
      #expect(run(pieces) == run([text]), "seed \(seed), round \(round): \(text)")
    }
  }
}
