import Model
import Providers

/// Asks for the person's own next line, and reads it out of the answer.
enum Impersonation {
  typealias Names = (companion: String, person: String)

  static func request(_ context: TurnContext, names: Names, again: Bool) -> ChatRequest {
    let wish =
      "Now write the next line of \(names.person) instead, as \(names.person) would say it here: in the first person, in the "
      + "language and the manner of \(names.person)'s lines so far, and no longer than they are. Write nothing for "
      + "\(names.companion)." + (again ? " Begin with the first word of the line itself." : "")
    var request = context.request(.reply(instruction: wish))
    // The roles are changed: what stops a reply is what begins this.
    let own = Set([names.person, PromptBuilder.nobody].map { "\n\($0):" })
    let kept = (request.sampling.stop ?? []).filter { !own.contains($0) }
    request.sampling.stop = kept + ["\n\(names.companion):"]
    return request
  }

  /// Without the person's name in front, and without what was written for the companion behind it.
  static func line(in answer: String, names: Names) -> String? {
    var name = NamePrefixFilter(name: names.person)
    var other = PersonsLineFilter(names: [names.companion])
    var tags = ControlTagFilter()
    var text = other.pass(name.pass(tags.pass(answer)))
    if !other.hasStopped { text += other.pass(name.pass(tags.flush()) + name.flush()) + other.flush() }
    let bare = text.drop(while: \.isWhitespace)
    guard let end = bare.lastIndex(where: { !$0.isWhitespace }) else { return nil }
    return String(bare[...end])
  }
}
