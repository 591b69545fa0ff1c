import Glibc
import Posix

/// One run: what is measured on what, and the report of it.
struct Bench {
  let options: Options
  let daemon: Subject
  let peers: [Subject]
  let scratch: Scratch
  /// Absent when the run measures nothing beside it, or it cannot be had, which `notes` tells.
  let sqlite: SQLitePeer?
  private let notes: [String]

  init(_ options: Options) throws {
    self.options = options
    let program = options.daemon ?? Self.buildFolder + "/companiond"
    guard unsafe access(program, X_OK) == 0 else {
      throw Trouble("There is no companiond at \(program); build it, or say --daemon PATH.")
    }
    scratch = try Scratch(in: options.folder)
    daemon = .companiond(program)
    peers = options.peers ? Subject.installedPeers() : []
    (sqlite, notes) = Self.sqlite(options, scratch)
  }

  private static func sqlite(_ options: Options, _ scratch: Scratch) -> (SQLitePeer?, [String]) {
    guard [.send, .history, .all].contains(options.command) else { return (nil, []) }
    do {
      let program = link("/proc/self/exe")
      guard let sources = options.sources ?? SQLitePeer.sources(near: program) else {
        throw Trouble("contrib/bench is not above \(program); say --sources DIR.")
      }
      return (try SQLitePeer(sources: sources, scratch: scratch), [])
    } catch {
      return (nil, ["Not measured: \(SQLitePeer.name). \(error)"])
    }
  }

  private static var buildFolder: String {
    let program = link("/proc/self/exe")
    return program.lastIndex(of: "/").map { String(program[..<$0]) } ?? "."
  }

  func run() async throws {
    var report = Report(options, machine: try Machine(scratch), peers: peers.map(\.name), notes: notes)
    let wanted = options.command
    if wanted == .rpc || wanted == .all { report.add(try RoundTrip(self).measure()) }
    if wanted == .fanout || wanted == .all { report.add(try await FanOut(self).measure()) }
    if wanted == .start || wanted == .all { report.add(try Start(self).measure()) }
    if wanted == .ttft || wanted == .all { report.add(try await FirstToken(self).measure()) }
    if wanted == .streams || wanted == .all { report.add(try await Streams.many(self).measure()) }
    if wanted == .follow || wanted == .all { report.add(try await Streams.one(self).measure()) }
    if wanted == .backup || wanted == .all { report.add(try await Backups(self).measure()) }
    if wanted == .history || wanted == .all { report.add(try await Histories(self).measure()) }
    if wanted == .prompt || wanted == .all { report.add(try Prompts(self).measure()) }
    if wanted == .send || wanted == .all { report.add(try Sends(self).measure()) }
    if wanted == .idle || wanted == .all { report.add(try Idle(self).measure()) }
    say(try options.json ? report.json() : report.table(), to: 1)
  }

  // MARK: What measurements share

  /// Everything to be measured, the daemon first.
  func subjects(_ fits: (Subject) -> Bool = { _ in true }) -> [Subject] { [daemon] + peers.filter(fits) }

  /// A tenth of the work under `--tenth`, but never none.
  func amount(_ whole: Int) -> Int { options.tenth ? max(1, whole / 10) : whole }

  func rounds(warmUps: Int = 0) -> Rounds { Rounds(count: options.rounds, warmUps: warmUps) }

  /// Every item in every round, for what needs no warming up.
  func alternate<Item>(_ items: [Item], _ body: (_ index: Int, _ item: Item) throws -> Void) rethrows {
    try rounds().alternate(Array(items.enumerated())) { item in
      try body(item.offset, item.element)
    } keep: { _, _ in
    }
  }

  /// Starts a subject on its processor, in a folder of its own.
  func launch(_ subject: Subject, in folder: String? = nil) throws -> Running {
    try pinThisProcess(to: options.cpus.subject)
    defer { try? pinThisProcess(to: options.cpus.bench) }
    return try Running(subject, folder: try folder ?? scratch.folder(subject.name))
  }
}

/// What a symbolic link of /proc points to.
func link(_ path: String) -> String {
  var bytes = [CChar](repeating: 0, count: 4096)
  let count = unsafe readlink(path, &bytes, bytes.count - 1)
  return String(decoding: bytes.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// Children inherit it.
func pinThisProcess(to cpu: Int) throws {
  let taskset = try Child(
    "taskset", ["--all-tasks", "--cpu-list", "--pid", "\(cpu)", "\(getpid())"], environment: [:],
    log: "/dev/null")
  guard taskset.wait() == 0 else { throw Trouble("taskset cannot pin this program to processor \(cpu).") }
}
