public import Client
import FoundationEssentials
import Glibc

/// The real companiond on a folder of its own: socket, data, configuration and environment are nobody else's.
///
/// It is ready when its socket answers, not after a while. Whatever a test leaves running is killed with the fixture.
public final class DaemonFixture {
  public let folder: TemporaryFolder
  public let socket: String
  public let data: String
  public let config: String
  private let options: [String]
  private let environment: [String: String]
  private let program: String
  /// May be another one at the next start.
  public var wrapper: [String]
  private let handed: [Int32]

  private var running: ChildProgram?
  /// What earlier runs wrote.
  private var earlierLog = ""

  /// Writes the configuration (JSON5) and starts the daemon, unless told not to.
  ///
  /// `wrapper` is a command that becomes the daemon, such as strace or setpriv; `handed` are descriptors it gets from 3 on;
  /// `program` is a copy of the daemon that another user can read. Replies are not followed by a reading of the scene, so that tests
  /// may count requests, unless `readsScenes`.
  public init(
    config text: String = "{}", options: [String] = [], environment: [String: String] = [:],
    in folder: TemporaryFolder? = nil, program: String? = nil, wrapper: [String] = [], handed: [Int32] = [],
    readsScenes: Bool = false, starts: Bool = true
  ) throws {
    let folder = try folder ?? TemporaryFolder()
    self.folder = folder
    self.program = program ?? ChildProgram.buildFolder + "/companiond"
    self.wrapper = wrapper
    self.handed = handed
    socket = folder.file("s")
    data = folder.file("data")
    config = folder.file("companiond.json5")
    self.options = options
    self.environment = ["HOME": folder.path, "XDG_RUNTIME_DIR": folder.path, "PATH": "/usr/bin:/bin"]
      .merging(readsScenes ? [:] : ["COMPANION_PROMPT_ANALYSIS_EVERY": "0"]) { $1 }
      .merging(environment) { $1 }
    try folder.write(text, to: "companiond.json5")
    _ = unsafe chmod(config, 0o600)
    if starts { try start() }
  }

  /// Whether there is a daemon to test.
  public static var isBuilt: Bool { unsafe access(ChildProgram.buildFolder + "/companiond", X_OK) == 0 }

  /// Starts the process and does not wait for anything.
  public func launch() throws {
    let command =
      wrapper + [program, "--config", config, "--socket", socket, "--data", data] + options
    running = try ChildProgram(
      command[0], Array(command.dropFirst()), environment: environment, handed: handed)
  }

  /// Starts it and returns once it answers.
  public func start(within patience: Duration = LineClient.patience) throws {
    try launch()
    try waitUntilReady(within: patience)
  }

  public func waitUntilReady(within patience: Duration = LineClient.patience) throws {
    guard let program = running else { throw ChildProgram.Failure(description: "nothing runs") }
    let deadline = ContinuousClock.now + patience
    while true {
      if let client = try? LineClient(path: socket), (try? client.ask("ping")) != nil { return }
      // The pause between two looks ends at once when the program does.
      if program.isOver(after: .milliseconds(2)) {
        let outcome = try program.outcome()
        throw ChildProgram.Failure(
          description: "companiond ended (\(outcome.ending)) before it was ready:\n\(outcome.err)")
      }
      guard ContinuousClock.now < deadline else {
        throw ChildProgram.Failure(description: "companiond was not ready in time:\n\(log)")
      }
    }
  }

  public var pid: Int32? { running?.pid }

  /// What it has written so far, all runs together.
  public var log: String {
    // A condition that never holds takes in what there is.
    try? running?.wait(within: .milliseconds(1)) { _, _ in false }
    return earlierLog + (running?.err ?? "")
  }

  /// Waits for a line of the log.
  public func waitForLog(containing text: String, within patience: Duration = LineClient.patience) throws {
    if earlierLog.contains(text) { return }
    try running?.wait(within: patience) { _, err in err.contains(text) }
  }

  public func send(signal: Int32) { running?.send(signal: signal) }

  @discardableResult
  public func waitForExit(within patience: Duration = LineClient.patience) throws -> ChildProgram.Ending {
    guard let program = running else { throw ChildProgram.Failure(description: "nothing runs") }
    let outcome = try program.outcome(within: patience)
    earlierLog += outcome.err
    running = nil
    return outcome.ending
  }

  /// SIGTERM, and the end it leads to.
  @discardableResult
  public func stop() throws -> ChildProgram.Ending {
    send(signal: SIGTERM)
    return try waitForExit()
  }

  /// SIGKILL: no chance to put anything in order.
  public func kill() throws {
    send(signal: SIGKILL)
    try waitForExit()
  }

  public func restart(gracefully: Bool = true) throws {
    if gracefully { try stop() } else { try kill() }
    try start()
  }

  // MARK: Talking to it

  public func lines() throws -> LineClient { try LineClient(path: socket) }

  public func client(reconnect: ReconnectPolicy = .brief) -> BlockingClient {
    BlockingClient(path: socket, options: ClientOptions(name: "tests", reconnect: reconnect))
  }

  /// Runs companionctl against it.
  public func companionctl(
    _ arguments: [String], environment: [String: String] = [:], input: String? = nil
  ) throws -> ChildProgram.Outcome {
    try ChildProgram.run(
      "companionctl", ["--socket", socket] + arguments, environment: environment,
      input: input.map { Array($0.utf8) })
  }
}
