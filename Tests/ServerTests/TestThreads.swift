import Posix
import Testing

/// Runs a suite's tests on threads of their own.
///
/// They talk to the server by blocking calls. On the shared pool, which has one thread a processor, two of them would
/// take all of it, and a part of the server that strayed there would stand still for as long as they wait.
struct TestThreads: SuiteTrait, TestTrait, TestScoping {
  static let pool = WorkerPool(name: "test", width: 4)

  let isRecursive = true

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
  ) async throws {
    Loop.start()
    try await withTaskExecutorPreference(Self.pool) { try await function() }
  }
}

extension Trait where Self == TestThreads {
  static var ownThreads: Self { TestThreads() }
}
