/// A configuration that passed every check, with where each value came from.
package struct LoadedConfiguration: Sendable, Equatable {
  package let configuration: Configuration
  /// Every value, in the order of the reference.
  package let settings: [Setting]
  /// The files that were read, later ones above earlier ones.
  package let files: [String]
  /// What works but deserves a line in the log.
  package let warnings: [Problem]
  /// The keys that were looked for, and the variables of this program that would have been heard.
  package let keys: [String]
  package let variables: [String]

  /// nil for a path that has no value.
  package func source(of path: String) -> Source? { settings.first { $0.path == path }?.source }
}

/// Something a reload changed.
package struct ConfigurationChange: Sendable, Hashable, CustomStringConvertible {
  /// `providers.home`, `models.main`, `log.level`.
  package let path: String
  package let needsRestart: Bool

  package var description: String { needsRestart ? "\(path) (after a restart)" : path }
}

extension LoadedConfiguration {
  /// What differs in effect, in the order of the reference; a value that merely moved to another file does not.
  /// Entries of `providers` and `models` count as a whole.
  package func difference(from old: LoadedConfiguration) -> [ConfigurationChange] {
    var changes: [ConfigurationChange] = []
    var seen: [String: Int] = [:]
    func note(_ setting: Setting) {
      let isEntry = setting.steps.first == "providers" || setting.steps.first == "models"
      let path = JSON5Reader.joined(isEntry ? Array(setting.steps.prefix(2)) : setting.steps)
      let restart = setting.takes == .restart
      if let place = seen[path] {
        changes[place] = ConfigurationChange(path: path, needsRestart: changes[place].needsRestart || restart)
      } else {
        seen[path] = changes.count
        changes.append(ConfigurationChange(path: path, needsRestart: restart))
      }
    }
    let before = Dictionary(old.settings.map { ($0.steps, $0.value) }, uniquingKeysWith: { $1 })
    let after = Set(settings.map(\.steps))
    for setting in settings where before[setting.steps] != setting.value { note(setting) }
    for setting in old.settings where !after.contains(setting.steps) { note(setting) }
    return changes
  }
}
