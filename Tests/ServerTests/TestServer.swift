import Base
import Engine
import Glibc
import HTTP
import Model
import Posix
import Providers
import Server
import Store
import TestSupport
import Wire

/// Runs a piece of a test on the loop.
@Loop
func onLoop<Answer: Sendable>(_ body: @Loop () throws -> Answer) rethrows -> Answer { try body() }

/// Returns after the loop has gone round a few times: what was ready before has been seen to, so what has not
/// happened by then will not.
func turns(_ count: Int = 4) async {
  for _ in 0..<count { await onLoop {} }
}

/// Lets the loop turn until something has come true there. Throws when it does not within the patience of a test.
func until(_ what: String, _ isSo: @Loop @Sendable () -> Bool) async throws {
  let deadline = ContinuousClock.now + LineClient.patience
  while await !onLoop(isSo) {
    guard ContinuousClock.now < deadline else { throw LineClient.Failure.timedOut(what) }
  }
}

/// A server on the loop that peers are handed to by one end of a socket pair, with whatever identity a test wants.
///
/// With `routes` it has methods of the test's own and nothing behind them; without, it is the daemon's server over
/// vaults in a folder of its own.
final class TestServer: Sendable {
  let server: Server
  let hub: Hub
  let log: RecordingSink
  let limits: Limits
  let gates: Gates
  private let house: House?

  /// Whose server it is, and who connects when a test names nobody.
  static let me = getuid()

  /// A server with the test's own routes.
  @Loop
  init(
    routes: [Route], limits: Limits = Limits(), admission: Admission.Mode = .ownUser(me),
    wallClock: WallClock = .system
  ) {
    self.limits = limits
    log = RecordingSink()
    hub = Hub(limits: limits)
    gates = Gates()
    house = nil
    server = Server(
      routes: routes.sorted { $0.name < $1.name },
      admission: Admission(admission, limits: limits, clock: wallClock), services: nil, hub: hub,
      limits: limits, metrics: Metrics(), log: Log(LogCentre(sink: log), component: "server"))
  }

  /// The daemon's own server, with the test's routes beside its methods.
  @Loop
  init(
    overVaults limits: Limits, admission: Admission.Mode = .ownUser(me),
    clock: any Clock<Duration> = LoopClock(),
    adding routes: [Route] = [], boot: String = ULIDMaker().make().description
  ) throws {
    self.limits = limits
    let log = RecordingSink()
    let hub = Hub(limits: limits)
    let layout: Vaults.Layout
    switch admission {
    case .ownUser(let uid): layout = .single(Owner(uid: uid))
    case .everyUser: layout = .byUID
    }
    let house = try House(
      layout, limits: limits, clock: clock, logs: LogCentre(sink: log),
      publish: { event in Loop.assume { hub.publish(event) } })
    self.log = log
    self.hub = hub
    self.house = house
    gates = Gates()
    server = Server(
      routes: (Route.daemon + routes).sorted { $0.name < $1.name },
      admission: Admission(admission, limits: limits, clock: .system),
      services: Services(
        engine: house.engine, control: house.control, logs: house.logs, boot: boot, version: "0.0.0-test"),
      hub: hub, limits: limits, metrics: house.metrics, log: Log(house.logs, component: "server"))
    house.control.server = server
  }

  var control: TestControl {
    guard let house else { preconditionFailure("this server has nothing behind it") }
    return house.control
  }

  var engine: Engine {
    guard let house else { preconditionFailure("this server has nothing behind it") }
    return house.engine
  }

  var folder: String {
    guard let house else { preconditionFailure("this server has nothing behind it") }
    return house.folder.path
  }

  /// A connected client; the server takes its end over before this returns.
  func connect(as uid: UInt32 = me, pid: Int32 = 77) async throws -> LineClient {
    try await connectRaw(as: uid, pid: pid).client
  }

  /// The same with the descriptor, for what only a raw socket can do.
  func connectRaw(as uid: UInt32 = me, pid: Int32 = 77) async throws -> (client: LineClient, raw: Int32) {
    let (ours, theirs) = try UnixSocket.pair()
    let server = server
    await onLoop {
      server.admit(FileDescriptor(adopting: theirs), from: PeerCredentials(uid: uid, gid: uid, pid: pid))
    }
    return (LineClient(adopting: ours), ours)
  }

  /// Bytes that the server holds for everybody.
  var heldBytes: Int { get async { await onLoop { [server] in server.heldBytes } } }

  /// Ends every connection, so that the next test's figures are its own.
  func end() async {
    await onLoop { [server] in server.abandonAll() }
    await house?.vaults.close()
  }
}

// Threads cannot be taken down, so all tests share a few.
private let storage = ThreadExecutor(name: "test-storage")
private let readers = [ThreadExecutor(name: "test-reader-1"), ThreadExecutor(name: "test-reader-2")]
private let files = ThreadExecutor(name: "test-files")
private let pictureThreads = WorkerPool(name: "test-pictures", width: 2)

/// What stands behind the daemon's methods, in a temporary folder.
private final class House: Sendable {
  let folder: TemporaryFolder
  let vaults: Vaults
  let engine: Engine
  let control: TestControl
  let metrics = Metrics()
  let logs: LogCentre

  @Loop
  init(
    _ layout: Vaults.Layout, limits: Limits, clock: any Clock<Duration>, logs: LogCentre,
    publish: @escaping @Sendable (Event) -> Void
  ) throws {
    folder = try TemporaryFolder()
    self.logs = logs
    let environment = VaultEnvironment(
      writer: storage, readers: readers, files: files, clock: LoopClock(), metrics: metrics,
      log: Log(logs, component: "store"), limits: limits)
    vaults = Vaults(folder.file("data"), layout, environment)
    control = TestControl()
    engine = Engine(
      .init(
        executor: Loop.executor, files: files, vaults: vaults, clock: clock, wallClock: .system,
        ids: ULIDMaker(), limits: limits, log: logs, publish: publish),
      pool: ProviderPool(seams: ProviderSeams(client: HTTPClient())), defaultModel: "offline",
      pictures: PictureMeans(
        painter: PicturePool(seams: ProviderSeams(client: HTTPClient())), maker: StrangersPictures(),
        executor: pictureThreads))
  }
}

/// The process's affairs, as far as a test needs them.
@Loop
final class TestControl: DaemonControl {
  weak var server: Server?
  private(set) var stops: [Duration?] = []
  /// What `config.show` answers.
  var shown = JSONValue.object([:])

  nonisolated init() {}

  var configuration: ConfigShow.Result { .init(config: shown, sources: []) }

  func reload() async -> ConfigReload.Result { .init(changed: [], restart: []) }

  /// At once and on the spot, which is the hardest that a daemon may do.
  func stop(grace: Duration?) {
    stops.append(grace)
    server?.beginStopping()
    server?.closeAll(.stopping, retryMs: 50)
  }

  var process: ProcessFacts {
    ProcessFacts(
      startedAt: Timestamp(milliseconds: 0), uptime: .seconds(1), mode: .user, activated: false,
      socket: "/nowhere", data: "/nowhere", idleExit: nil, sandbox: nil, memoryBytes: 0)
  }
}

/// Keeps what is logged.
final class RecordingSink: LogSink {
  private let lines = Lock<[LogRecord]>([])
  func write(_ record: LogRecord) { lines.withLock { $0.append(record) } }
  var records: [LogRecord] { lines.withLock { $0 } }
  func records(at level: LogLevel) -> [LogRecord] { records.filter { $0.level == level } }
}
