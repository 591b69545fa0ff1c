import Model

/// What the noun of a garment says about it: where it is worn, above or below what, and how much it covers when it is closed.
struct GarmentKind: Hashable, Sendable {
  /// What a closed garment covers, beyond its slot. A word of the table in `GarmentWords`.
  enum Cover: String, Sendable {
    /// Jewellery, hats, swimwear, low shoes: everything else goes on showing.
    case nothing
    /// The whole torso: shirts, sweaters, coats.
    case top
    /// The torso without the arms: a bra or a camisole disappears, a shirt shows.
    case sleeveless
    /// Both legs to the ankle.
    case trousers
    /// The upper legs: underwear disappears, tights show.
    case skirt
    /// The torso and the upper legs.
    case dress
    /// The torso and both legs; the shirt of a suit shows, what is under it does not.
    case suit
    /// Over everything, open below: what is on the torso disappears, a nightgown or pyjama bottoms show.
    case robe
    /// The feet and what is on them.
    case boots
  }

  var slot: Garment.Slot
  var layer: Garment.Layer
  var cover: Cover
  /// Tights and stockings: they show under a skirt, and disappear under trousers.
  var coversLegs = false
}
