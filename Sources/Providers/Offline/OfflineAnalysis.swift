import Model

/// Answers what a scene analysis asks for, by reading the last exchange with `SceneSight`.
struct OfflineAnalysis {
  private let reply: String
  private let line: String

  /// The instruction stands last; before it the reply, and before that the person's line.
  init(_ request: ChatRequest) {
    let spoken = request.messages.filter { $0.role != .system }
    let replyAt = spoken.lastIndex { $0.role == .assistant }
    reply = replyAt.map { spoken[$0].text } ?? ""
    line = replyAt.flatMap { spoken[..<$0].last { $0.role == .user }?.text } ?? ""
  }

  func answer() -> String {
    let said = SceneSight(reply)
    let asked = SceneSight(line, isPersons: true)
    var outfit: JSONValue = .null
    let added = said.putOn
    let removed = said.takenOff.filter { !added.contains($0) }
    if !added.isEmpty || !removed.isEmpty {
      outfit = ["add": .array(added.map { .string($0) }), "remove": .array(removed.map { .string($0) })]
    }
    // A proposal is no journey; only the reply, or a person who says that they are there, moves the scene.
    let arrived = Words(line).containsAny(
      "we are in", "we are at", "we're in", "we're at", "we arrive", "here we are", "we're on", "we go",
      "we walk")
    let place = said.place ?? (arrived ? asked.place : nil)
    let answer: JSONValue = .object([
      "outfit": outfit, "location": place.map { .string($0) } ?? .null,
      "action": said.action.map { .string($0) } ?? .null,
    ])
    return String(decoding: JSONBytes.encode(answer), as: UTF8.self)
  }
}
