import Glibc

/// The sqlite3 C library by itself, which no store on top of it can outrun.
///
/// Two small C programs of this project: `record.c` writes down the statements that a real daemon runs, with their values, and
/// `replay.c` runs them again. So the peer's statements are the daemon's own, whatever they are by now, and neither program has to be
/// kept in step with Store.
struct SQLitePeer {
  static let name = "sqlite3 in C"
  private let recorder: String
  private let replayer: String

  /// Builds both with the system's C compiler.
  init(sources: String, scratch: Scratch) throws {
    let folder = try scratch.folder("peer")
    recorder = folder + "/record.so"
    replayer = folder + "/replay"
    try Self.compile([sources + "/record.c", "-shared", "-fPIC", "-o", recorder], log: folder + "/log")
    try Self.compile([sources + "/replay.c", "-o", replayer], log: folder + "/log")
  }

  private static func compile(_ arguments: [String], log: String) throws {
    let all = ["-O2", "-pthread"] + arguments + ["-lsqlite3", "-ldl"]
    guard try Child("cc", all, environment: [:], log: log).wait() == 0 else {
      throw Trouble("cc cannot build \(arguments[0]): \(contents(of: log).suffix(300))")
    }
  }

  /// `contrib/bench` of the checkout that a program was built in.
  static func sources(near program: String) -> String? {
    var folder = program[...]
    while let slash = folder.lastIndex(of: "/") {
      folder = folder[..<slash]
      let sources = folder + "/contrib/bench"
      if unsafe access(sources + "/replay.c", R_OK) == 0 { return String(sources) }
    }
    return nil
  }

  /// The same program, its statements written down in a file.
  func recording(_ subject: Subject, to path: String) -> Subject {
    var copy = subject
    let (environment, recorder) = (subject.environment, recorder)
    copy.environment = { folder in
      environment(folder).merging(["LD_PRELOAD": recorder, "COMPANION_BENCH_RECORDING": path]) { $1 }
    }
    return copy
  }

  /// Runs recorded sends in a copy of the vault as it was before them: so many with so many in a transaction, then the next.
  /// Sends a second for each of the parts.
  func sends(
    _ parts: [(count: Int, together: Int)], recorded path: String, database: String, bench: Bench
  ) throws -> [Double] {
    let numbers = [parts.map(\.count), parts.map(\.together)].map { list in
      list.map { String($0) }.joined(separator: ",")
    }
    return try run([database, path, "sends"] + numbers, bench).map { 1e9 / $0 }
  }

  /// Reads again what was read first after that byte of the recording; microseconds of each.
  func page(
    after byte: Int, times: Int, recorded path: String, database: String, bench: Bench
  ) throws -> [Double] {
    try run([database, path, "page", String(byte), String(times)], bench).map { $0 / 1000 }
  }

  /// On the measured programs' processor; the numbers it prints.
  private func run(_ arguments: [String], _ bench: Bench) throws -> [Double] {
    let log = try bench.scratch.folder("replay") + "/log"
    try pinThisProcess(to: bench.options.cpus.subject)
    let status = try Child(replayer, arguments, environment: [:], log: log).wait()
    try pinThisProcess(to: bench.options.cpus.bench)
    let numbers = contents(of: log).split(separator: "\n").compactMap { Double($0) }
    guard status == 0, !numbers.isEmpty else { throw Trouble(contents(of: log)) }
    return numbers
  }
}

/// How many bytes a file has.
func size(of path: String) -> Int {
  var status = stat()
  return unsafe stat(path, &status) == 0 ? Int(status.st_size) : 0
}

/// A folder and all that is in it.
func copyFolder(_ path: String, to target: String) throws {
  guard try Child("cp", ["-a", "--", path, target], environment: [:], log: "/dev/null").wait() == 0 else {
    throw Trouble("\(path) cannot be copied to \(target).")
  }
}
