import FoundationEssentials
package import Model

/// The files of `Tests/Corpus/scene`, found from this one.
package enum SceneCorpus {
  package static func text(_ name: String) throws -> String {
    let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    return String(
      decoding: try Data(contentsOf: URL(filePath: "\(root)/Tests/Corpus/scene/\(name)")), as: UTF8.self)
  }
}

/// A day of forty turns on three branches, with what a model answered when it was asked for the scene, bad answers among them, and
/// the scene there is after each turn.
package struct SceneDay: Decodable, Sendable {
  package struct Scene: Decodable, Equatable, Sendable {
    package var location: String?
    package var action: String?
    package var visible: Set<String>

    package init(location: String?, action: String?, visible: some Sequence<String>) {
      self.location = location
      self.action = action
      self.visible = Set(visible)
    }
  }

  package struct Turn: Decodable, Sendable {
    package var id: String
    package var parent: String?
    package var user: String
    package var reply: String
    package var analysis: String
    package var scene: Scene
  }

  package var companion: Persona
  package var turns: [Turn]

  package static func read() throws -> SceneDay {
    try JSONDecoder().decode(SceneDay.self, from: Data(SceneCorpus.text("scene-day.json").utf8))
  }
}
