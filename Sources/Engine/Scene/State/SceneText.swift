/// Text that came from a model or a person, as one line that can stand in a prompt.
enum SceneText {
  /// White space becomes single spaces, control characters go; cut after a whole character.
  static func line(_ text: String, atMost limit: Int) -> String {
    var result = ""
    var isSpace = false
    for character in text {
      if character.isWhitespace {
        isSpace = !result.isEmpty
        continue
      }
      guard character.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else { continue }
      if result.utf8.count + character.utf8.count + 1 > limit { break }
      if isSpace { result.append(" ") }
      isSpace = false
      result.append(character)
    }
    return result
  }
}
