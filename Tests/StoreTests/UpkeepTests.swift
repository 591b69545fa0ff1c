import Base
import Glibc
import Model
import SQLite
import Synchronization
import Testing

@testable import Store

@Suite struct UpkeepTests {
  private let folder = TemporaryFolder()

  private func open(_ path: String? = nil) async throws -> Vault {
    try await Vault.open(path ?? folder.path, owner: someone, environment())
  }

  private func setName(_ name: String) -> @Sendable (Transaction) throws -> Int64 {
    { try $0.apply(SettingsPatch(user: .set(UserPersona(name: name)))).settings.revision }
  }

  @Test func `stats tell rows, sizes, schema and counter`() async throws {
    let vault = try await open()
    _ = try await vault.write(.acknowledged, setName("Ada"))
    let stats = try await vault.stats()
    #expect(stats.rows["settings"] == 1 && stats.rows["keys"] == 0 && stats.rows["vault"] == 1)
    #expect(stats.schema == Migration.all.count)
    #expect(stats.change == 1)
    #expect(stats.databaseBytes > 0 && stats.walBytes > 0 && stats.ballast)
    await vault.close()
  }

  @Test func `a sound vault has no problems`() async throws {
    let vault = try await open()
    _ = try await vault.write(.acknowledged, setName("Ada"))
    #expect(try await vault.check() == StorageReport(ok: true, problems: []))
    #expect(try await vault.check(repair: true) == StorageReport(ok: true, problems: []))
    await vault.close()
  }

  @Test func `a counter behind its rows is found, and mended on demand`() async throws {
    let vault = try await open()
    _ = try await vault.write(.acknowledged, setName("Ada"))
    try await vault.write { try $0.run(Query("UPDATE settings SET change = 40")) }
    let found = try await vault.check()
    #expect(!found.ok && found.problems == ["settings has change 40, beyond the counter's 1"])
    let mended = try await vault.check(repair: true)
    #expect(mended.ok && mended.repaired == found.problems && mended.problems.isEmpty)
    #expect(try await vault.write(.acknowledged, setName("Eve")) == 2)
    #expect(try await vault.read { try $0.settings() }.change == 41)
    await vault.close()
  }

  @Test func `an index that lost rows is found, and rebuilt on demand`() async throws {
    await (try open()).close()
    do {
      // An index that was partial while the row was written, and says afterwards it never was.
      let database = try Database(folder.path + "/companion.db", .readWrite)
      try database.connection.execute(
        """
        PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = 'CREATE INDEX settings_by_change ON settings (change) WHERE change > 100'
          WHERE name = 'settings_by_change';
        PRAGMA writable_schema = RESET
        """)
    }
    do {
      let database = try Database(folder.path + "/companion.db", .readWrite)
      try database.connection.execute(
        """
        INSERT INTO settings VALUES ('reuse', 'true', 1, 1);
        UPDATE vault SET change = 1;
        PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = 'CREATE INDEX settings_by_change ON settings (change)'
          WHERE name = 'settings_by_change';
        PRAGMA writable_schema = RESET
        """)
    }
    let vault = try await open()
    let found = try await vault.check()
    #expect(!found.ok && found.problems.contains { $0.contains("settings_by_change") }, "\(found.problems)")
    let mended = try await vault.check(repair: true)
    #expect(mended.ok && !mended.repaired.isEmpty)
    #expect(try await vault.read { try $0.changes(since: 0, limit: 10) }.items.count == 1)
    await vault.close()
  }

