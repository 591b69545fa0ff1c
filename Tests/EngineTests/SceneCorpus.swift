import FoundationEssentials

/// The files of `Tests/Corpus/scene`, found from this one.
enum SceneCorpus {
  static func text(_ name: String) throws -> String {
    let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    return String(
      decoding: try Data(contentsOf: URL(filePath: "\(root)/Tests/Corpus/scene/\(name)")), as: UTF8.self)
  }
}
