import Base
import Model
import Providers

/// The question how the scene has changed. Pure: what is known and what has not been read yet in, the request out.
struct SceneQuestion: Sendable {
  struct Line: Sendable, Hashable {
    var role: Message.Role
    var text: String
  }

  /// The companion and the person, as they are called.
  var name: String
  var user: String
  /// As it was before the first of the lines.
  var scene: SceneState
  /// What has not been read yet, the oldest first; the reply is the last.
  var lines: [Line]

  /// So much is caught up at once: what lies further back is given up, as people forget what nobody mentioned again.
  static let mostLines = 24
  static let mostBytes = 24 << 10

  /// With the messages the reply was asked for with before it, so that a server has most of it in its cache. `told` is how many lines
  /// of the chat are among them.
  func request(
    after prompt: ChatRequest, said: String, _ defaults: AnalysisDefaults, again: Bool
  ) -> ChatRequest {
    let told = prompt.messages.count { $0.role != .system } + 1
    return request(
      prompt.messages + [.init(.assistant, said), .init(.user, text(about: min(lines.count, told), again))],
      defaults, stage: prompt.stage)
  }

  /// By itself, for a model that did not write the reply.
  func request(_ defaults: AnalysisDefaults, again: Bool) -> ChatRequest {
    let opening = "You keep the record of the scene in a conversation between \(name) and \(user)."
    let told = lines.map { line in
      let role: ChatRequest.Role =
        switch line.role {
        case .user: .user
        case .assistant: .assistant
        case .system, .narrator: .system
        }
      return ChatRequest.Message(role, line.text)
    }
    return request(
      [.init(.system, opening)] + told + [.init(.user, text(about: lines.count, again))], defaults, stage: nil
    )
  }

  private func request(
    _ messages: [ChatRequest.Message], _ defaults: AnalysisDefaults, stage: ChatRequest.Stage?
  ) -> ChatRequest {
    var sampling = Sampling()
    sampling.temperature = defaults.temperature
    return ChatRequest(
      messages, sampling: sampling, maxTokens: defaults.maxTokens, wantsJSON: true, task: .analysis,
      stage: stage, maxBytes: SceneAnswer.longest)
  }

  private func text(about count: Int, _ again: Bool) -> String {
    let what = count > 1 ? "the last \(count) lines" : "the last line"
    let sentences = [
      "The conversation pauses here; this is a question about its scene. Read \(what) above and say what changed for "
        + "\(name), and for nobody else.",
      "Before that: \(known)",
      "Answer with one JSON object and nothing else, in this form:",
      """
      {"outfit": {"add": ["each garment put on or worn differently now, with its colour"], "remove": ["each garment \
      taken off"]}, "location": "where \(name) is now", "action": "what \(name) is doing now"}
      """,
      "Each of the three is null where nothing changed. When \(name) has changed into other clothes altogether, "
        + "\"outfit\" is one text that lists all of them. Only what has happened counts: no plans, wishes or memories, "
        + "and nothing that \(user) wears.",
    ]
    let firm = again ? ["Nothing but the JSON object: it begins with { and ends with }."] : []
    return (sentences + firm).joined(separator: "\n")
  }

  private var known: String {
    let worn = scene.outfit.filter(\.worn).map(\.name)
    let off = scene.outfit.filter { !$0.worn }.map(\.name)
    var facts = [
      worn.isEmpty ? "nobody has said what \(name) wears" : "\(name) wears \(worn.joined(separator: ", "))"
    ]
    if !off.isEmpty { facts.append("at hand, not worn: \(off.joined(separator: ", "))") }
    facts.append(scene.location.map { "the place is \($0)" } ?? "nobody has said where")
    if let action = scene.action { facts.append("\(name) is busy with: \(action)") }
    return facts.joined(separator: "; ") + "."
  }
}
