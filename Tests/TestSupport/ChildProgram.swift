import Base
import FoundationEssentials
import Glibc

/// A program run by a test: what it wrote, how it ended, and never longer than the test allows.
///
/// For one thread at a time. A program that is let go of is killed.
public final class ChildProgram {
  public enum Ending: Hashable, Sendable {
    case exited(Int32)
    case killed(signal: Int32)
  }

  public struct Failure: Error, CustomStringConvertible {
    public let description: String

    public init(description: String) { self.description = description }
  }

  /// What a program that has ended leaves.
  public struct Outcome: Sendable {
    public let ending: Ending
    public let out: String
    public let err: String

    /// The exit status, or -1 when a signal ended it.
    public var status: Int32 {
      if case .exited(let status) = ending { status } else { -1 }
    }
  }

  public let pid: Int32
  /// Read ends of stdout and stderr; and one that ends with the program, whatever it does with the other two.
  private let descriptors: (out: Int32, err: Int32, life: Int32)

  private var written: (out: [UInt8], err: [UInt8]) = ([], [])
  private var open: (out: Bool, err: Bool) = (true, true)
  private var ending: Ending?

  /// The folder of the programs that were built with the tests, or that `COMPANION_PROGRAMS` names: a release build.
  public static var buildFolder: String {
    if let other = unsafe getenv("COMPANION_PROGRAMS") { return unsafe String(cString: other) }
    var path = [CChar](repeating: 0, count: 4096)
    let count = unsafe readlink("/proc/self/exe", &path, path.count - 1)
    let text = String(decoding: path.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return text.lastIndex(of: "/").map { String(text[..<$0]) } ?? "."
  }

  /// Starts a program of the build folder, or of an absolute path, with exactly this environment. Of our descriptors it
  /// has those that are `handed` over, numbered from 3 on.
  public init(
    _ name: String, _ arguments: [String] = [], environment: [String: String] = [:], input: [UInt8]? = nil,
    handed: [Int32] = []
  ) throws {
    let path = name.hasPrefix("/") ? name : Self.buildFolder + "/" + name
    // Descriptors are made and handed on under a lock, or a program started meanwhile would inherit them and keep them open.
    let started = try spawning.withLock { _ in
      let out = try Pipe()
      let err = try Pipe()
      let life = try Pipe()
      let `in` = try Pipe()
      // Numbers that none of the others can have.
      let high = handed.map { fcntl($0, F_DUPFD_CLOEXEC, 512) }
      defer { for end in [out.write, err.write, life.write, `in`.read] + high { close(end) } }
      let pid = try spawn(
        path, arguments, environment,
        descriptors: [(`in`.read, 0), (out.write, 1), (err.write, 2), (life.write, 9)]
          + high.enumerated().map { (ours: $1, theirs: Int32(3 + $0)) })
      return (pid: pid, out: out.read, err: err.read, life: life.read, in: `in`.write)
    }
    pid = started.pid
    descriptors = (started.out, started.err, started.life)
    // Tests give a pipe's worth at most, which never blocks.
    if let input { unsafe _ = write(started.in, input, input.count) }
    close(started.in)
  }

  deinit {
    if ending == nil {
      kill(pid, SIGKILL)
      var status: Int32 = 0
      unsafe waitpid(pid, &status, 0)
    }
    close(descriptors.out)
    close(descriptors.err)
    close(descriptors.life)
  }

  /// Runs a program to its end.
  public static func run(
    _ name: String, _ arguments: [String] = [], environment: [String: String] = [:], input: [UInt8]? = nil,
    within patience: Duration = LineClient.patience
  ) throws -> Outcome {
    let program = try ChildProgram(name, arguments, environment: environment, input: input)
    return try program.outcome(within: patience)
  }

  public func send(signal: Int32) { kill(pid, signal) }

  public var out: String { String(decoding: written.out, as: UTF8.self) }
  public var err: String { String(decoding: written.err, as: UTF8.self) }

  /// Closes our end of its stdout, as a pager does that has been quit.
  public func stopReadingOutput() {
    open.out = false
    // The number stays taken by something harmless until the end.
    let null = unsafe Glibc.open("/dev/null", O_RDONLY | O_CLOEXEC)
    dup2(null, descriptors.out)
    close(null)
  }

  /// Reads until `condition` holds for what it wrote so far.
  public func wait(
    within patience: Duration = LineClient.patience, until condition: (_ out: String, _ err: String) -> Bool
  ) throws {
    let deadline = ContinuousClock.now + patience
    while !condition(out, err) {
      guard open.out || open.err else { throw failure("ended before it wrote what was expected") }
      guard read(until: deadline) else { throw failure("did not write what was expected in time") }
    }
  }

  /// Waits for the end; what it started and left behind does not matter.
  public func outcome(within patience: Duration = LineClient.patience) throws -> Outcome {
    let ending = try waitForExit(within: patience)
    let deadline = ContinuousClock.now + .seconds(1)
    while open.out || open.err, read(until: deadline) {}
    return Outcome(ending: ending, out: out, err: err)
  }

  @discardableResult
  public func waitForExit(within patience: Duration = LineClient.patience) throws -> Ending {
    if let ending = ending { return ending }
    let deadline = ContinuousClock.now + patience
    while !isOver(after: .zero) {
      guard read(until: deadline, orEnd: true) else { throw failure("did not end in time") }
    }
    var status: Int32 = 0
    while unsafe waitpid(pid, &status, 0) < 0, errno == EINTR {}
    let signal = status & 0x7F
    let ending: Ending = signal == 0 ? .exited((status >> 8) & 0xFF) : .killed(signal: signal)
    self.ending = ending
    return ending
  }

  /// Whether it has ended, or does within this time.
  public func isOver(after time: Duration) -> Bool {
    if ending != nil { return true }
    var life = pollfd(fd: descriptors.life, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&life, 1, time.pollMilliseconds) > 0
  }

  private func failure(_ what: String) -> Failure {
    Failure(description: "program \(pid) \(what)\nstdout: \(out.suffix(2000))\nstderr: \(err.suffix(2000))")
  }

  /// Takes in what there is. False when the time passed first.
  private func read(until deadline: ContinuousClock.Instant, orEnd: Bool = false) -> Bool {
    let rest = deadline - ContinuousClock.now
    guard rest > .zero else { return false }
    var polls = [
      pollfd(fd: open.out ? descriptors.out : -1, events: Int16(POLLIN), revents: 0),
      pollfd(fd: open.err ? descriptors.err : -1, events: Int16(POLLIN), revents: 0),
      pollfd(fd: orEnd ? descriptors.life : -1, events: Int16(POLLIN), revents: 0),
    ]
    guard unsafe poll(&polls, 3, rest.pollMilliseconds) > 0 else { return true }
    if polls[0].revents != 0 { open.out = Self.take(descriptors.out, &written.out) }
    if polls[1].revents != 0 { open.err = Self.take(descriptors.err, &written.err) }
    return true
  }

  private static func take(_ descriptor: Int32, _ bytes: inout [UInt8]) -> Bool {
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    let count = unsafe Glibc.read(descriptor, &piece, piece.count)
    if count > 0 { bytes.append(contentsOf: piece[..<count]) }
    return count > 0
  }
}

private let spawning = Lock(())

private struct Pipe {
  let read: Int32
  let write: Int32

