/// What can be said of the place an order would go to without asking it.
package struct PictureTraits: Sendable, Hashable {
  /// How a prompt is to be written for it.
  package enum Form: Sendable, Hashable {
    /// Words with commas between, as those expect who were trained on tags.
    case tags
    case sentence
  }

  /// How a job that runs there is found again after a restart.
  package enum Memory: Sendable, Hashable {
    /// Not at all: the answer comes on the one connection, or never.
    case none
    /// By the name of `PicturePool.freshName`, known before the order is placed.
    case ourName
    /// By the name that comes with `PictureEvent.accepted`.
    case theirName
  }

  package var provider: String
  /// What follows the provider in the name that was asked for, or the first model its owner named.
  package var model: String?
  package var kind: PictureConfiguration.Kind
  /// So many orders at a time.
  package var concurrency: Int
  /// Whether it can start from a picture.
  package var edits: Bool
  /// Whether it cannot start from nothing.
  package var onlyEdits = false
  package var form: Form
  /// Whether a negative prompt is heard.
  package var takesNegative: Bool
  package var memory: Memory
  /// A stand-in drawn here, not a picture of anything.
  package var isPlaceholder: Bool
  /// What an order that names no size gets, as far as that is known.
  package var width: Int?
  package var height: Int?
}

/// What can be chosen at a provider, as it lists it; empty where it lists nothing.
package struct PictureOptions: Sendable, Hashable {
  package var checkpoints: [String] = []
  package var samplers: [String] = []
  package var schedulers: [String] = []
  package var vaes: [String] = []
  package var upscalers: [String] = []
  package var loras: [String] = []
  package var styles: [String] = []
  /// Of a provider with several models, as they follow its name.
  package var models: [String] = []

  package init() {}

  /// More than these are nobody's choice, and a list may come from a stranger.
  static let mostOfAKind = 5000
  static let maxNameBytes = 512
}
