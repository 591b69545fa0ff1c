import Model

extension Usage {
  /// Together with what another request of the same turn cost.
  func with(_ other: Usage?) -> Usage {
    guard let other else { return self }
    return Usage(
      promptTokens: promptTokens + other.promptTokens,
      completionTokens: completionTokens + other.completionTokens,
      cachedTokens: cachedTokens.map { $0 + (other.cachedTokens ?? 0) } ?? other.cachedTokens,
      estimated: estimated || other.estimated)
  }
}

extension EngineError {
  /// Why a commit lingers, in a word of the contract; nil when waiting mends nothing.
  var delay: String? {
    switch self {
    case .storageFull: "storage_full"
    case .storageFailed: "storage_failed"
    default: nil
    }
  }
}
