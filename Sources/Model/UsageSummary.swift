/// By what usage is summed.
public enum UsageGrouping: String, Codable, Hashable, Sendable, CaseIterable {
  case model, chat, day, purpose
}

/// What a model was asked for.
public enum UsagePurpose: String, Codable, Hashable, Sendable, CaseIterable {
  /// A line of the companion's.
  case reply
  /// The scene after one.
  case analysis
  /// A title, a card, a line for the person.
  case writing
}

/// What turns have cost, summed.
public struct UsageSum: Codable, Hashable, Sendable {
  /// A model's name, a chat's identifier, a day such as `2026-11-21`, or a purpose.
  public var name: String
  /// How many turns; of a purpose, how many requests.
  public var turns: Int
  public var usage: Usage

  public init(name: String, turns: Int, usage: Usage) {
    self.name = name
    self.turns = turns
    self.usage = usage
  }
}
