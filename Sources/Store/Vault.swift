import Base
package import Model
import Synchronization

/// Everything one owner has: one database, one writer, a few readers, and one more for what takes long.
///
/// Any thread may call. Closures run on the storage threads, so they must not block on anything else, and may touch
/// nothing but what they are lent: a write's closure is run again when the disk was full and is not any more.
package final class Vault: Sendable {
  package let owner: Owner
  let directory: VaultDirectory
  /// Where the vault and what belongs beside it (pictures, uploads, backups) are.
  package var folder: String { directory.path }
  let writer: Writer
  let readers: [Reader]
  /// For reads of everything there is, which take as long as the vault is large.
  let slowReader: Reader
  let fileWork: FileWork
  let metrics: StoreMetrics
  /// The files of its pictures.
  package let pictures: PictureFiles
  /// Whether new writes are refused until there is room for the reserve again. It may be another the moment after.
  package var isFull: Bool { metrics.full.level != 0 }

  private init(
    owner: Owner, directory: VaultDirectory, writer: Writer, readers: [Reader], slowReader: Reader,
    fileWork: FileWork, metrics: StoreMetrics
  ) {
    self.owner = owner
    self.directory = directory
    self.writer = writer
    self.readers = readers
    self.slowReader = slowReader
    self.fileWork = fileWork
    self.metrics = metrics
    pictures = PictureFiles(directory.pictures)
  }

  // Whoever lets go of a vault without closing it ends the writer's task, which would keep it for ever.
  deinit { writer.queue.close() }

  /// Opens the vault in a folder, making it when there is none, and brings its schema up to date.
  package static func open(
    _ path: String, owner: Owner, _ environment: VaultEnvironment
  ) async throws(StoreError) -> Vault {
    let log = environment.log.with("owner", owner)
    let directory = try VaultDirectory(path, log: log)
    let metrics = StoreMetrics(environment.metrics, owner: owner.description)
    let readers = environment.readers.map { Reader(directory.database, on: $0) }
    let slowReader = Reader(directory.database, on: ReadingThread(environment.files))
    let writer = Writer(
      environment, directory: directory, readers: readers + [slowReader], metrics: metrics, log: log)
    try await writer.start()
    return Vault(
      owner: owner, directory: directory, writer: writer, readers: readers, slowReader: slowReader,
      fileWork: FileWork(on: environment.files), metrics: metrics)
  }

  /// Answers when what was handed in before is done, synced and moved into the database. Later calls fail with `closed`.
  package func close() async {
    for reader in readers + [slowReader] { await reader.close() }
    await writer.close()
  }

  /// Hands in an operation. Calls made in order from one thread are done in that order. `completion` is called on the
  /// writer's thread when the outcome stands on the disk (see `Durability`); it must be short.
  package func submit<Answer: Sendable>(
    _ durability: Durability = .acknowledged,
    _ body: @escaping @Sendable (Transaction) throws -> Answer,
    completion: @escaping @Sendable (Result<Answer, StoreError>) -> Void
  ) {
    let operation = Operation(
      durability: durability,
      run: { transaction in
        let answer = try body(transaction)
        return { completion(.success(answer)) }
      },
      fail: { completion(.failure($0)) })
    if !writer.queue.append(operation) { completion(.failure(.closed)) }
  }

  /// The same for callers that await: it is handed in before the first suspension. It cannot be taken back: cancelling the
  /// waiting task changes nothing.
  package func write<Answer: Sendable>(
    _ durability: Durability = .acknowledged,
    _ body: @escaping @Sendable (Transaction) throws -> Answer
  ) async throws(StoreError) -> Answer {
    let result: Result<Answer, StoreError> = await withCheckedContinuation { continuation in
      submit(durability, body) { continuation.resume(returning: $0) }
    }
    return try result.get()
  }

  /// Has something done by the next commit that stands, before anything else in it: for what a full or failing disk did not
  /// take, when nobody can wait for it. Like any write it is lost, and may be handed in again, if the vault is closed first.
  package func owe(
    _ body: @escaping @Sendable (Transaction) throws -> Void,
    completion: @escaping @Sendable (Result<Void, StoreError>) -> Void
  ) async {
    await writer.owe(
      Operation(
        durability: .finishing,
        run: { transaction in
          try body(transaction)
          return { completion(.success(())) }
        },
        fail: { completion(.failure($0)) }))
  }

  /// Reads a snapshot that holds every write answered before the call. On the reader with the least to do.
  package func read<Answer: Sendable>(
    _ body: @Sendable (Snapshot) throws -> Answer
  ) async throws(StoreError) -> Answer {
    metrics.reads.add()
    let reader = leastBusy
    reader.thread.waiting.wrappingAdd(1, ordering: .relaxed)
    let result = await reader.read(body)
    reader.thread.waiting.wrappingSubtract(1, ordering: .relaxed)
    return try result.get()
  }

  /// The same for what reads whole tables: it takes its time on the files' thread, and nobody's short read waits for it.
  func readSlowly<Answer: Sendable>(
    _ body: @Sendable (Snapshot) throws -> Answer
  ) async throws(StoreError) -> Answer {
    metrics.reads.add()
    return try await slowReader.read(body).get()
  }

  var leastBusy: Reader {
    var found = readers[0]
    for other in readers.dropFirst()
    where other.thread.waiting.load(ordering: .relaxed) < found.thread.waiting.load(ordering: .relaxed) {
      found = other
    }
    return found
  }

  /// Gives back the memory that only makes the next call faster: for a daemon that has nothing to do.
  package func releaseMemory() async {
    for reader in readers + [slowReader] { await reader.releaseMemory() }
    await writer.releaseMemory()
  }

  /// Copies the database to a file while writes go on; the file is whole and checked, or not there.
  package func backUp(to path: String) async throws(StoreError) {
    let copy = try await writer.backUp(to: path).get()
    try await fileWork.publish(copy).get()
  }
}