  init() throws {
    var ends: [Int32] = [0, 0]
    guard unsafe pipe(&ends) == 0 else { throw ChildProgram.Failure(description: "pipe: error \(errno)") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    (read, write) = (ends[0], ends[1])
  }
}

/// The child begins with no signal blocked or ignored, whatever the tests' own process does.
private func spawn(
  _ path: String, _ arguments: [String], _ environment: [String: String],
  descriptors: [(ours: Int32, theirs: Int32)]
) throws -> pid_t {
  var actions = unsafe posix_spawn_file_actions_t()
  unsafe posix_spawn_file_actions_init(&actions)
  defer { unsafe posix_spawn_file_actions_destroy(&actions) }
  for (ours, theirs) in descriptors { unsafe posix_spawn_file_actions_adddup2(&actions, ours, theirs) }
  var attributes = posix_spawnattr_t()
  unsafe posix_spawnattr_init(&attributes)
  defer { unsafe posix_spawnattr_destroy(&attributes) }
  var none = sigset_t()
  var all = sigset_t()
  unsafe sigemptyset(&none)
  unsafe sigfillset(&all)
  unsafe posix_spawnattr_setsigmask(&attributes, &none)
  unsafe posix_spawnattr_setsigdefault(&attributes, &all)
  unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

  var words = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
  var variables = unsafe environment.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
  defer {
    unsafe words.forEach { unsafe free($0) }
    unsafe variables.forEach { unsafe free($0) }
  }
  var pid: pid_t = 0
  let failed = unsafe posix_spawn(&pid, path, &actions, &attributes, &words, &variables)
  guard failed == 0 else {
    throw ChildProgram.Failure(description: "\(path) cannot be started (error \(failed))")
  }
  return pid
}
