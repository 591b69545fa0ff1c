import Base
import Glibc
import Posix

/// A program that this one started. Killed when it is let go of.
final class Child {
  let pid: pid_t
  private var status: Int32?

  /// `program` is looked up in PATH. `stdio` becomes both its input and its output; else it reads nothing and writes to `log`.
  init(
    _ program: String, _ arguments: [String], environment: [String: String], log: String, stdio: Int32? = nil
  ) throws {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    if let stdio {
      unsafe posix_spawn_file_actions_adddup2(&actions, stdio, 0)
      unsafe posix_spawn_file_actions_adddup2(&actions, stdio, 1)
    } else {
      unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
      unsafe posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    }
    unsafe posix_spawn_file_actions_addopen(&actions, 2, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    // This program takes its signals as events of the loop; its children begin with none blocked.
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    unsafe sigemptyset(&none)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

    var words = unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
    let path = unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? "/usr/bin:/bin"
    let all = environment.merging(["PATH": path]) { given, _ in given }
    var variables = unsafe all.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
    defer {
      unsafe words.forEach { unsafe free($0) }
      unsafe variables.forEach { unsafe free($0) }
    }
    var pid: pid_t = 0
    let failed = unsafe posix_spawnp(&pid, program, &actions, &attributes, &words, &variables)
    guard failed == 0 else { throw Trouble("\(SystemError("start", failed, subject: program))") }
    self.pid = pid
    Children.add(pid)
  }

  deinit {
    kill(pid, SIGKILL)
    _ = wait()
  }

  /// Ends it in good order if it ends within a few seconds.
  func stop() {
    kill(pid, SIGTERM)
    let deadline = now() + 5_000_000_000
    while !hasEnded, now() < deadline { usleep(2000) }
    kill(pid, SIGKILL)
    _ = wait()
  }

  var hasEnded: Bool {
    if status != nil { return true }
    var raw: Int32 = 0
    guard unsafe waitpid(pid, &raw, WNOHANG) == pid else { return false }
    ended(raw)
    return true
  }

  /// Its exit status, or minus the signal that killed it.
  func wait() -> Int32 {
    if let status { return status }
    var raw: Int32 = 0
    while unsafe waitpid(pid, &raw, 0) < 0, errno == EINTR {}
    return ended(raw)
  }

  @discardableResult
  private func ended(_ raw: Int32) -> Int32 {
    let now = raw & 0x7F == 0 ? (raw >> 8) & 0xFF : -(raw & 0x7F)
    status = now
    Children.remove(pid)
    return now
  }
}

/// Those that live, so that none outlives an interrupted run.
enum Children {
  private static let alive = Lock<Set<pid_t>>([])

  static func add(_ pid: pid_t) { alive.withLock { _ = $0.insert(pid) } }
  static func remove(_ pid: pid_t) { alive.withLock { _ = $0.remove(pid) } }
  static func killAll() { for pid in alive.withLock({ $0 }) { kill(pid, SIGKILL) } }

  /// Call before any other thread exists.
  static func endWithThisProcess() throws {
    let signals = try Signals.adopt([SIGTERM, SIGINT, SIGHUP]).release()
    Loop.start()
    Loop.perform {
      Signals.watch(signals) { signal in
        killAll()
        Scratch.removeAll()
        exit(128 + signal)
      }
    }
  }
}
