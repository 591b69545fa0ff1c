import Glibc

/// Another program, run to its end.
enum OtherProgram {
  /// 128 and more is a signal's.
  typealias Outcome = (status: Int32, says: String)

  /// Looked up in PATH unless it has a slash. It reads nothing; what it says on stderr comes back, at most 64 KiB of it, and what it
  /// prints goes nowhere. Ctrl-C reaches it as it reaches us. nil when it could not be started.
  static func run(_ program: String, _ arguments: [String]) -> Outcome? {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { return nil }
    _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
    _ = fcntl(ends[1], F_SETFD, FD_CLOEXEC)
    defer { close(ends[0]) }
    let pid = spawn(program, arguments, says: ends[1])
    close(ends[1])
    guard let pid else { return nil }
    var said: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = unsafe read(ends[0], &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      if said.count < 64 << 10 { said += piece[..<count] }
    }
    var status: Int32 = 0
    while unsafe waitpid(pid, &status, 0) < 0 {
      guard errno == EINTR else { return nil }
    }
    let code = status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
    return (code, String(decoding: said, as: UTF8.self))
  }

  private static func spawn(_ program: String, _ arguments: [String], says descriptor: Int32) -> pid_t? {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, 2)
    var words = unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
    defer { unsafe words.forEach { unsafe free($0) } }
    var pid: pid_t = 0
    let failed = unsafe posix_spawnp(&pid, program, &actions, nil, &words, environ)
    return failed == 0 ? pid : nil
  }
}
