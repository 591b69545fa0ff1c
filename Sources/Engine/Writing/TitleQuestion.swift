import Model
import Providers

/// Asks for a chat's title, and reads it out of the answer.
struct TitleQuestion: Sendable {
  static let mostLines = 8
  static let longestLine = 400
  static let longestTitle = 80

  var lines: [String]

  func request(_ again: Bool) -> ChatRequest {
    let told = lines.map { ChatRequest.Message(.user, String($0.prefix(Self.longestLine))) }
    let ask =
      "Give this conversation a title of two to six words, in its own language. Answer with the title alone: no quotes, no full "
      + "stop." + (again ? " One line, and nothing else." : "")
    var sampling = Sampling()
    sampling.temperature = 0.3
    return ChatRequest(
      told + [.init(.system, ask)], sampling: sampling, maxTokens: 32, task: .title, maxBytes: 4096)
  }

  /// The first line that says something, without what models put around it; nil where there is none.
  static func title(in answer: String) -> String? {
    for line in answer.split(whereSeparator: \.isNewline) {
      var text = line.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      for label in ["title:", "**title:**", "**title**:"] where text.lowercased().hasPrefix(label) {
        text = String(text.dropFirst(label.count))
      }
      let around: Set<Character> = ["\"", "'", "“", "”", "„", "«", "»", "*", "#", "_", "`", " "]
      text = String(text.drop { around.contains($0) })
      while let last = text.last, around.contains(last) || last == "." || last == ":" { text.removeLast() }
      guard text.contains(where: \.isLetter) || text.contains(where: \.isNumber) else { continue }
      return SceneText.line(text, atMost: longestTitle)
    }
    return nil
  }
}
