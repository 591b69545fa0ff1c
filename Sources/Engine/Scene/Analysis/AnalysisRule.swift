package import Model

/// How scenes are read out of replies where a chat says nothing: the operator's choice.
package struct AnalysisDefaults: Sendable, Hashable {
  /// After every so many replies of a branch; 0 is off.
  package var every = 1
  package var reader = AnalysisSettings.Reader.chat
  package var maxTokens = 600
  package var temperature = 0.2
  /// From when the model is asked to the end of its answer; the wait for a free place does not count.
  package var timeout = Duration.seconds(180)
  /// What `fast` means.
  package var fastModel = "offline"

  package init() {}
}

/// What one turn's tail is to do. Taken from the chat when the turn begins.
struct AnalysisRule: Sendable, Hashable {
  var every: Int
  var reader: AnalysisSettings.Reader

  /// Nil where scenes are not read: when that is off, and in stories, which have no companion to look at.
  init?(_ chat: Chat, _ defaults: AnalysisDefaults) {
    every = chat.settings.analysis?.every ?? defaults.every
    reader = chat.settings.analysis?.model ?? defaults.reader
    guard every > 0, chat.mode == .roleplay else { return nil }
  }

  /// Whether a reply that ended like that is worth it. One that was cut short by somebody is read with the next.
  func covers(_ turn: Turn) -> Bool {
    turn.kind.writesMessage && (turn.finish == .stop || turn.finish == .length)
  }
}
