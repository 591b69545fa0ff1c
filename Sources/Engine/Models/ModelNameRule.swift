import Base

/// What a model may be called by those who ask for it. The name goes into rows, events and the labels of metrics, so that it is short
/// and has no control characters.
enum ModelNameRule {
  static let longest = 256

  static func allows(_ name: String) -> Bool {
    (1...longest).contains(name.utf8.count)
      && name.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
  }

  /// `path` is where it stands among the parameters.
  static func check(_ name: String, at path: String) throws(EngineError) {
    if !allows(name) {
      throw .invalid(path: path, expected: "1 to \(longest) bytes without control characters")
    }
  }
}
