/// The words the offline companion knows by heart. Small on purpose: what it does not know it asks about.
enum OfflineWords {
  static func set(_ words: String) -> Set<String> { Set(words.split(separator: " ").map(String.init)) }

  static let garments = set(
    """
    dress gown skirt blouse shirt t-shirt tee top sweater jumper cardigan hoodie pullover jacket coat \
    raincoat blazer cloak cape vest waistcoat trousers pants jeans shorts leggings tights stockings \
    socks shoes boots sneakers sandals slippers heels trainers loafers hat cap beret scarf shawl gloves \
    mittens apron robe bathrobe pyjamas pajamas nightgown swimsuit bikini suit tuxedo tie bow belt \
    glasses sunglasses necklace earrings bracelet ring watch ribbon mask kimono yukata sari uniform \
    overalls jumpsuit corset camisole poncho tunic kilt
    """)

  /// Garments of two words.
  static let garmentPairs = [
    "dressing": "gown", "tank": "top", "polo": "shirt", "bow": "tie", "rain": "coat", "sun": "hat",
    "ball": "gown",
  ]

  static let describing = set(
    """
    red blue green yellow black white grey gray brown pink purple violet orange cream beige navy \
    burgundy crimson scarlet turquoise teal golden gold silver ivory olive khaki charcoal dark light \
    pale bright deep warm wet dry old new long short loose tight thin thick heavy soft big small little \
    favourite favorite worn torn patched woollen wool woolen cotton linen silk satin velvet denim \
    leather lace knitted knit striped checked plaid floral flowered dotted plain simple elegant \
    oversized buttoned unbuttoned open zipped unzipped cosy cozy fluffy summer winter evening canvas \
    corduroy tweed flannel cashmere ankle knee-high high round straw felt fur
    """)

  static let places = set(
    """
    kitchen garden beach park café cafe library bedroom bathroom balcony terrace roof rooftop attic \
    cellar hallway hall office studio workshop bar pub restaurant bakery market supermarket shop store \
    museum gallery cinema theatre theater station train bus car boat ship harbour harbor pier river \
    riverside lake lakeside sea shore forest woods mountain mountains hill meadow field street alley \
    square plaza bridge town city village hotel lobby pool gym school campus church cathedral temple \
    castle tower porch veranda barn farm greenhouse orchard vineyard island camp tent cabin cottage \
    house home apartment flat stairs couch sofa fireplace stove window bookshop bookstore airport \
    platform
    """)

  /// What one is at or on rather than in.
  static let placesAt = set(
    "beach station museum market cinema theatre theater harbour harbor pier airport lake lakeside river riverside "
      + "sea shore gym school window fireplace stove supermarket castle campus home")
  static let placesOn = set(
    "balcony terrace roof rooftop bridge train bus boat ship island couch sofa porch veranda platform stairs street "
      + "hill mountain campus")

  /// `at the beach`, `on the terrace`, `in the kitchen`.
  static func standing(_ place: String) -> String {
    let noun = place.split(separator: " ").last.map(String.init) ?? place
    return (placesAt.contains(noun) ? "at " : placesOn.contains(noun) ? "on " : "in ") + place
  }

  static let arrivals = set("to into onto at in towards toward through inside outside on")
  static let articles = set("the a an my your our his her their this that")
  static let movements = set(
    """
    go goes going gone went walk walks walking walked run runs running ran head heads heading headed \
    step steps stepping stepped arrive arrives arriving arrived come comes coming came move moves moving \
    moved return returns returning returned wander wanders wandering wandered drive drives driving drove \
    travel travels lead leads leading led follow follows following enter enters entering entered climb \
    climbs visit meet slip slips back are is sit sits sitting stand stands standing stay stays staying \
    wait waits waiting lie lies lying am be we're i'm you're it's there here drift drifts
    """)

