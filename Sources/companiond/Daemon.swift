import Base
import Config
import Engine
import Glibc
import Model
import Posix
import Providers
import Server
import Store
import Systemd
import Wire

/// The running process: what was built from options and configuration, and its life from READY to the end.
@Loop
final class Daemon {
  let options: Options
  let loader: ConfigurationLoader
  var loaded: LoadedConfiguration
  let logs: LogCentre
  let log: Log
  let server: Server
  let hub: Hub
  let engine: Engine
  private let pool: ProviderPool
  private let painters: PicturePool
  let vaults: Vaults
  let listening: Listening
  let socketPath: String
  let dataFolder: String
  private let exitStatus: Lock<Int32>
  private let watchdog: Watchdog?
  let notifier = Notifier()
  let statusLine: StatusLine
  let startedAt: Timestamp
  let clock = LoopClock()
  let started: LoopClock.Instant
  let files: ThreadExecutor
  private var acceptor: Acceptor?
  private var idleTimer: LoopTimer?
  private let leanness: Leanness
  private var ending: Ending?
  private var isReady = false
  private var reloadIsDue = false
  /// The uid whose vault the watchdog reads: its own, or nobody's in a daemon for all.
  let ownOwner: Owner?

  init(_ parts: Parts) {
    options = parts.options
    loader = parts.loader
    loaded = parts.loaded
    logs = parts.logs
    log = Log(parts.logs, component: "daemon")
    listening = parts.listening
    socketPath = parts.socketPath
    dataFolder = parts.dataFolder
    exitStatus = parts.exitStatus
    watchdog = parts.watchdog
    startedAt = WallClock.system.now()
    started = clock.now
    let files = ThreadExecutor(name: "files")
    self.files = files
    ownOwner = parts.options.system ? nil : Owner(uid: getuid())
    statusLine = StatusLine(notifier, log: log)

    let limits = parts.loaded.configuration.limits
    let metrics = Base.Metrics()
    let notifier = notifier
    let hub = Hub(limits: limits)
    self.hub = hub
    let environment = VaultEnvironment(
      writer: ThreadExecutor(name: "storage"),
      readers: (1...2).map { ThreadExecutor(name: "reader-\($0)") }, files: files, clock: clock,
      metrics: metrics, log: Log(parts.logs, component: "store"), limits: limits,
      progress: { _ in _ = notifier.extendTimeout(by: .seconds(30)) })
    vaults = Vaults(parts.dataFolder, ownOwner.map { .single($0) } ?? .byUID, environment)
    pool = TextProviders.pool(parts.loaded.configuration, log: parts.logs, metrics: metrics)
    painters = PictureProviders.pool(parts.loaded.configuration, log: parts.logs, metrics: metrics)
    engine = Engine(
      .init(
        executor: Loop.executor, files: files, vaults: vaults, clock: clock, wallClock: .system,
        ids: ULIDMaker(), limits: limits, log: parts.logs, metrics: metrics,
        backups: BackupPlan(parts.loaded.configuration.backups),
        publish: { event in Loop.assume { hub.publish(event) } }),
      pool: pool, defaultModel: parts.loaded.configuration.defaults.chat.description,
      prompt: PromptDefaults(parts.loaded.configuration),
      pictures: PictureMeans(
        painter: painters, maker: StrangersPictures(), executor: PictureProviders.threads(),
        defaults: PictureProviders.defaults(parts.loaded.configuration)))
    leanness = Leanness(engine: engine, vaults: vaults)
    let control = Control()
    server = Server(
      routes: Route.daemon,
      admission: Admission(
        parts.options.system ? .everyUser(daemon: getuid()) : .ownUser(getuid()), limits: limits,
        clock: .system),
      services: Services(
        engine: engine, control: control, logs: parts.logs, boot: ULIDMaker().make().description,
        version: releaseVersion),
      hub: hub, limits: limits, metrics: metrics, log: Log(parts.logs, component: "server"),
      doors: Doors(engine))
    metrics.reading("companion_resident_bytes", "Memory the process holds.") {
      Double(ProcessFactsReader.residentBytes())
    }
    self.control = control
    control.daemon = self
  }
  private let control: Control

  /// What `main` has gathered before the loop runs.
  struct Parts: Sendable {
    let options: Options
    let loader: ConfigurationLoader
    let loaded: LoadedConfiguration
    let logs: LogCentre
    let listening: Listening
    let socketPath: String
    let dataFolder: String
    let watchdog: Watchdog?
    /// What the process ends with; read after the loop has stopped.
    let exitStatus = Lock<Int32>(0)
  }

  // MARK: From start to READY

  /// Opens the storage, then the door. READY waits for no work of the world outside.
  func start() async {
    if let ownOwner {
      do throws(StoreError) {
        _ = try await vaults.vault(for: ownOwner)
      } catch {
        return refuse(error)
      }
    }
    if ending != nil { return }
    acceptor = Acceptor(listening, server: server)
    server.onQuiet = { [weak self] in self?.grewQuiet() }
    statusLine.report(notifier.ready(status: "ready"))
    isReady = true
    log.notice(
      "companiond \(releaseVersion) is ready.",
      ["socket": socketPath, "data": dataFolder, "pid": getpid(), "activated": listening.isInherited])
    for warning in loaded.warnings { log.warning("\(warning)") }
    pingWatchdog()
    if reloadIsDue { await reload() }
    await engine.housekeeping.begin()
    grewQuiet()
  }

