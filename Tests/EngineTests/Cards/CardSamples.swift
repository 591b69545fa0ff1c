import FoundationEssentials
import Model
import Picture

@testable import Engine

/// Cards as they are met, and as they are broken.
enum CardSamples {
  static func json(_ text: String) throws -> JSONValue { try ForgivingJSON.read(Array(text.utf8)) }

  static func read(_ text: String) throws -> ReadCard { try read(Array(text.utf8)) }
  static func read(_ bytes: [UInt8]) throws -> ReadCard { try CardReader.read(CardFile.read(bytes)) }
  static func read(_ value: JSONValue) throws -> ReadCard { try read(bytes(value)) }

  static func bytes(_ value: JSONValue) throws -> [UInt8] { Array(try JSONEncoder().encode(value)) }

  /// A picture with texts, as writers of cards make them.
  static func png(_ texts: (keyword: String, card: JSONValue)...) throws -> [UInt8] {
    try PNGFile(PlainPNG.make()).replacing(
      textsNamed: [], by: texts.map { ($0.keyword, Array(Data(try bytes($0.card)).base64EncodedData())) })
  }

  static let v1: JSONValue = [
    "name": "Ada", "description": "Keeps a light.", "personality": "Dry.", "scenario": "A lighthouse.",
    "first_mes": "Come in, {{user}}.", "mes_example": "<START>\n{{user}}: Hi\n{{char}}: Hm.",
    "avatar": "none", "create_date": "2023-5-1",
  ]

  static let book: JSONValue = [
    "name": "The sea", "scan_depth": 3, "token_budget": 500, "recursive_scanning": true, "x_book": [1, 2],
    "extensions": ["own": true],
    "entries": [
      [
        "keys": ["kraken", "beast"], "content": "The kraken sleeps.", "extensions": ["depth": 4, "x": "y"],
        "enabled": true, "insertion_order": 10, "priority": 5, "id": 7, "comment": "Kraken",
        "selective": true, "secondary_keys": ["sea"], "constant": false, "position": "before_char",
        "case_sensitive": false, "name": "K", "x_entry": "kept",
      ],
      [
        "keys": ["/storms?/i"], "content": "@@depth 2\n@@@role user\nStorms are loud.", "extensions": [:],
        "enabled": false, "insertion_order": 20, "use_regex": true,
      ],
    ],
  ]

  static let v2: JSONValue = [
    "spec": "chara_card_v2", "spec_version": "2.0", "name": "Ada", "x_top": [true],
    "data": [
      "name": "Ada", "description": "Keeps a light.", "personality": "Dry.", "scenario": "A lighthouse.",
      "first_mes": "Come in.", "mes_example": "", "creator_notes": "Be kind.",
      "system_prompt": "{{original}} Be brief.", "post_history_instructions": "Stay dry.",
      "alternate_greetings": ["Who is there?", "Mind the step."], "character_book": book,
      "tags": ["sea", "old"],
      "creator": "mira", "character_version": "1.2", "x_data": ["deep": ["er": 1.5]],
      "extensions": [
        "talkativeness": "0.5", "fav": false,
        "depth_prompt": ["prompt": "Dry.", "depth": 2, "role": "system"],
        "chub": ["id": 9_007_199_254_740_993],
      ],
    ],
  ]

  static var v3: JSONValue {
    var card = v2.object ?? [:]
    var data = card["data"]?.object ?? [:]
    card["spec"] = "chara_card_v3"
    card["spec_version"] = "3.0"
    data["nickname"] = "Addie"
    data["assets"] = [["type": "icon", "uri": "ccdefault:", "name": "main", "ext": "png"]]
    data["creator_notes_multilingual"] = ["de": "Sei nett."]
    data["source"] = ["https://example.org/ada"]
    data["group_only_greetings"] = ["All of you?"]
    data["creation_date"] = 1_700_000_000
    card["data"] = .object(data)
    return .object(card)
  }
}
