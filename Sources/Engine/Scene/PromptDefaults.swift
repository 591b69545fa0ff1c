package import Model

/// What a reply is made with where neither the chat nor its owner says anything: the operator's choice.
package struct PromptDefaults: Sendable, Hashable {
  package var maxTokens = 200
  package var temperature = 0.9
  /// Lines of history that a prompt may have.
  package var contextMessages = 20
  package var analysis = AnalysisDefaults()

  package init() {}

  /// A chat's settings with what they leave open filled in, all of it in the ranges that are counted with.
  package func completing(_ stored: ChatSettings) -> ChatSettings {
    var settings = stored
    settings.maxTokens = stored.maxTokens ?? maxTokens
    settings.contextMessages = stored.contextMessages ?? contextMessages
    var sampling = stored.sampling ?? Sampling()
    sampling.temperature = sampling.temperature ?? temperature
    settings.sampling = sampling
    return settings.kept
  }
}