  @Test func `after an unclean end a counter behind its rows is refused at the start`() async throws {
    let vault = try await open()
    try await vault.write { try $0.run(Query("INSERT INTO settings VALUES ('reuse', 'true', 1, 9)")) }
    // The log of a process that was killed.
    let other = TemporaryFolder()
    for name in ["/companion.db", "/companion.db-wal"] {
      let bytes = try #require(Files.read(folder.path + name, Int(Files.size(folder.path + name) ?? 0)))
      writeFile(other.path + name, bytes)
    }
    await vault.close()
    await #expect {
      _ = try await open(other.path)
    } throws: {
      if case StoreError.corrupt(let what)? = $0 as? StoreError { what.contains("change 9") } else { false }
    }
  }

  @Test func `a copy made while writes go on is whole, and holds what was answered before it began`()
    async throws
  {
    let vault = try await open()
    try await vault.write { transaction in
      for number in 0..<20_000 { try transaction.bury(kind: "note", id: "a rather long name \(number)") }
    }
    let before = try await vault.write(.acknowledged, setName("before"))
    let target = folder.path + "/copies/one.db"
    let writing = Task {
      var count = 0
      while !Task.isCancelled {
        count += 1
        _ = try await vault.write(.acknowledged, setName("during \(count)"))
      }
      return count
    }
    try await vault.backUp(to: target)
    writing.cancel()
    #expect(try await writing.value > 0)
    #expect(Files.size(target + ".part") == nil)
    await vault.close()
    let copy = TemporaryFolder()
    writeFile(copy.path + "/companion.db", try #require(Files.read(target, Int(Files.size(target) ?? 0))))
    let restored = try await open(copy.path)
    #expect(try await restored.read { try $0.settings() }.revision >= before)
    #expect(try await restored.stats().rows["tombstones"] == 20_000)
    #expect(try await restored.check().ok)
    await restored.close()
  }

  @Test func `what reads whole files is done beside the readers, who answer meanwhile`() async throws {
    let held = HeldExecutor()
    let vault = try await Vault.open(folder.path, owner: someone, environment(files: held))
    _ = try await vault.write(.acknowledged, setName("Ada"))
    let results = Lock([String]())
    @Sendable func note(_ name: String) { results.withLock { $0.append(name) } }
    let target = folder.path + "/copies"
    let copying = Task {
      let backup = try await vault.backUp(into: target, at: Timestamp(milliseconds: 0))
      note("copied")
      #expect(try await vault.verify(backup).isEmpty)
      note("verified")
      #expect(try await vault.stats().rows["settings"] == 1)
      #expect(try await vault.check().ok)
      note("checked")
    }
    for done in [[], ["copied"], ["copied", "verified"]] {
      // The work has come to the files' thread, which does nothing yet.
      #expect(await eventually { results.withLock { $0 } == done && held.count > 0 })
      #expect(try await vault.read { try $0.settings() }.user?.name == "Ada")
      #expect(try await vault.read { try $0.settings() }.user?.name == "Ada")
      held.runAll()
    }
    #expect(
      await eventually {
        held.runAll()
        return results.withLock { $0.count } == 3
      })
    try await copying.value
    let closing = Task { await vault.close() }
    let isClosed = Lock(false)
    Task {
      await closing.value
      isClosed.withLock { $0 = true }
    }
    #expect(
      await eventually {
        held.runAll()
        return isClosed.withLock { $0 }
      })
  }

  @Test func `a reading thread that one vault keeps busy is not asked by another`() async throws {
    let other = TemporaryFolder()
    let shared = environment()
    let one = try await Vault.open(folder.path, owner: someone, shared)
    let two = try await Vault.open(other.path, owner: Owner(uid: 1001), shared)
    var ends: [Int32] = [0, 0]
    try #require(unsafe pipe(&ends) == 0)
    let (reading, writing) = (ends[0], ends[1])
    defer { close(reading) }
    let busy = Task {
      try await one.read { _ in
        var byte: UInt8 = 0
        // Until the test has looked.
        _ = unsafe Glibc.read(reading, &byte, 1)
      }
    }
    #expect(await eventually { one.readers[0].thread.waiting.load(ordering: .relaxed) == 1 })
    #expect(two.leastBusy === two.readers[1] && one.leastBusy === one.readers[1])
    _ = try await two.read { try $0.settings() }
    close(writing)
    try await busy.value
    #expect(two.leastBusy === two.readers[0])
    await one.close()
    await two.close()
  }

  @Test func `a copy that cannot be made says why and leaves nothing`() async throws {
    let vault = try await open()
    await #expect(throws: StoreError.self) { try await vault.backUp(to: "/proc/nowhere/copy.db") }
    #expect(try await vault.write(.acknowledged, setName("after")) == 1)
    await vault.close()
    await #expect(throws: StoreError.self) { try await vault.backUp(to: folder.path + "/copies/late.db") }
  }
}

/// A thread that does nothing until it is told to.
private final class HeldExecutor: SerialExecutor {
  private let jobs = Lock<[UnownedJob]>([])

  var count: Int { jobs.withLock { $0.count } }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    jobs.withLock { $0.append(job) }
  }

  func asUnownedSerialExecutor() -> UnownedSerialExecutor { unsafe UnownedSerialExecutor(ordinary: self) }

  /// Does what has come, on the caller's thread. One caller only.
  func runAll() {
    let all = jobs.withLock { jobs in
      defer { jobs = [] }
      return jobs
    }
    for job in all { unsafe job.runSynchronously(on: asUnownedSerialExecutor()) }
  }
}

@Suite struct VaultsTests {
  private let folder = TemporaryFolder()

  @Test func `two who ask at once get one vault`() async throws {
    let vaults = Vaults(folder.path, .single(someone), environment())
    let found = try await withThrowingTaskGroup { group in
      for _ in 0..<16 { group.addTask { try await vaults.vault(for: someone) } }
      var found: [Vault] = []
      for try await vault in group { found.append(vault) }
      return found
    }
    #expect(found.allSatisfy { $0 === found[0] })
    #expect(vaults.opened(someone) === found[0])
    #expect(vaults.all.count == 1)
    await vaults.close()
    #expect(vaults.opened(someone) == nil)
    await #expect(throws: StoreError.self) { try await vaults.vault(for: someone) }
  }

  @Test func `owners are kept apart in folders of their own`() async throws {
    let vaults = Vaults(folder.path, .byUID, environment())
    let (one, two) = (Owner(uid: 1001), Owner(uid: 1002))
    let first = try await vaults.vault(for: one)
    _ = try await first.write { try $0.apply(SettingsPatch(reuse: true)) }
    let second = try await vaults.vault(for: two)
    #expect(try await second.read { try $0.settings() } == Settings())
    #expect(Files.size(folder.path + "/1001/companion.db") != nil)
    #expect(Files.size(folder.path + "/1002/companion.db") != nil)
    await vaults.close()
  }

  @Test func `a daemon of one person has no vault for another`() async throws {
    let vaults = Vaults(folder.path, .single(someone), environment())
    await #expect(throws: StoreError.self) { try await vaults.vault(for: Owner(uid: 1)) }
    await vaults.close()
  }

  @Test func `a vault that could not be opened is tried again by the next call`() async throws {
    let busy = try await Vault.open(folder.path, owner: someone, environment())
    let vaults = Vaults(folder.path, .single(someone), environment())
    await #expect(throws: StoreError.self) { try await vaults.vault(for: someone) }
    await busy.close()
    _ = try await vaults.vault(for: someone)
    await vaults.close()
  }
}
