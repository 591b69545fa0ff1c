import Base
import FoundationEssentials
import Model

/// What a chat's settings must be to be kept, by whatever call they come. What is read later counts with these numbers, so that
/// none may be beyond what counting stands; where settings are used they go through `kept` once more, since a vault may hold
/// older ones.
enum ChatSettingsRules {
  static let maxTokens = 1...131_072
  static let contextMessages = 2...1000
  static let analysisEvery = 0...100
  static let mostStops = 16
  static let longestStop = 256
  static let longestScenario = 16 << 10
  /// Of the person; it is put into every text that names them.
  static let longestName = 200

  /// `path` is where they stand among the parameters.
  static func check(_ settings: ChatSettings, at path: String, limits: Limits) throws(EngineError) {
    guard let bytes = try? JSONEncoder().encode(settings) else {
      throw .invalid(path: path, expected: "numbers that JSON can carry")
    }
    if bytes.count > limits.maxSettingBytes {
      throw .tooLarge(what: "params.\(path)", limit: Int64(limits.maxSettingBytes))
    }
    if let model = settings.model { try ModelNameRule.check(model, at: "\(path).model") }
    if let user = settings.user { try check(user, at: "\(path).user") }
    try check(settings.maxTokens, in: maxTokens, at: "\(path).maxTokens")
    try check(settings.contextMessages, in: contextMessages, at: "\(path).contextMessages")
    if let note = settings.note {
      try check(note.depth, in: 0...contextMessages.upperBound, at: "\(path).note.depth")
      try check(note.every, in: 0...contextMessages.upperBound, at: "\(path).note.every")
    }
    try check(settings.analysis?.every, in: analysisEvery, at: "\(path).analysis.every")
    if let scenario = settings.scenario, scenario.utf8.count > longestScenario {
      throw .tooLarge(what: "params.\(path).scenario", limit: Int64(longestScenario))
    }
    if let sampling = settings.sampling { try check(sampling, at: "\(path).sampling") }
  }

  static func check(_ user: UserPersona, at path: String) throws(EngineError) {
    if user.name.utf8.count > longestName {
      throw .tooLarge(what: "params.\(path).name", limit: Int64(longestName))
    }
  }

  private static func check(_ sampling: Sampling, at path: String) throws(EngineError) {
    try check(sampling.temperature, in: 0...2, at: "\(path).temperature")
    try check(sampling.topP, in: 0...1, at: "\(path).topP")
    try check(sampling.topK, in: 0...1_000_000, at: "\(path).topK")
    try check(sampling.minP, in: 0...1, at: "\(path).minP")
    try check(sampling.repeatPenalty, in: 0...10, at: "\(path).repeatPenalty")
    try check(sampling.presence, in: -2...2, at: "\(path).presence")
    try check(sampling.frequency, in: -2...2, at: "\(path).frequency")
    guard let stops = sampling.stop else { return }
    if stops.count > mostStops {
      throw .invalid(path: "\(path).stop", expected: "at most \(mostStops) strings")
    }
    for (index, stop) in stops.enumerated() where !(1...longestStop).contains(stop.utf8.count) {
      throw .invalid(path: "\(path).stop[\(index)]", expected: "1 to \(longestStop) bytes")
    }
  }

  private static func check<Number: Comparable>(
    _ number: Number?, in range: ClosedRange<Number>, at path: String
  ) throws(EngineError) {
    if let number, !range.contains(number) {
      throw .invalid(path: path, expected: "\(range.lowerBound) to \(range.upperBound)")
    }
  }
}

extension ChatSettings {
  /// As they are used: what no call would take today is brought to the nearest that one would, or left out.
  var kept: ChatSettings {
    typealias Rules = ChatSettingsRules
    var kept = self
    if let model, !ModelNameRule.allows(model) { kept.model = nil }
    if let user, user.name.utf8.count > Rules.longestName {
      kept.user?.name = String(user.name.prefix(Rules.longestName / 4))
      if (kept.user?.name.utf8.count ?? 0) > Rules.longestName { kept.user = nil }
    }
    kept.maxTokens = maxTokens.map { $0.clamped(to: Rules.maxTokens) }
    kept.contextMessages = contextMessages.map { $0.clamped(to: Rules.contextMessages) }
    kept.analysis?.every = analysis?.every.map { $0.clamped(to: Rules.analysisEvery) }
    kept.sampling?.stop = sampling?.stop.map { stops in
      Array(stops.filter { (1...Rules.longestStop).contains($0.utf8.count) }.prefix(Rules.mostStops))
    }
    return kept
  }
}

extension Comparable {
  fileprivate func clamped(to range: ClosedRange<Self>) -> Self {
    min(max(self, range.lowerBound), range.upperBound)
  }
}