  static let puttingOn = set(
    "put puts putting pull pulls pulling slip slips slipping throw throws tie ties tying button buttons wear wears wearing "
      + "don dons donning change changes changing dress dresses wrap wraps wrapping fasten fastens lace laces zip zips try"
  )
  static let takingOff = set(
    "take takes taking took remove removes removing removed shed sheds shedding kick kicks kicking untie unties untying peel "
      + "peels peeling slip slips slipping shrug shrugs pull pulls pulling undo undoes strip strips lose drop drops hang hangs"
  )
  static let alwaysOff = set(
    "remove removes removing removed shed sheds shedding untie unties untying undress undresses")

  /// Gestures of a moment; they say nothing of what somebody is busy with.
  static let gestures = set(
    """
    smiles nods laughs grins looks glances tilts blinks shrugs sighs winks raises turns pauses leans \
    frowns smirks chuckles smooths tugs lets gets comes goes rests settles does giggles blushes \
    hesitates listens thinks considers catches lifts shakes meets brightens straightens beams waves
    """)

  static let feelings: [String: Mood] = [
    "tired": .weary, "exhausted": .weary, "sleepy": .weary, "worn": .weary, "sad": .low, "lonely": .low,
    "down": .low,
    "depressed": .low, "unhappy": .low, "crying": .low, "hurt": .low, "heartbroken": .low, "happy": .bright,
    "glad": .bright, "excited": .bright, "great": .bright, "wonderful": .bright, "proud": .bright,
    "thrilled": .bright,
    "angry": .cross, "annoyed": .cross, "furious": .cross, "mad": .cross, "frustrated": .cross,
    "nervous": .uneasy,
    "anxious": .uneasy, "worried": .uneasy, "scared": .uneasy, "afraid": .uneasy, "stressed": .uneasy,
    "bored": .idle,
    "hungry": .hungry, "starving": .hungry, "thirsty": .hungry, "cold": .cold, "freezing": .cold,
    "sick": .ill,
    "ill": .ill,
  ]

  enum Mood { case weary, low, bright, cross, uneasy, idle, hungry, cold, ill }

  static let common = set(
    """
    a about after again all also always am an and any anything are as at be because been before being \
    but by can could did do does doing don't down even every for from get go going good got had has have \
    he hello her here hey hi him his how i i'd i'll i'm i've if in into is isn't it it's its just know \
    let let's like little look made make many maybe me more morning much my never no not nothing now of \
    off oh ok okay on one only or other our out over please quite really right said say see she should \
    so some something still such sure take tell than thank thanks that that's the their them then there \
    these they thing things think this those time to today tomorrow tonight too up us very want was we \
    well were what what's when where which who why will with would yes yesterday yet you you'd you'll \
    you're you've your evening night afternoon
    """)
}

/// A text as words: lower case, with the marks that end sentences as words of their own.
struct Words {
  let all: [String]

  init(_ text: String) {
    var words: [String] = []
    var word = ""
    for character in text.lowercased() {
      if character.isLetter || character.isNumber
        || ((character == "-" || character == "'" || character == "’") && !word.isEmpty)
      {
        word.append(character == "’" ? "'" : character)
      } else {
        if !word.isEmpty { words.append(word) }
        word = ""
        if ".!?;,:*\n\"“”".contains(character) { words.append(String(character)) }
      }
    }
    if !word.isEmpty { words.append(word) }
    all = words
  }

  func contains(_ phrase: String) -> Bool {
    let wanted = phrase.split(separator: " ").map(String.init)
    guard !wanted.isEmpty, all.count >= wanted.count else { return false }
    return (0...(all.count - wanted.count)).contains { all[$0..<($0 + wanted.count)].elementsEqual(wanted) }
  }

  func containsAny(_ phrases: String...) -> Bool { phrases.contains { contains($0) } }

  func begins(_ phrases: String...) -> Bool {
    phrases.contains { phrase in
      all.drop { ".,!*\"“”".contains($0) }.starts(with: phrase.split(separator: " ").map(String.init))
    }
  }

  static func isMark(_ word: String) -> Bool { word.count == 1 && ".!?;,:*\n\"“”".contains(word) }
}
