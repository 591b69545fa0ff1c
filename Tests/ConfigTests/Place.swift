import Config
import FoundationEssentials
import Glibc

/// A folder of its own with a system's and a person's configuration in it, gone at the end.
final class Place: Sendable {
  let root: String

  init() throws {
    root = FileManager.default.temporaryDirectory.path + "/config-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  var system: String { root + "/etc" }
  var user: String { root + "/home/.config/companion" }

  /// Without the folder's random name, as tests want to compare it.
  func plain(_ text: String) -> String { text.replacing(root + "/", with: "") }

  @discardableResult func write(_ path: String, _ text: String, mode: mode_t = 0o600) throws -> String {
    try write(path, Array(text.utf8), mode: mode)
  }

  @discardableResult func write(_ path: String, _ bytes: [UInt8], mode: mode_t = 0o600) throws -> String {
    let full = root + "/" + path
    try makeFolder(String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex)))
    try Data(bytes).write(to: URL(filePath: full))
    try setMode(path, mode)
    return full
  }

  func makeFolder(_ path: String) throws {
    try FileManager.default.createDirectory(atPath: root + "/" + path, withIntermediateDirectories: true)
  }

  func setMode(_ path: String, _ mode: mode_t) throws {
    guard unsafe chmod(root + "/" + path, mode) == 0 else { throw Failed(code: errno) }
  }

  func link(_ path: String, to target: String) throws {
    guard unsafe symlink(target, root + "/" + path) == 0 else { throw Failed(code: errno) }
  }

  func makePipe(_ path: String) throws {
    guard unsafe mkfifo(root + "/" + path, 0o600) == 0 else { throw Failed(code: errno) }
  }

  struct Failed: Error { let code: Int32 }

  func loader(_ environment: [String: String] = [:]) -> ConfigurationLoader {
    ConfigurationLoader(environment: environment, home: root + "/home", systemFolder: system)
  }

  /// Loads one file as `--config` would.
  func load(_ text: String, mode: mode_t = 0o600, environment: [String: String] = [:]) throws
    -> LoadedConfiguration
  {
    var loader = loader(environment)
    loader.explicitFile = try write("etc/c.json5", text, mode: mode)
    return try loader.load()
  }

  /// The problems of one file, with paths relative to this place.
  func problems(_ text: String, mode: mode_t = 0o600, environment: [String: String] = [:]) throws -> [Problem]
  {
    do {
      _ = try load(text, mode: mode, environment: environment)
      return []
    } catch let errors as ConfigurationErrors { return errors.problems }
  }
}

/// Runs the body as a user who owns nothing, if it is root who runs the tests: setfsuid(2) is a matter of the calling
/// thread alone. (Glibc's module for Swift leaves it out.)
func withoutPrivileges<Answer>(_ body: () throws -> Answer) throws -> Answer {
  guard geteuid() == 0 else { return try body() }
  guard let symbol = unsafe dlsym(nil, "setfsuid") else { throw Place.Failed(code: ENOSYS) }
  let setfsuid = unsafe unsafeBitCast(
    symbol, to: (@convention(c) (uid_t) -> Int32).self)
  _ = setfsuid(65_534)
  defer { _ = setfsuid(0) }
  return try body()
}