  private func refuse(_ error: StoreError) {
    let status: Refusal.Status =
      if case .locked = error { .taken } else if error.isOfTheDisk { .storage } else { .configuration }
    log.error("The data in \(dataFolder) cannot be used: \(error.description)")
    statusLine.report(notifier.failing(errno: EIO, status: error.description))
    listening.removePath()
    exitStatus.withLock { $0 = status.rawValue }
    Loop.stop()
  }

  // MARK: While it runs

  func handle(_ signal: Int32) {
    switch signal {
    case SIGHUP:
      // Whoever asks before READY is served then: an answer now would say that the door is open.
      guard isReady else { return reloadIsDue = true }
      Loop.begin { await self.reload() }
    default: stop(grace: nil)
    }
  }

  /// Reads the configuration on the files' thread: nothing on the loop waits for the disk.
  @discardableResult
  func reload() async -> ConfigReload.Result {
    statusLine.report(notifier.reloading())
    defer { statusLine.report(notifier.ready(status: statusLine.text(server))) }
    let outcome = await ConfigurationReading(loader, on: files).read()
    switch outcome {
    case .failure(let errors):
      log.error("The configuration was not applied. \(errors)")
      return .init(problems: errors.problems.map { ConfigProblem($0) })
    case .success(let fresh):
      let changes = fresh.difference(from: loaded)
      loaded = fresh
      logs.threshold = fresh.configuration.log.level
      // Also when nothing changed: a file with a key in it may have.
      pool.configure(
        TextProviders.settings(fresh.configuration), lists: TextProviders.lists(fresh.configuration))
      painters.configure(PictureProviders.settings(fresh.configuration, log))
      engine.apply(
        limits: fresh.configuration.limits, defaultModel: fresh.configuration.defaults.chat.description,
        prompt: PromptDefaults(fresh.configuration),
        pictures: PictureProviders.defaults(fresh.configuration))
      log.notice("The configuration was read again.", ["changed": changes.map(\.path).joined(separator: " ")])
      if !changes.isEmpty { hub.announce(ServerConfig.self, .init(changed: changes.map(\.path))) }
      return .init(
        changed: changes.map(\.path).sorted(), restart: changes.filter(\.needsRestart).map(\.path).sorted())
    }
  }

  /// The watchdog is fed through the path that serves requests: the loop, and a read of the vault.
  private func pingWatchdog() {
    guard let watchdog else { return }
    func next() {
      EventLoop.shared.after(watchdog.interval) { [weak self] in
        Loop.begin {
          guard let self else { return }
          if let owner = self.ownOwner {
            do throws(EngineError) {
              try await self.engine.upkeep.pulse(owner)
            } catch {
              self.log.error("The watchdog is not fed: the vault does not answer.", ["error": "\(error)"])
              return next()
            }
          }
          self.statusLine.report(self.notifier.watchdog())
          next()
        }
      }
    }
    next()
  }

  // MARK: Idle

  /// A call or a connection ended: perhaps it was the last.
  private func grewQuiet() {
    statusLine.mayHaveChanged(server)
    ending?.look()
    leanness.somethingEnded(on: server)
    guard let seconds = options.idleExit, ending == nil, server.connectionCount == 0 else { return }
    idleTimer?.cancel()
    idleTimer = EventLoop.shared.after(.seconds(seconds)) { [weak self] in
      guard let self, server.connectionCount == 0, ending == nil else { return }
      // A reply that still streams is something to do, whoever listens, and so is the tail of one, or a picture.
      guard engine.turns.count == 0, engine.pictures.count == 0 else { return grewQuiet() }
      log.notice("Nothing to do for \(seconds) s: ending until somebody connects.")
      // Who connects from here on waits in systemd's backlog and is served by the next daemon.
      end(because: .idleExit, grace: .zero)
    }
  }

  // MARK: The end

  func stop(grace: Duration?) {
    if let ending {
      log.notice("Stopping at once, as it was asked for again.")
      return ending.hurry()
    }
    log.notice("Stopping.")
    end(because: .stopping, grace: grace ?? .seconds(5))
  }

  private func end(because reason: ServerClosing.Reason, grace: Duration) {
    guard ending == nil else { return }
    acceptor?.stop()
    // A client that finds no socket tries again; one that sat in a dead backlog would wait.
    listening.removePath()
    statusLine.report(notifier.stopping(status: "stopping"))
    hub.announce(ServerStopping.self, .init(retryMs: 50))
    ending = Ending(server, reason: reason, grace: grace) { [weak self] in
      await self?.engine.turns.interruptAll()
      // What a provider draws goes on there; the next start looks for it.
      await self?.engine.pictures.abandonAll()
    } close: { [weak self] in
      guard let self else { return }
      if engine.turns.replies > 0 {
        log.error(
          "Replies could not be stored to their last byte in time; the next start closes them.",
          ["turns": engine.turns.replies])
      }
      await vaults.close()
      log.notice("companiond has ended.")
      Loop.stop()
    }
    ending?.look()
  }
}

extension PromptDefaults {
  fileprivate init(_ configuration: Configuration) {
    self.init()
    let settings = configuration.prompt
    maxTokens = settings.reply.maxTokens
    temperature = settings.reply.temperature
    contextMessages = settings.contextMessages
    analysis.every = settings.analysis.every
    analysis.reader = settings.analysis.model == .fast ? .fast : .chat
    analysis.maxTokens = settings.analysis.maxTokens
    analysis.temperature = settings.analysis.temperature
    analysis.timeout = settings.analysis.timeout
    analysis.fastModel = configuration.defaults.fast.description
  }
}

extension BackupPlan {
  fileprivate init(_ settings: BackupSettings) {
    self.init(folders: settings.folders, keep: .seconds(settings.keepDays * 86_400))
  }
}
