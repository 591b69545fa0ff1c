import Base
import SQLite

/// The one connection that writes and checkpoints, on the storage thread.
///
/// SQLite before 3.51.3 can corrupt a database when two connections write or checkpoint around a reset of the log, so no
/// other connection does either. A single task takes batches from the queue; what else must happen between batches
/// (timers, backups) is synchronous code on this actor, so it can never land inside a transaction.
actor Writer {
  /// A batch is one transaction: so many operations keep it to a few milliseconds of somebody's waiting.
  static let batchLimit = 512
  /// Frames in the log (4 MiB) after which they are moved into the database, once the batch is answered.
  static let checkpointFrames = 1000
  static let lockDelay = Duration.seconds(1)
  static let backupPages = 256
  static let idleDelay = Duration.seconds(5)
  static let flushDelay = Duration.seconds(1)
  /// Entries of the search index wait for each other this long, so that a burst of sends is not slowed by them.
  static let indexDelay = Duration.milliseconds(300)
  static let mostIndexDelays = 9
  /// Between two attempts to get the ballast or a failed disk back.
  static let retryDelay = Duration.seconds(1)

  nonisolated let queue = WriteQueue()
  let environment: VaultEnvironment
  let directory: VaultDirectory
  let readers: [Reader]
  let metrics: StoreMetrics
  let log: Log
  let elapsed: @Sendable () -> Duration
  let ballast: Ballast

  /// What has to stand before anything new does: it goes at the front of every batch until a commit holds it.
  var owed: [Operation] = []
  var access: Access?
  var ledger = Ledger(0)
  var synchronousFull = true
  /// Commits that no sync has followed yet.
  var unsynced = false
  var full = false
  var lastRetry: Duration?
  var failure: SQLiteError?
  var flushTimer: Task<Void, Never>?
  var idleTimer: Task<Void, Never>?
  var committedSinceIdleTimer = false
  var nextMove = Writer.checkpointFrames
  var backups: [RunningBackup] = []
  var indexTimer: Task<Void, Never>?
  var committedSinceIndexTimer = false
  var indexDelays = 0
  /// Whether messages wait for their entries in the search index, and it is time to make them.
  var indexing = false
  private var closers: [CheckedContinuation<Void, Never>] = []
  private var finished = false

  init(
    _ environment: VaultEnvironment, directory: VaultDirectory, readers: [Reader], metrics: StoreMetrics,
    log: Log
  ) {
    self.environment = environment
    self.directory = directory
    self.readers = readers
    self.metrics = metrics
    self.log = log
    elapsed = environment.clock.stopwatch()
    ballast = Ballast(path: directory.ballast)
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe environment.writer.asUnownedSerialExecutor()
  }

  /// Opens, migrates and checks the database, and starts taking operations. Called once, before anything else.
  func start() throws(StoreError) {
    // A clean end removes the log; one that is still there tells that the last was none.
    let unclean = (Files.size(directory.writeAheadLog) ?? 0) > 0
    let migrator = Migrator(
      directory: directory, now: environment.wallClock.now(), log: log, progress: environment.progress)
    let database = try storing { () throws(SQLiteError) in
      try Database(directory.database, .readWrite, busyTimeout: .seconds(5))
    }
    try migrator.recognise(database)
    try storing { () throws(SQLiteError) in try prepare(database) }
    try migrator.run(database)
    let access = Access(database)
    if unclean {
      log.notice("the last run did not end cleanly; its log was recovered")
      try quickCheck(access)
    }
    try take(access)
    full = !ballast.restore()
    metrics.full.set(full ? 1 : 0)
    if full {
      log.warning("the disk is too full for the reserve; new writes are refused until there is room")
    }
    start { writer in await writer.work() }
  }

  func prepare(_ database: Database) throws(SQLiteError) {
    try database.connection.execute(
      """
      PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;
      PRAGMA trusted_schema=OFF
      """)
    // Only a person's own sqlite3 could hold a lock that matters; it may make us wait a moment, not for long.
    database.connection.setBusyTimeout(Self.lockDelay)
    synchronousFull = true
  }

  /// Makes this the connection in use.
  func take(_ access: Access) throws(StoreError) {
    ledger = Ledger(try Snapshot(access: access).change())
    self.access = access
  }

  /// A task of the writer's own, on its thread from the first instruction: nothing of ours visits the global pool.
  @discardableResult
  func start(_ body: @escaping @Sendable (Writer) async -> Void) -> Task<Void, Never> {
    Task(executorPreference: environment.writer as? any TaskExecutor) { [self] in await body(self) }
  }

  private func work() async {
    while let batch = await queue.next(limit: Self.batchLimit) {
      if !batch.isEmpty { await commit(batch) }
      stepBackup()
      stepIndex(others: !batch.isEmpty)
    }
    finish()
  }

  /// Keeps nothing in memory that can be read again. Between batches, like everything on this actor.
  func releaseMemory() { access?.database.connection.releaseMemory() }

  /// Does what waits, syncs it, empties the log and closes the connection.
  func close() async {
    await withCheckedContinuation { closer in
      if finished { return closer.resume() }
      closers.append(closer)
      // Only now: making a continuation may already let the queue's task run.
      queue.close()
    }
  }

  private func finish() {
    flushTimer?.cancel()
    idleTimer?.cancel()
    indexTimer?.cancel()
    abandonBackups(.closed)
    if unsynced { flush() }
    emptyLog()
    access = nil
    directory.release()
    finished = true
    for closer in closers { closer.resume() }
    closers = []
  }
}
