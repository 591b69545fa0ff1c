import Model
import Testing

@testable import Engine

@Suite struct CardReaderTests {
  @Test func `a card of the first version`() throws {
    let card = try CardSamples.read(CardSamples.v1)
    #expect(card.persona.name == "Ada" && card.persona.description == "Keeps a light.")
    #expect(card.persona.greetings == ["Come in, {{user}}."] && card.persona.personality == "Dry.")
    #expect(card.persona.exampleDialogue?.hasPrefix("<START>") == true)
    #expect(card.warnings.isEmpty && card.tags.isEmpty)
    #expect(card.persona.extensions?["companiond"]?["kept"]?["card"]?["avatar"] == "none")
  }

  @Test func `a card of the second version`() throws {
    let card = try CardSamples.read(CardSamples.v2)
    let persona = card.persona
    #expect(persona.greetings == ["Come in.", "Who is there?", "Mind the step."])
    #expect(persona.systemPrompt == "{{original}} Be brief." && persona.postHistory == "Stay dry.")
    #expect(persona.creator == "mira" && persona.creatorNotes == "Be kind." && card.tags == ["sea", "old"])
    #expect(persona.lorebook?["entries"]?.array?.count == 2 && persona.lorebook?["x_book"] == [1, 2])
    #expect(persona.lorebook?["entries"]?.array?.first?["x_entry"] == "kept")
    #expect(persona.extensions?["chub"]?["id"] == 9_007_199_254_740_993)
    let kept = persona.extensions?["companiond"]?["kept"]
    #expect(kept?["data"]?["x_data"]?["deep"]?["er"] == 1.5 && kept?["data"]?["character_version"] == "1.2")
    #expect(kept?["card"] == ["x_top": [true]])
    #expect(card.warnings.isEmpty)
  }

  @Test func `a card of the third version, and a newer one with a warning`() throws {
    let card = try CardSamples.read(CardSamples.v3)
    #expect(card.persona.nickname == "Addie" && card.warnings.isEmpty)
    let kept = card.persona.extensions?["companiond"]?["kept"]?["data"]
    #expect(kept?["group_only_greetings"] == ["All of you?"] && kept?["creation_date"] == 1_700_000_000)
    var newer = CardSamples.v3.object ?? [:]
    newer["spec_version"] = "3.5"
    #expect(try CardSamples.read(.object(newer)).warnings.count == 1)
  }

