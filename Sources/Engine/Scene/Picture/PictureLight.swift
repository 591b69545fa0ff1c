/// The light of a picture: what the clock where the companion lives and the place it is at make of it.
struct PictureLight: Sendable, Hashable {
  enum Place: Sendable, Hashable { case inside, outside, unknown }

  let words: String

  /// `minute` counts from midnight.
  init(minute: Int, at location: String?) {
    let place = Self.place(location)
    words =
      switch (minute, place) {
      case (300..<420, .inside): "first light through the window"
      case (300..<420, _): "soft light of dawn"
      case (420..<660, .inside): "morning light through the window"
      case (420..<660, _): "morning light"
      case (660..<900, .inside): "bright daylight from the window"
      case (660..<900, _): "bright midday light"
      case (900..<1080, .inside): "afternoon light through the window"
      case (900..<1080, _): "warm afternoon light"
      case (1080..<1200, .inside): "golden evening light through the window"
      case (1080..<1200, _): "golden hour"
      case (1200..<1290, .inside): "dim evening light, lamps"
      case (1200..<1290, _): "dusk, blue hour"
      case (_, .inside): "night, warm lamplight"
      case (_, .outside): "night, moonlight"
      case (_, .unknown): "night, dim light"
      }
  }

  static func place(_ location: String?) -> Place {
    guard let location else { return .unknown }
    // The last word that tells counts: a "kitchen by the sea" is inside, and a "garden behind the house" is not.
    let words = location.lowercased().split { !$0.isLetter }.map(String.init)
    for word in words {
      if inside.contains(word) { return .inside }
      if outside.contains(word) { return .outside }
    }
    return .unknown
  }

  private static let inside: Set<String> = [
    "room", "bedroom", "kitchen", "bathroom", "livingroom", "lounge", "hall", "hallway", "corridor", "office",
    "studio", "library",
    "cafe", "café", "restaurant", "bar", "pub", "club", "shop", "store", "mall", "school", "classroom", "gym",
    "hospital", "hotel",
    "house", "home", "apartment", "flat", "attic", "cellar", "basement", "garage", "workshop", "church",
    "theatre", "theater",
    "cinema", "museum", "gallery", "car", "train", "bus", "plane", "cabin", "tent", "castle", "inn", "tavern",
    "bathtub", "bed",
    "sofa", "couch", "desk", "elevator", "lift", "laboratory", "lab", "spaceship", "cockpit", "cave",
    "dungeon", "greenhouse", "indoors",
  ]
  private static let outside: Set<String> = [
    "garden", "park", "beach", "pier", "harbour", "harbor", "dock", "sea", "seaside", "shore", "coast",
    "lake", "river", "bridge",
    "street", "road", "lane", "alley", "square", "market", "forest", "wood", "woods", "meadow", "field",
    "fields", "hill", "hills",
    "mountain", "mountains", "cliff", "desert", "island", "rooftop", "roof", "balcony", "terrace", "porch",
    "veranda", "yard",
    "courtyard", "playground", "campsite", "trail", "path", "outdoors", "outside", "vineyard", "orchard",
    "farm", "boat", "deck",
    "zoo", "stadium", "fair", "cemetery", "waterfall", "valley", "jungle", "snow",
  ]
}
