import Model

/// A scene in the words of a prompt: what can be seen, where, and what is going on. Nothing of what nobody knows.
enum SceneLine {
  static func text(of scene: SceneState, name: String) -> String? {
    var sentences: [String] = []
    let visible = VisibleOutfit(scene.outfit).visible.map(\.name)
    if !visible.isEmpty { sentences.append("\(name) is wearing: \(visible.joined(separator: ", ")).") }
    let off = scene.outfit.filter { !$0.worn }.map(\.name)
    if !off.isEmpty { sentences.append("Not on at present: \(off.joined(separator: ", ")).") }
    if let location = scene.location { sentences.append("Place: \(location).") }
    if let action = scene.action { sentences.append("\(name) is: \(action).") }
    return sentences.isEmpty ? nil : "The scene now. " + sentences.joined(separator: " ")
  }
}