  /// Each: the card, what it comes to, and how many warnings there are.
  @Test(arguments: [
    (#"{"spec":"chara_card_v2","data":{"name":"A","character_book":null}}"#, 0),
    (#"{"spec":"chara_card_v2","data":{"name":"A","description":"d","character_book":"none"}}"#, 1),
    (#"{"spec":"chara_card_v2","data":{"name":"A","alternate_greetings":"Hello"}}"#, 1),
    (#"{"spec":"chara_card_v2","data":{"name":"A","alternate_greetings":null,"tags":"a, b"}}"#, 1),
    (#"{"spec":"chara_card_v2","data":{"name":"","description":"d"}}"#, 1),
    (#"{"spec":"chara_card_v2","spec_version":"2.0","name":"A","description":"flat"}"#, 1),
    (#"{"spec":"chara_card_v2","data":{"name":7,"description":["a","b"]}}"#, 2),
    (#"{"spec":"chara_card_v9","data":{"name":"A"}}"#, 1),
    (
      #"{"char_name":"A","char_persona":"d","char_greeting":"Hi","example_dialogue":"x","world_scenario":"s"}"#,
      0
    ),
    (#"{"name":"A","description":"a\r\nb\rc","first_mes":"",}"#, 0),
    ("\u{FEFF}{\"name\":\"A\",\"description\":\"two\nlines\"}", 0),
    (#"{"name":"A","description":"\ud83d alone and \ud83d\ude00"}"#, 0),
    (#"{"name":"A","description":{"a":1},"extensions":"x"}"#, 2),
    (#"{"name":"A","data":"{\"name\":\"B\",\"first_mes\":\"Hi\"}"}"#, 0),
  ])
  func `a broken card is read as it was meant`(_ text: String, _ warnings: Int) throws {
    let card = try CardSamples.read(text)
    #expect(card.warnings.count == warnings, "\(card.warnings)")
    #expect(!card.persona.name.isEmpty)
    switch card.persona.name {
    case "Unnamed": #expect(text.contains(#""name":"""#))
    case "B": #expect(card.persona.greetings == ["Hi"])
    case "7": #expect(card.persona.description == "a\nb")
    default: #expect(card.persona.name == "A")
    }
    if text.contains("char_name") {
      #expect(
        card.persona.description == "d" && card.persona.greetings == ["Hi"] && card.persona.scenario == "s")
    }
    if text.contains("\\r") {
      #expect(card.persona.description == "a\nb\nc" && card.persona.greetings == nil)
    }
    if text.contains("Hello") { #expect(card.persona.greetings == ["Hello"]) }
    if text.contains("a, b") { #expect(card.tags == ["a", "b"]) }
    if text.contains("ud83d") { #expect(card.persona.description == "\u{FFFD} alone and 😀") }
  }

  /// Entries as an object, numbers and words for positions, empty texts for numbers, the names of world-info files, a book outside
  /// of the data.
  @Test func `a broken book is read as it was meant`() throws {
    let card = try CardSamples.read(
      """
      {"spec":"chara_card_v2","data":{"name":"A"},"character_book":{"scan_depth":"","token_budget":"300","entries":{
        "10":{"keys":"one, two","content":"ten","position":4,"insertion_order":"","enabled":"true"},
        "2":{"key":["k"],"keysecondary":["s"],"content":"two","disable":true,"order":7,"position":1,"selectiveLogic":3,
             "caseSensitive":null,"uid":2,"comment":"c"},
        "3":{"keys":["x"],"content":"three","position":"somewhere"},
        "4":"no entry"}}}
      """)
    let book = card.persona.lorebook
    let entries = book?["entries"]?.array ?? []
    #expect(entries.count == 3 && book?["scan_depth"] == nil && book?["token_budget"] == 300)
    #expect(
      entries[0]["content"] == "two" && entries[0]["enabled"] == false && entries[0]["insertion_order"] == 7)
    #expect(entries[0]["secondary_keys"] == ["s"] && entries[0]["extensions"]?["selectiveLogic"] == 3)
    #expect(entries[0]["position"] == "after_char" && entries[0]["id"] == 2)
    #expect(entries[1]["content"] == "three" && entries[1]["position"] == nil)
    #expect(entries[2]["keys"] == ["one", "two"] && entries[2]["extensions"]?["position"] == 4)
    #expect(entries[2]["insertion_order"] == 3 && entries[2]["enabled"] == true)
    // No list of keys, an unknown position, an entry that is none.
    #expect(card.warnings.count == 3, "\(card.warnings)")
  }

  @Test(arguments: [
    ("[]", "no card"), ("7", "no card"), ("{}", "who somebody is"), ("{\"a\":1}", "who somebody is"),
    ("not json", "JSON"),
    (#"{"spec":"lorebook_v3","data":{"entries":[]}}"#, "lorebook"),
    (#"{"entries":{"0":{"key":["a"]}}}"#, "lorebook"),
    (#"{"user_name":"a","character_name":"b","chat_metadata":{}}"#, "chat.import"),
    (#"{"name":"A","mes":"Hi"}"#, "chat.import"), (#"{"name":"A""#, "JSON"), ("{\"name\":\"A\"} x", "JSON"),
    (String(repeating: "[", count: 1 << 20), "nested"), ("\u{FF}\u{D8}", "JSON"),
  ])
  func `what is no card is refused with a reason`(_ text: String, _ reason: String) {
    #expect {
      try CardSamples.read(text)
    } throws: { error in
      guard case EngineError.unsupported(let sentence)? = error as? EngineError else { return false }
      return sentence.contains(reason)
    }
  }

  @Test func `pictures without a card, and pictures of other kinds, are told apart`() throws {
    func reason(_ bytes: [UInt8]) -> String {
      do {
        _ = try CardSamples.read(bytes)
        return "read"
      } catch EngineError.unsupported(let sentence) {
        return sentence
      } catch {
        return "\(error)"
      }
    }
    let plain = try CardSamples.png()
    #expect(reason(plain).contains("without a card"))
    #expect(reason(Array(plain.prefix(60))).contains("cut off"))
    #expect(reason([0xFF, 0xD8, 0xFF, 0xE0] + [UInt8](repeating: 0, count: 40)).contains("JPEG"))
    #expect(reason(Array("RIFF----WEBPVP8 ".utf8)).contains("WebP"))
    #expect(reason([0x50, 0x4B, 3, 4] + [UInt8](repeating: 0, count: 40)).contains("archive"))
  }

  @Test func `of two cards in a picture the newer counts`() throws {
    let bytes = try CardSamples.png(("chara", CardSamples.v2), ("ccv3", CardSamples.v3))
    #expect(try CardSamples.read(bytes).persona.nickname == "Addie")
    let old = try CardSamples.png(("Chara", CardSamples.v1))
    #expect(try CardSamples.read(old).persona.name == "Ada")
    // A text whose checksum is wrong is read, and told.
    var wrong = old
    wrong[wrong.count - 13] ^= 1
    #expect(try CardSamples.read(wrong).warnings.count == 1)
  }

  @Test func `depth, number of values and length end at their limits`() throws {
    func nested(_ depth: Int) -> String {
      #"{"name":"A","x":"# + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "}"
    }
    #expect(try CardSamples.read(nested(ForgivingJSON.deepest - 1)).persona.name == "A")
    #expect(throws: EngineError.self) { try CardSamples.read(nested(ForgivingJSON.deepest)) }
    let values = Array(("[" + String(repeating: "1,", count: 99) + "]").utf8)
    #expect(try ForgivingJSON.read(values, atMost: 100).array?.count == 99)
    #expect(throws: ForgivingJSON.Fault.tooMany) { try ForgivingJSON.read(values, atMost: 99) }
    let long = String(repeating: "a", count: CardFile.longestText)
    #expect(throws: EngineError.self) { try CardSamples.read(#"{"name":"A","description":"\#(long)"}"#) }
    let greetings = JSONValue.array((1...(PersonaRules.mostGreetings + 1)).map { .string("Hello \($0)") })
    let many = try CardSamples.read(["name": "A", "alternate_greetings": greetings])
    #expect(many.persona.greetings?.count == PersonaRules.mostGreetings && many.warnings.count == 1)
    let name = try CardSamples.read(["name": .string(String(repeating: "é", count: 60)), "description": "d"])
    #expect(name.persona.name.utf8.count == 100 && name.warnings.count == 1)
  }
}
