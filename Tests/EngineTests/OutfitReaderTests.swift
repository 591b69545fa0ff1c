import Engine
import FoundationEssentials
import Model
import TestSupport
import Testing

/// Clothes out of free text, held to the hundred descriptions of the corpus and to sentences of their own.
@Suite struct OutfitReaderTests {
  private struct Described: Decodable {
    var text: String
    var garments: [Garment]
    var visible: [String]
    var hidden: [String]
  }

  @Test func `every description of the corpus is read, to the last garment and what it hides`() throws {
    let lines = try SceneCorpus.text("outfits.jsonl").split(separator: "\n")
    #expect(lines.count == 100)
    for line in lines {
      let described = try JSONDecoder().decode(Described.self, from: Data(line.utf8))
      let read = OutfitReader.garments(in: described.text)
      #expect(Set(read.map(Plain.init)) == Set(described.garments.map(Plain.init)), "\(described.text)")
      let seen = VisibleOutfit(read)
      #expect(Set(seen.visible.map(\.name)) == Set(described.visible), "\(described.text)")
      #expect(Set(seen.hidden.map(\.name)) == Set(described.hidden), "\(described.text)")
    }
  }

  /// Everything but `open`, which the corpus tells by what is visible.
  private struct Plain: Hashable {
    var name: String
    var slot: Garment.Slot
    var layer: Garment.Layer
    var worn: Bool

    init(_ garment: Garment) {
      (name, slot, layer, worn) = (garment.name, garment.slot, garment.layer, garment.worn)
    }
  }

  /// `+` worn, `-` there but not worn.
  private func read(_ text: String) -> [String] {
    OutfitReader.garments(in: text).map { ($0.worn ? "+" : "-") + $0.name }
  }

  @Test(arguments: [
    (
      "takes off her hat, coat and gloves, a green dress underneath",
      ["-hat", "-coat", "-gloves", "+green dress"]
    ),
    ("She swaps her heels for white trainers.", ["-heels", "+white trainers"]),
    ("throws a cloak over his shoulders", ["+cloak"]),
    ("throws his cloak over the chair", ["-cloak"]),
    ("he puts on a black jacket and pulls on boots", ["+black jacket", "+boots"]),
    ("His tie is loosened, his jacket slung over one shoulder.", ["+tie", "-jacket"]),
    ("She holds her shoes in her hand, in a yellow summer dress.", ["-shoes", "+yellow summer dress"]),
    ("My coat is still on its hook.", ["-coat"]),
    ("*unties the apron and folds it over the stool*", ["-apron"]),
    ("*He unbuttons his coat but keeps it on.*", ["+coat"]),
    ("without taking off her coat, she sits down", ["+coat"]),
  ])
  func `what is put on and taken off`(text: String, wanted: [String]) {
    #expect(read(text) == wanted)
  }

  @Test(arguments: [
    ("no hat, gloves or scarf, just a red coat", ["+red coat"]),
    ("She never wears a watch.", []),
    ("deck shoes with no socks", ["+deck shoes"]),
    ("without her glasses", []),
    ("a coat of paint, a cap of snow, a ring of people, the top of the stairs", []),
    ("a shirt of red silk", ["+shirt"]),
    ("I watch the rain in my pyjamas.", ["+pyjamas"]),
    ("He polishes the glasses behind the bar in a black waistcoat.", ["+black waistcoat"]),
    ("the chair on the porch, the boat in the bay, the dresser", []),
    ("the coat rack, a shoe shop, her shirt pocket", []),
  ])
  func `what is not there, and what only sounds like clothes`(text: String, wanted: [String]) {
    #expect(read(text) == wanted)
  }

  @Test(arguments: [
    (
      "Maria's red coat, her mother's pearl earrings, a fisherman's hat",
      ["+red coat", "+pearl earrings", "+fisherman's hat"]
    ),
    ("a pair of black boots", ["+black boots"]),
    ("rubber boots. The boots are muddy.", ["+rubber boots"]),
    ("jeans and JEANS and jeans", ["+jeans"]),
    ("a one-piece navy swimsuit", ["+one-piece navy swimsuit"]),
    ("worn slippers, a shirt worn open", ["+worn slippers", "+shirt"]),
    ("trowsers, blue jaket, wooly sweter, scraf", ["+trowsers", "+blue jaket", "+wooly sweter", "+scraf"]),
  ])
  func `names`(text: String, wanted: [String]) {
    #expect(read(text) == wanted)
  }

  @Test func `tied round the waist, and open`() throws {
    let tied = try #require(OutfitReader.garments(in: "a red hoodie tied round her waist").first)
    #expect(tied == Garment(name: "red hoodie", slot: .waist, layer: .mid))
    let open = try #require(OutfitReader.garments(in: "a coat hanging open over a shirt").first)
    #expect(open.open == true)
    #expect(OutfitReader.garments(in: "a coat buttoned to the chin").first?.open == nil)
  }

  @Test func `nothing, marks alone and a megabyte of noise are read without a garment`() {
    for text in ["", " ", "....", "***", "--", "''", "\u{0}", "🧥", "日本語のテキスト"] { #expect(read(text) == []) }
    #expect(read(String(repeating: "xq zv, ", count: 20_000)) == [])
  }
}
