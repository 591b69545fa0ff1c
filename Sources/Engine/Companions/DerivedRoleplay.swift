import Base
import Model

/// What a persona's own words come to in few of them, without asking anybody: what holds until a model has made something better, and
/// for good where the words are few already. Pure.
struct DerivedRoleplay: Sendable, Hashable {
  enum Member: String, Sendable, Hashable, CaseIterable { case appearance, summary, scenario }

  /// In bytes. What is no longer is told as it stands: no model could say it shorter without losing some of it.
  static let shortDescription = 1_200
  static let shortScenario = 600
  static let shortAppearance = 300
  /// A description that says so much may say how somebody looks.
  static let tellingDescription = 80
  /// Of a description that nobody has summed up so far.
  static let longestSummary = 6_000

  let appearance: String
  let summary: String
  let scenario: String?
  /// What a model is to be asked for.
  let wanted: [Member]

  init(_ persona: Persona) {
    func said(_ text: String?) -> String {
      guard let text, !text.isBlank else { return "" }
      return text.trimmed
    }
    let description = said(persona.description)
    let looks = said(persona.appearance)
    let setting = said(persona.scenario)
    appearance = Self.cut(looks, to: Self.shortAppearance * 4)
    summary = Self.cut(description, to: Self.longestSummary)
    scenario = setting.isEmpty ? nil : setting
    wanted = Member.allCases.filter { member in
      switch member {
      case .appearance:
        looks.utf8.count > Self.shortAppearance
          || looks.isEmpty && description.utf8.count >= Self.tellingDescription
      case .summary: description.utf8.count > Self.shortDescription
      case .scenario: setting.utf8.count > Self.shortScenario
      }
    }
  }

  /// As a version shows it while no model has made any; nil where there is nothing to tell.
  func roleplay(at: Timestamp) -> CompanionVersion.Roleplay? {
    guard !appearance.isEmpty || !summary.isEmpty || scenario != nil else { return nil }
    return .init(
      appearance: appearance, summary: summary, scenario: scenario,
      generatedBy: CompanionVersion.Roleplay.derived, at: at)
  }

  /// At the end of a paragraph, a sentence, a clause or a word, whichever lies in the second half.
  static func cut(_ text: String, to limit: Int) -> String {
    guard text.utf8.count > limit else { return text }
    let head = text.prefix(bytes: limit)
    for mark in ["\n", ". ", ", ", " "] {
      guard let end = head.ranges(of: mark).last,
        end.lowerBound > head.index(head.startIndex, offsetBy: head.count / 2)
      else { continue }
      return String(head[..<end.lowerBound]) + (mark == ". " ? "." : "")
    }
    return String(head)
  }
}

extension CompanionVersion {
  /// What a model is told and a picture is asked for with: what was made, or what the persona's words come to.
  var told: Roleplay? { roleplay ?? DerivedRoleplay(persona).roleplay(at: createdAt) }

  /// As people see it: with what a turn would use now, also where nothing has been made.
  var shown: CompanionVersion {
    var version = self
    version.roleplay = told
    return version
  }
}
