import Model
import Testing

@testable import Engine

/// What pictures are asked for with.
@Suite struct PicturePromptTests {
  private func composer(_ change: (inout PicturePromptComposer) -> Void = { _ in }) -> PicturePromptComposer {
    var persona = Persona(name: "Mira")
    persona.appearance = "red hair, green eyes"
    var composer = PicturePromptComposer(
      persona: persona,
      scene: SceneState(
        outfit: [
          Garment(name: "black panties", slot: .legs, layer: .under),
          Garment(name: "blue jeans", slot: .legs, layer: .base),
          Garment(name: "denim jacket", slot: .torso, layer: .outer, open: true),
          Garment(name: "white shirt", slot: .torso, layer: .base),
          Garment(name: "straw hat", slot: .head, layer: .outer, worn: false),
        ], location: "the harbour", action: "mending a net"),
      rule: RatingRule(.general, for: persona), minute: 18 * 60 + 30)
    change(&composer)
    return composer
  }

  @Test func `tags come in order, without what is covered or off`() {
    #expect(
      composer().compose().text
        == "masterpiece, best quality, highly detailed, safe for work, fully clothed, solo, medium shot, red hair, green eyes, "
        + "blue jeans, open denim jacket, white shirt, mending a net, at the harbour, golden hour")
  }

  @Test func `a sentence says the same`() {
    #expect(
      composer { $0.form = .sentence }.compose().text
        == "Safe for work, fully clothed, a medium shot, red hair, green eyes, wearing blue jeans, open denim jacket and white "
        + "shirt, mending a net, at the harbour, golden hour.")
  }

  @Test func `each kind has its camera, and a background has nobody in it`() {
    let background = composer { $0.kind = .background }.compose().text
    #expect(background.contains("no humans") && background.contains("harbour"))
    #expect(
      !background.contains("red hair") && !background.contains("jeans") && !background.contains("mending"))
    #expect(composer { $0.kind = .selfie }.compose().text.contains("selfie, looking at viewer"))
    let portrait = composer { $0.kind = .portrait }.compose().text
    #expect(
      portrait.contains("head and shoulders") && !portrait.contains("harbour")
        && portrait.contains("red hair"))
  }

  @Test func `the least important goes first when there is no room, and safety never`() {
    let whole = composer().compose()
    var lost: [String] = []
    for limit in stride(from: whole.text.utf8.count, through: 1, by: -1) {
      let prompt = composer { $0.limit = limit }.compose()
      for part in prompt.parts where part.isDropped && !lost.contains(part.name) { lost.append(part.name) }
      #expect(prompt.text.contains("safe for work"))
      if prompt.parts.contains(where: { !$0.isDropped && $0.weight != nil }) {
        #expect(prompt.text.utf8.count <= limit, "\(limit)")
      }
    }
    #expect(lost == ["quality", "light", "camera", "location", "action", "outfit", "appearance"])
    #expect(composer { $0.limit = whole.text.utf8.count }.compose() == whole)
    let shorter = composer { $0.limit = whole.text.utf8.count - 1 }.compose()
    #expect(shorter.parts.filter(\.isDropped).map(\.name) == ["quality"])
  }

  @Test func `the owner's style is kept and said once`() {
    let prompt = composer {
      $0.persona.imageStyle = .init(prefix: "oil painting, Red Hair", negative: "photo, BLURRY")
    }.compose()
    #expect(prompt.text.contains("oil painting"))
    #expect(prompt.text.lowercased().components("red hair") == 1)
    #expect(
      prompt.negative.components("photo") == 1 && prompt.negative.lowercased().components("blurry") == 1)
  }

  @Test func `what a scene says is words, not weights or other commands`() {
    let prompt = composer {
      $0.scene.action = "laughing (loudly:1.5) <lora:evil:1>\nat\t  dawn"
    }.compose()
    #expect(prompt.text.contains("laughing \\(loudly:1.5\\) lora:evil:1, at dawn"), "\(prompt.text)")
    let long = composer { $0.scene.location = String(repeating: "tower ", count: 500) }.compose()
    #expect(long.text.utf8.count < 1000)
  }

  @Test func `a part against the rating is left out`() {
    let prompt = composer { $0.scene.action = "lying naked in bed" }.compose()
    #expect(!prompt.text.contains("naked") && prompt.parts.first { $0.name == "action" }?.isDropped == true)
    #expect(prompt.negative.hasPrefix("nsfw, nude, naked"))
    let mature = composer {
      $0.scene.action = "lying naked in bed"
      $0.rule = RatingRule(.mature, for: $0.persona)
    }.compose()
    #expect(mature.text.contains("naked") && !mature.negative.contains("nsfw"))
    let underwear = composer {
      $0.scene.outfit = [Garment(name: "black panties", slot: .legs, layer: .under)]
    }.compose()
    #expect(!underwear.text.contains("panties"))
  }

  @Test(arguments: [
    (330, "the kitchen", "first light through the window"), (330, "the beach", "soft light of dawn"),
    (600, "a café", "morning light through the window"), (720, "the old harbour", "bright midday light"),
    (1000, "her studio", "afternoon light through the window"), (1100, "a rooftop", "golden hour"),
    (1250, "the park", "dusk, blue hour"), (0, "bedroom", "night, warm lamplight"),
    (1439, "forest", "night, moonlight"),
    (100, "somewhere", "night, dim light"), (299, "pier", "night, moonlight"),
    (300, "pier", "soft light of dawn"),
    (1290, "pier", "night, moonlight"),
  ])
  func `the light follows the clock and the place`(_ minute: Int, _ place: String, _ words: String) {
    #expect(PictureLight(minute: minute, at: place).words == words)
  }
}

extension String {
  fileprivate func components(_ part: String) -> Int {
    var count = 0
    var rest = self[...]
    while let range = rest.firstRange(of: part) {
      count += 1
      rest = rest[range.upperBound...]
    }
    return count
  }
}
