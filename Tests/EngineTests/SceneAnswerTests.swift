import Engine
import FoundationEssentials
import Model
import TestSupport
import Testing

/// What a model says about a scene, and what it makes of it.
@Suite struct SceneAnswerTests {
  private struct Day: Decodable {
    struct Companion: Decodable { var defaultOutfit: String }
    struct Turn: Decodable {
      struct Scene: Decodable {
        var location: String?
        var action: String?
        var visible: [String]
      }
      var id: String
      var parent: String?
      var analysis: String
      var scene: Scene
    }
    var companion: Companion
    var turns: [Turn]
  }

  @Test func `a day of forty turns on three branches comes out as it was written down`() throws {
    let day = try JSONDecoder().decode(Day.self, from: Data(SceneCorpus.text("scene-day.json").utf8))
    #expect(day.turns.count == 40)
    let dawn = SceneState(outfit: try #require(SceneChange.outfit(in: day.companion.defaultOutfit)))
    var after: [String: SceneState] = [:]
    for turn in day.turns {
      let before = try turn.parent.map { try #require(after[$0]) } ?? dawn
      let scene = SceneAnswer(turn.analysis).map { SceneChange.apply($0, to: before) } ?? before
      after[turn.id] = scene
      #expect(Set(VisibleOutfit(scene.outfit).visible.map(\.name)) == Set(turn.scene.visible), "\(turn.id)")
      #expect(scene.location == turn.scene.location, "\(turn.id)")
      #expect(scene.action == turn.scene.action, "\(turn.id)")
    }
  }

  @Test func `fences, prose, comments and trailing commas are read through`() {
    let wanted = SceneAnswer(location: "the quay")
    for text in [
      #"{"location":"the quay"}"#, "```json\n{\"location\": \"the quay\",}\n```",
      #"Sure! {"location":"the quay"} Done."#,
      #"{'location': 'the quay'}"#, "{location: \"the quay\" /* they walked */}",
      #"{"location":"  the\n quay "}"#,
    ] {
      #expect(SceneAnswer(text) == wanted, "\(text)")
    }
  }

  @Test func `what is no whole object is no answer`() {
    for text in [
      "", "nothing changed", #"{"location": "the edge of the wat"#, #"{"outfit": {"add": ["hat"]}, "loc"#,
      "{{{{", "[1]", "{]",
    ] {
      #expect(SceneAnswer(text) == nil, "\(text)")
    }
    #expect(SceneAnswer(String(repeating: "{\"a\":", count: 100_000)) == nil)
  }

  @Test func `a field of a wrong type is unchanged, the others apply`() {
    #expect(SceneAnswer(#"{"outfit": 42, "location": false, "action": {}}"#)?.isEmpty == true)
    #expect(SceneAnswer(#"{"outfit": 42, "action": "reading"}"#) == SceneAnswer(action: "reading"))
    #expect(
      SceneAnswer(#"{"outfit": {"add": ["a red hat", 7, null], "remove": "gloves"}}"#)
        == SceneAnswer(outfit: .change(add: ["a red hat"], remove: ["gloves"])))
    #expect(SceneAnswer(#"{"outfit": "unchanged", "location": "same.", "action": "none"}"#)?.isEmpty == true)
  }

  @Test func `phrases are one line of at most two hundred bytes, lists have at most thirty-two items`() {
    let limit = SceneAnswer.longestPhrase
    #expect(
      SceneAnswer(#"{"action":"\#(String(repeating: "a", count: limit - 1))"}"#)?.action?.count == limit - 1)
    #expect(
      SceneAnswer(#"{"action":"\#(String(repeating: "a", count: limit + 9))"}"#)?.action?.count == limit - 1)
    #expect(SceneAnswer(#"{"action":"a\u001b[31mb\u0000c"}"#)?.action == "a[31mbc")
    let many = (0..<50).map { "\"hat \($0)\"" }.joined(separator: ",")
    guard case .change(let add, _)? = SceneAnswer(#"{"outfit":{"add":[\#(many)]}}"#)?.outfit else {
      Issue.record("no change was read")
      return
    }
    #expect(add.count == SceneAnswer.mostItems)
  }

  // MARK: What it makes of a scene

  private func outfit(_ before: String, add: [String] = [], remove: [String] = []) -> [String] {
    let scene = SceneState(outfit: OutfitReader.garments(in: before))
    return SceneChange.apply(SceneAnswer(outfit: .change(add: add, remove: remove)), to: scene).outfit.map(
      \.name)
  }

  @Test func `taking off goes by whole words, an exact name before a part of one`() {
    #expect(outfit("unzipped jacket, jeans", remove: ["zipped jacket"]) == ["unzipped jacket", "jeans"])
    #expect(outfit("open yellow raincoat, jeans", remove: ["the yellow raincoat"]) == ["jeans"])
    #expect(outfit("shirt, white shirt", remove: ["shirt"]) == ["white shirt"])
    #expect(outfit("red scarf, blue scarf", remove: ["scarf"]) == ["red scarf"])
    #expect(outfit("jeans", remove: ["green hat", "", "the"]) == ["jeans"])
  }

  @Test func `putting on twice, or buttoned and then open, is still one garment`() {
    #expect(outfit("jeans", add: ["jeans", "red hat", "red hat"]) == ["jeans", "red hat"])
    #expect(outfit("buttoned coat, jeans", add: ["open coat"]) == ["jeans", "open coat"])
  }

  @Test func `an item that no table knows is an accessory, and no outfit grows without end`() {
    #expect(outfit("jeans", add: ["a glittering whatsit"]) == ["jeans", "glittering whatsit"])
    let many = (0..<100).map { "number\($0) hat" }
    #expect(outfit("jeans", add: many).count == SceneChange.mostGarments)
  }

  @Test func `a whole outfit replaces the other, bare skin is one, and talk about something else is none`() {
    let scene = SceneState(outfit: OutfitReader.garments(in: "jeans"))
    func all(_ text: String) -> [String] {
      SceneChange.apply(SceneAnswer(outfit: .all(text)), to: scene).outfit.map(\.name)
    }
    #expect(all("a red dress and sandals") == ["red dress", "sandals"])
    #expect(all("nothing at all") == [])
    #expect(all("what she always has on") == ["jeans"])
  }
}
