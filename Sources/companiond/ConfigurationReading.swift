import Config
import Posix
import Wire

/// Loads the configuration on a thread that may wait for the disk.
actor ConfigurationReading {
  private let loader: ConfigurationLoader
  private let executor: ThreadExecutor

  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

  init(_ loader: ConfigurationLoader, on executor: ThreadExecutor) {
    self.loader = loader
    self.executor = executor
  }

  func read() -> Result<LoadedConfiguration, ConfigurationErrors> {
    do throws(ConfigurationErrors) {
      return .success(try loader.load())
    } catch {
      return .failure(error)
    }
  }
}

extension ConfigProblem {
  init(_ problem: Problem) {
    var position: Position?
    if case .file(_, let place) = problem.source { position = place }
    let found = problem.found.map { ", found \($0)" } ?? ""
    self.init(
      source: problem.source.file ?? problem.source.description, line: position?.line,
      column: position?.column,
      path: problem.path.isEmpty ? nil : problem.path, message: "expected \(problem.expected)\(found)",
      suggestion: problem.suggestion)
  }
}
