/// What a picture is asked for with, and what it is made of.
struct PicturePrompt: Sendable, Hashable {
  /// How a provider wants it.
  enum Form: Sendable, Hashable {
    /// `red hair, green eyes, at the pier`, with what weighs words in such prompts taken as it is written.
    case tags
    case sentence
  }
  enum Kind: String, Sendable, Hashable, CaseIterable { case selfie, portrait, scene, background }

  struct Part: Sendable, Hashable {
    var name: String
    var source: String
    var text: String
    /// Left out because the whole was too long, or because of the rating.
    var isDropped = false
    /// Which goes first when there is no room; what has none never goes.
    var weight: Int?
  }

  var parts: [Part]
  var negative: String
  var text: String
}
