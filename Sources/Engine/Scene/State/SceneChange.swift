package import Model

/// A scene with an answer applied to it. Pure: the scene before and the answer in, the scene after out.
package enum SceneChange {
  /// More garments than this nobody has on; what comes after them is left out.
  package static let mostGarments = 48

  package static func apply(_ answer: SceneAnswer, to before: SceneState) -> SceneState {
    var after = before
    switch answer.outfit {
    case .all(let text):
      if let outfit = outfit(in: text) { after.outfit = outfit }
    case .change(let add, let remove):
      for name in remove { take(off: name, &after.outfit) }
      for text in add { put(on: text, &after.outfit) }
    case nil: break
    }
    if let location = answer.location { after.location = location }
    if let action = answer.action { after.action = action }
    return after
  }

  /// What a description of a whole outfit says; nil when it speaks of no clothes at all and of no bare skin either.
  package static func outfit(in text: String) -> [Garment]? {
    let garments = Array(OutfitReader.garments(in: text).prefix(mostGarments))
    if !garments.isEmpty { return garments }
    let words = Set(SceneText.line(text.lowercased(), atMost: 200).split { !$0.isLetter }.map(String.init))
    if !words.isDisjoint(with: ["naked", "nude", "undressed", "nothing", "bare", "unclothed"]) { return [] }
    return nil
  }

  /// An exact name before a part of one, and of several the one that was put on last. What nobody wears cannot be taken off.
  private static func take(off name: String, _ outfit: inout [Garment]) {
    let wanted = words(name)
    guard !wanted.isEmpty else { return }
    let found =
      outfit.lastIndex { words($0.name) == wanted } ?? outfit.lastIndex { contains(words($0.name), wanted) }
    if let found { outfit.remove(at: found) }
  }

  private static func put(on text: String, _ outfit: inout [Garment]) {
    var garments = OutfitReader.garments(in: text)
    if garments.isEmpty {
      // An item of a list is a garment even when no table knows it.
      let name = words(text).joined(separator: " ")
      guard !name.isEmpty, name.utf8.count <= 60 else { return }
      garments = [Garment(name: name, slot: .accessory, layer: .base)]
    }
    for var garment in garments {
      garment.worn = true
      // The raincoat that was buttoned and is open now is one raincoat.
      outfit.removeAll { thing($0.name) == thing(garment.name) }
      guard outfit.count < mostGarments else { return }
      outfit.append(garment)
    }
  }

  /// The words of a name, without articles and possessives.
  private static func words(_ name: String) -> [String] {
    let text = OutfitText(name)
    let all = text.tokens.indices.compactMap { text.word($0) }
    return Array(all.drop { OutfitWords.determiners.contains($0) || OutfitWords.kin.contains($0) })
  }

  /// Which thing it is, however it is worn.
  private static func thing(_ name: String) -> [String] {
    words(name).filter { !OutfitWords.opened.contains($0) && !OutfitWords.closed.contains($0) }
  }

  private static func contains(_ name: [String], _ part: [String]) -> Bool {
    guard part.count <= name.count else { return false }
    return (0...(name.count - part.count)).contains { Array(name[$0..<($0 + part.count)]) == part }
  }
}
