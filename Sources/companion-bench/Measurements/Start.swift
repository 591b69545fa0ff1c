import Base
import Glibc
import Posix
import SQLite

/// `start`: from exec, or from a client's connection under socket activation, to the first reply.
///
/// The daemon with a vault of 1 GB opens that vault each time, with the file's pages dropped from the cache before.
struct Start {
  private let bench: Bench
  private let bytes: Int

  init(_ bench: Bench) {
    self.bench = bench
    bytes = bench.amount(1 << 30)
  }

  func measure() throws -> [Figure] {
    var byHand = Figure("start by hand to first reply, empty", .milliseconds)
    var large = Figure("start by hand to first reply, \(size) vault", .milliseconds, aims: [.atMost(20)])
    var activated = Figure(
      "socket activation to first reply, \(size) vault", .milliseconds, aims: [.atMost(40)])
    let folder = try largeVault()
    try bench.alternate(bench.subjects()) { index, subject in
      byHand.add(try exec(subject, in: bench.scratch.folder(subject.name)), for: subject.name)
      if index == 0 {
        large.add(try exec(subject, in: folder), for: subject.name)
        if Subject.isInstalled("systemd-socket-activate") {
          activated.add(try activate(subject, in: folder), for: subject.name)
        }
      }
    }
    return [byHand, large, activated]
  }

  private var size: String { bytes >= 1 << 30 ? "1 GB" : "\(bytes >> 20) MB" }

  private func exec(_ subject: Subject, in folder: String) throws -> Double {
    dropFromCache(folder + "/data/companion.db")
    // Pinned before the clock starts, so that what it measures is the program.
    try pinThisProcess(to: bench.options.cpus.subject)
    let start = now()
    let running = try Running(subject, folder: folder)
    try running.connect().exchange(subject.ping(1))
    let end = now()
    running.stop()
    try pinThisProcess(to: bench.options.cpus.bench)
    return Double(end - start) / 1e6
  }

  /// `systemd-socket-activate` listens, and becomes the daemon when somebody connects.
  private func activate(_ subject: Subject, in folder: String) throws -> Double {
    dropFromCache(folder + "/data/companion.db")
    let path = Subject.socket(in: folder)
    unsafe unlink(path)
    try pinThisProcess(to: bench.options.cpus.subject)
    let activator = try Child(
      "systemd-socket-activate",
      ["--listen", path] + subject.environment(folder).map { "--setenv=\($0.key)=\($0.value)" }
        + [subject.program] + subject.arguments(folder),
      environment: [:], log: folder + "/log")
    let deadline = now() + 5_000_000_000
    while unsafe access(path, F_OK) != 0 {
      guard now() < deadline else { throw Trouble("systemd-socket-activate does not listen.") }
      usleep(1000)
    }
    // It waits in epoll a moment after the socket is there.
    usleep(50_000)
    let start = now()
    let socket = LineSocket(adopting: try UnixSocket.connect(to: path))
    try socket.exchange(subject.ping(1))
    let end = now()
    activator.stop()
    try pinThisProcess(to: bench.options.cpus.bench)
    return Double(end - start) / 1e6
  }

  // MARK: The large vault

  /// A vault that the daemon itself has made, filled up with rows of a table of our own.
  private func largeVault() throws -> String {
    let folder = try bench.scratch.folder("large")
    let running = try bench.launch(bench.daemon, in: folder)
    try running.connect().exchange(bench.daemon.ping(1))
    running.stop()
    let connection = try Connection(folder + "/data/companion.db", .readWrite)
    try connection.execute(
      """
      PRAGMA synchronous=OFF;
      CREATE TABLE filling (id INTEGER PRIMARY KEY, text BLOB NOT NULL);
      WITH RECURSIVE counter(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < \(bytes / 1024))
      INSERT INTO filling SELECT n, randomblob(1000) FROM counter;
      PRAGMA wal_checkpoint(TRUNCATE);
      """)
    return folder
  }

  /// The next reader of the file has to go to the disk, as after the machine was started.
  private func dropFromCache(_ path: String) {
    let raw = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard raw >= 0 else { return }
    fdatasync(raw)
    posix_fadvise(raw, 0, 0, POSIX_FADV_DONTNEED)
    close(raw)
  }
}
