import TestSupport

/// Runs companionctl against a socket in a folder of the test's own, with an environment that names nothing else.
struct CommandHarness {
  let folder: TemporaryFolder
  var path: String { folder.file("s") }

  init() throws { folder = try TemporaryFolder() }

  func start(
    _ arguments: [String], environment: [String: String] = [:], input: String? = nil
  ) throws -> ChildProgram {
    let own = ["COMPANION_SOCKET": path, "HOME": folder.path, "XDG_RUNTIME_DIR": folder.path, "TZ": "UTC"]
    return try ChildProgram(
      "companionctl", arguments, environment: own.merging(environment) { $1 },
      input: input.map { Array($0.utf8) })
  }

  func run(
    _ arguments: String..., environment: [String: String] = [:], input: String? = nil
  ) throws -> ChildProgram.Outcome {
    try start(arguments, environment: environment, input: input).outcome()
  }

  /// A daemon that greets once and then plays the script.
  func daemon(_ script: @escaping @Sendable (LineClient) throws -> Void) throws -> FakeDaemon {
    try FakeDaemon(at: path) { line, _ in
      try line.greet()
      try script(line)
      try line.waitForEnd()
    }
  }

  /// A daemon that answers one call.
  func daemon(answering method: String, _ result: String) throws -> FakeDaemon {
    try daemon { line in try line.answer(try line.expect(method), result) }
  }
}
