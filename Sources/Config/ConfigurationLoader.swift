import Base

/// Finds, reads, merges and checks the configuration: the room's one door.
///
/// Everything of the outside world comes in here, so that two loads with equal files give equal answers and tests
/// touch nothing real. `load` blocks on the disk; a reload belongs on a thread that may wait.
package struct ConfigurationLoader: Sendable {
  /// The process's environment.
  package var environment: [String: String]
  /// `--config`: this file and no other; it must exist.
  package var explicitFile: String?
  /// A daemon for all users reads the system's folder only, and nobody's home.
  package var systemWide: Bool
  /// Where `~` is, from the user database or `$HOME`.
  package var home: String?
  package var systemFolder: String
  /// `--log-level`, which stands above everything.
  package var logLevel: String?

  package init(
    environment: [String: String], explicitFile: String? = nil, systemWide: Bool = false, home: String?,
    systemFolder: String = "/etc/companion", logLevel: String? = nil
  ) {
    self.environment = environment
    self.explicitFile = explicitFile
    self.systemWide = systemWide
    self.home = home
    self.systemFolder = systemFolder
    self.logLevel = logLevel
  }

  /// A person's own folder; nil for a system-wide daemon, or without a home.
  package var userFolder: String? {
    if systemWide { return nil }
    // A relative path there is to be ignored, says the specification of the base directories.
    if let config = environment["XDG_CONFIG_HOME"], config.hasPrefix("/") { return config + "/companion" }
    return home.map { $0 + "/.config/companion" }
  }

  /// All of it, or everything that is wrong with it. A file that cannot be read or parsed ends the matter before
  /// the values are looked at: half a configuration would only bring up errors that are none.
  package func load() throws(ConfigurationErrors) -> LoadedConfiguration {
    var layers = Layers()
    if let explicitFile {
      layers.add(explicit: explicitFile)
    } else {
      layers.add(folder: systemFolder, foreign: !systemWide)
      if let userFolder { layers.add(folder: userFolder, foreign: false) }
    }
    let files = layers.files.map(\.path)
    if layers.isIncomplete { throw layers.problems.errors(files: files) }

    let home = systemWide ? nil : home
    var credentials = environment["CREDENTIALS_DIRECTORY"]
    if credentials?.hasPrefix("/") == false { credentials = nil }
    var options: [String: (name: String, value: String)] = [:]
    if let logLevel { options["log.level"] = ("--log-level", logLevel) }
    let context = ReadingContext(
      layers: layers, keyFiles: KeyFile(credentialsFolder: credentials, home: home), environment: environment,
      options: options)
    let configuration = ConfigurationReader(context: context, home: home).read(layers.root)
    if !context.problems.isEmpty { throw context.problems.errors(files: files) }
    return LoadedConfiguration(
      configuration: configuration, settings: context.settings, files: files,
      warnings: context.warnings, keys: context.asked, variables: context.variables)
  }
}
