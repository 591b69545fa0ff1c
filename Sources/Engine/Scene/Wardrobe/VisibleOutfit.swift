package import Model

/// What of an outfit can be seen. A pure function of the garments: the picture, the prompt and the person read the same.
///
/// A closed garment of a higher layer that covers the whole of a place hides what is under it there. Outerwear of which nothing is said
/// counts as closed. What hangs open, is sheer or is not worn hides nothing.
package struct VisibleOutfit {
  package private(set) var visible: [Garment] = []
  package private(set) var hidden: [Garment] = []

  package init(_ outfit: [Garment]) {
    let worn = outfit.filter(\.worn).map { Piece($0, .shared) }
    for piece in worn {
      if worn.contains(where: { $0.hides(piece) }) {
        hidden.append(piece.garment)
      } else {
        visible.append(piece.garment)
      }
    }
  }
}

private struct Piece {
  let garment: Garment
  let cover: GarmentKind.Cover
  let coversLegs: Bool
  private let lets: Bool

  init(_ garment: Garment, _ lexicon: GarmentLexicon) {
    self.garment = garment
    let words = garment.name.lowercased().split(separator: " ").map(String.init)
    let kind = lexicon.kind(ofName: words)
    // A garment set by hand may have a name that no table knows, and a slot that is not the usual one: the slot says the rest.
    if let kind, kind.slot == garment.slot {
      cover = kind.cover
      coversLegs = kind.coversLegs
    } else {
      cover = kind == nil ? Piece.usualCover[garment.slot] ?? .nothing : .nothing
      coversLegs = false
    }
    lets =
      garment.open == true
      || words.contains { OutfitWords.sheer.contains($0) || OutfitWords.opened.contains($0) }
  }

  private static let usualCover: [Garment.Slot: GarmentKind.Cover] = [
    .torso: .top, .legs: .trousers, .fullbody: .dress,
  ]

  func hides(_ other: Piece) -> Bool {
    guard !lets, Piece.height(garment.layer) > Piece.height(other.garment.layer) else { return false }
    let isUnder = other.garment.layer == .under
    switch (other.garment.slot, cover) {
    case (.torso, .top): return true
    case (.torso, .robe): return true
    case (.torso, .sleeveless), (.torso, .dress), (.torso, .suit): return isUnder
    case (.legs, .trousers), (.legs, .suit): return isUnder
    case (.legs, .skirt), (.legs, .dress), (.legs, .robe): return isUnder && !other.coversLegs
    case (.feet, .boots): return isUnder
    case (.fullbody, .dress), (.fullbody, .suit), (.fullbody, .robe): return isUnder
    default: return false
    }
  }

  private static func height(_ layer: Garment.Layer) -> Int {
    switch layer {
    case .under: 0
    case .base: 1
    case .mid: 2
    case .outer: 3
    }
  }
}
