import Base
import Model
import Store

/// A persona in few words, written by hand.
extension CompanionVersion.RoleplayEdit {
  static let longestAppearance = 2 << 10
  static let longestSummary = 16 << 10
  static let longestScenario = 16 << 10

  func check() throws(EngineError) {
    let members = [
      ("appearance", appearance, Self.longestAppearance), ("summary", summary, Self.longestSummary),
      ("scenario", scenario, Self.longestScenario),
    ]
    for (name, text, limit) in members where (text?.utf8.count ?? 0) > limit {
      throw .tooLarge(what: "roleplay.\(name)", limit: Int64(limit))
    }
  }

  /// In the commit of an update. Nothing is written where it is so already.
  static func apply(
    _ change: Patch<CompanionVersion.RoleplayEdit>, to number: Int, of companion: ULID, at now: Timestamp,
    _ transaction: Transaction
  ) throws {
    guard change != .keep else { return }
    let version = try transaction.version(number, of: companion)
    guard case .set(let change) = change else {
      if version.roleplay != nil { try transaction.edit(nil, of: number, of: companion) }
      return
    }
    let before = version.told
    var after = CompanionVersion.Roleplay(
      appearance: change.appearance ?? before?.appearance ?? "",
      summary: change.summary ?? before?.summary ?? "",
      scenario: change.scenario ?? before?.scenario, generatedBy: CompanionVersion.Roleplay.byHand, at: now)
    if after.scenario?.isBlank == true { after.scenario = nil }
    let isSame =
      before.map {
        (after.appearance, after.summary, after.scenario) == ($0.appearance, $0.summary, $0.scenario)
      }
      ?? false
    if !isSame { try transaction.edit(after, of: number, of: companion) }
  }
}
