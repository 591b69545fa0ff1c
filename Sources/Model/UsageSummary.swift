/// By what usage is summed.
public enum UsageGrouping: String, Codable, Hashable, Sendable, CaseIterable { case model, chat, day }

/// What turns have cost, summed.
public struct UsageSum: Codable, Hashable, Sendable {
  /// A model's name, a chat's identifier, or a day such as `2026-11-21`.
  public var name: String
  public var turns: Int
  public var usage: Usage

  public init(name: String, turns: Int, usage: Usage) {
    self.name = name
    self.turns = turns
    self.usage = usage
  }
}
