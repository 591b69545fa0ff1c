import Base
import Glibc
import Model
import Testing

@testable import Store

@Suite struct TroubleTests {
  private let folder = TemporaryFolder()
  private let clock = ManualClock()

  private func open(_ path: String? = nil) async throws -> Vault {
    try await Vault.open(path ?? folder.path, owner: someone, environment(clock: clock))
  }

  private func setName(_ name: String) -> @Sendable (Transaction) throws -> Int64 {
    { try $0.apply(SettingsPatch(user: .set(UserPersona(name: name)))).settings.revision }
  }

  private func failure(_ vault: Vault, _ durability: Durability = .acknowledged) async -> String {
    do {
      _ = try await vault.write(durability, setName("lost"))
      return "none"
    } catch StoreError.storageFull {
      return "full"
    } catch StoreError.storageFailed(let name) {
      return name
    } catch {
      return "\(error)"
    }
  }

  /// Commits something, then empties the log, so that nothing need be read from it.
  private func settled() async throws -> Vault {
    let vault = try await open()
    _ = try await vault.write(.acknowledged, setName("kept"))
    await vault.writer.emptyLog()
    return vault
  }

  @Test func `a sync that fails acknowledges nobody, and the next write finds sound connections`()
    async throws
  {
    let vault = try await settled()
    _ = try await vault.read { try $0.settings() }
    #expect(replaceWritableDescriptors(of: vault.directory.writeAheadLog, by: "/dev/null") > 0)
    #expect(await failure(vault) == "SQLITE_IOERR_FSYNC")
    #expect(vault.metrics.revivals.count == 1)
    #expect(try await vault.read { try $0.settings() }.user?.name == "kept")
    #expect(try await vault.write(.acknowledged, setName("after")) == 2)
    #expect(try await vault.read { try $0.settings() }.user?.name == "after")
    #expect(try await vault.check().ok)
    await vault.close()
    let again = try await open()
    #expect(try await again.read { try $0.settings() }.user?.name == "after")
    await again.close()
  }

  @Test func `a commit whose sync failed does not come back with the log's recovery`() async throws {
    let vault = try await open()
    _ = try await vault.write(.acknowledged, setName("kept"))
    let index = try #require(Files.read(vault.directory.sharedMemory, 96))
    _ = try await vault.write(.acknowledged, setName("refused"))
    // What a failed sync leaves: whole frames in the log that the shared index does not count.
    let descriptor = unsafe Glibc.open(vault.directory.sharedMemory, O_RDWR)
    let patched = unsafe pwrite(descriptor, index, index.count, 0)
    close(descriptor)
    #expect(patched == 96)
    #expect(await vault.writer.loseConnections())
    #expect(try await vault.read { try $0.settings() }.user?.name == "kept")
    #expect(try await vault.read { try $0.change() } == 1)
    #expect(try await vault.write(.acknowledged, setName("next")) == 2)
    #expect(try await vault.check().ok)
    await vault.close()
  }

  @Test func `a disk that stays broken refuses every write, tries once a second, and reads go on`()
    async throws
  {
    let vault = try await settled()
    // The way back is barred too: the folder's log cannot be opened.
    #expect(replaceWritableDescriptors(of: vault.directory.writeAheadLog, by: "/dev/null") > 0)
    let log = vault.directory.writeAheadLog
    unsafe rename(vault.directory.database, vault.directory.database + ".away")
    #expect(await failure(vault) == "SQLITE_IOERR_FSYNC")
    let tries = await vault.writer.lastRetry
    #expect(await failure(vault).hasPrefix("SQLITE_"))
    #expect(await vault.writer.lastRetry == tries)
    unsafe rename(vault.directory.database + ".away", vault.directory.database)
    #expect(await failure(vault).hasPrefix("SQLITE_"))
    clock.advance(by: Writer.retryDelay)
    #expect(try await vault.write(.acknowledged, setName("after")) == 2)
    #expect(Files.size(log) != nil)
    await vault.close()
  }

  @Test func `a full disk lets what runs finish and refuses what is new until there is room`() async throws {
    let vault = try await settled()
    #expect(try await vault.stats().ballast)
    #expect(replaceWritableDescriptors(of: vault.directory.writeAheadLog, by: "/dev/full") > 0)
    #expect(await failure(vault) == "full")
    #expect(Files.size(vault.directory.ballast) == nil)
    #expect(vault.metrics.full.level == 1)
    #expect(try await vault.read { try $0.settings() }.user?.name == "kept")
    // Not a second later: not even tried.
    #expect(await failure(vault) == "full")
    #expect(Files.size(vault.directory.ballast) == nil)
    await vault.close()
  }

  /// More than the page cache holds, so that SQLite has to write to the log in the middle of the statement.
  private func setMuch() -> @Sendable (Transaction) throws -> Int64 {
    setName(String(repeating: "x", count: 8 << 20))
  }

  @Test func `a disk found full inside a statement is a full disk too`() async throws {
    let vault = try await settled()
    #expect(replaceWritableDescriptors(of: vault.directory.writeAheadLog, by: "/dev/full") > 0)
    await #expect(throws: StoreError.self) { try await vault.write(.acknowledged, setMuch()) }
    #expect(vault.metrics.full.level == 1)
    #expect(Files.size(vault.directory.ballast) == nil)
    #expect(await failure(vault) == "full")
    #expect(try await vault.read { try $0.settings() }.user?.name == "kept")
    await vault.close()
  }

  @Test
  func `what runs is tried again with the ballast's room when a neighbour in its batch met the full disk`()
    async throws
  {
    let vault = try await settled()
    #expect(replaceWritableDescriptors(of: vault.directory.writeAheadLog, by: "/dev/full") > 0)
    let runs = Lock(0)
    let outcomes = Lock([String]())
    // Handed in together, so that they share a batch.
    await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
      let tell: @Sendable (Result<Int64, StoreError>) -> Void = { result in
        let name =
          switch result {
          case .success: "stored"
          case .failure(.storageFull): "full"
          case .failure(let error): "\(error)"
          }
        let count = outcomes.withLock { outcomes in
          outcomes.append(name)
          return outcomes.count
        }
        if count == 2 { done.resume() }
      }
      vault.submit(.acknowledged, setMuch(), completion: tell)
      vault.submit(
        .finishing,
        { transaction in
          runs.withLock { $0 += 1 }
          return try transaction.apply(SettingsPatch(user: .set(UserPersona(name: "ending")))).settings
            .revision
        }, completion: tell)
    }
    // The device stays full, so the second try fails as well; that there was one is what counts.
    #expect(outcomes.withLock { $0 } == ["full", "full"])
    #expect(runs.withLock { $0 } >= 1)
    await vault.close()
  }

  @Test func `a failing disk ends a backup under way, which would keep the old connection alive`()
    async throws
  {
    let vault = try await settled()
    try await vault.write { transaction in
      for number in 0..<20_000 { try transaction.bury(kind: "note", id: "a rather long name \(number)") }
    }
    let copies = folder.path + "/copies"
    let seen = await vault.writer.loseConnectionsDuringBackup(to: copies + "/one.db")
    // The writer's new connection and nothing beside it: no reader was asked since.
    #expect(seen.told == "SQLITE_IOERR" && seen.open == 1)
    #expect(Files.size(copies + "/one.db.part") == nil && Files.size(copies + "/one.db") == nil)
    #expect(try await vault.write(.acknowledged, setName("after")) == 2)
    try await vault.backUp(to: copies + "/two.db")
    #expect(Files.size(copies + "/two.db") != nil)
    #expect(try await vault.check().ok)
    await vault.close()
  }

  @Test func `what is owed is the first thing of the first commit that stands, and done once`() async throws {
    let vault = try await settled()
    let outcomes = Lock([String]())
    #expect(replaceWritableDescriptors(of: vault.directory.writeAheadLog, by: "/dev/full") > 0)
    await vault.owe { transaction in
      _ = try transaction.apply(SettingsPatch(user: .set(UserPersona(name: "owed"))))
    } completion: { result in
      outcomes.withLock { $0.append(result.isSuccess ? "stored" : "failed") }
    }
    #expect(await failure(vault, .finishing) == "full")
    #expect(outcomes.withLock { $0 }.isEmpty)
    #expect(try await vault.read { try $0.settings() }.user?.name == "kept")
    #expect(await vault.writer.loseConnections())
    clock.advance(by: Writer.retryDelay)
    let seen = try await vault.write { try $0.settings().user?.name }
    #expect(seen == "owed" && outcomes.withLock { $0 } == ["stored"])
    #expect(try await vault.write(.acknowledged, setName("after")) == 3)
    #expect(outcomes.withLock { $0 } == ["stored"])
    await vault.close()
  }

  @Test func `what is owed and throws fails alone, and is not tried again`() async throws {
    let vault = try await settled()
    let outcomes = Lock([String]())
    await vault.owe { _ in
      throw StoreError.keyConflict
    } completion: { result in
      outcomes.withLock { $0.append(result.isSuccess ? "stored" : "failed") }
    }
    #expect(try await vault.write(.acknowledged, setName("next")) == 2)
    #expect(try await vault.write(.acknowledged, setName("after")) == 3)
    #expect(outcomes.withLock { $0 } == ["failed"])
    await vault.close()
  }

  @Test(.enabled(if: geteuid() == 0, "only root can mount a small file system"))
  func `on a small file system nothing is half-written and service goes on when space returns`() async throws
  {
    let path = folder.path + "/small"
    unsafe mkdir(path, 0o700)
    let mounted = unsafe mount("tmpfs", path, "tmpfs", 0, "size=8m,mode=0700")
    try #require(mounted == 0, "this root may not mount")
    defer { unsafe umount2(path, Int32(MNT_DETACH)) }
    let vault = try await open(path)
    var stored: Int64 = 0
    // Fill the rest of the disk from beside, as a neighbour would.
    let neighbour = unsafe Glibc.open(path + "/neighbour", O_RDWR | O_CREAT, 0o600)
    defer { close(neighbour) }
    let page = [UInt8](repeating: 1, count: 4096)
    while unsafe write(neighbour, page, page.count) == page.count {}
    let text = String(repeating: "x", count: 20_000)
    var refused = false
    for number in 0..<200 {
      do {
        stored = try await vault.write(.acknowledged, setName("\(number) \(text)"))
      } catch StoreError.storageFull {
        refused = true
        break
      }
    }
    #expect(refused)
    #expect(try await vault.read { try $0.settings() }.revision == stored)
    #expect(vault.metrics.full.level == 1)
    // Streams and endings live from the ballast.
    stored = try await vault.write(.checkpoint, setName("stream"))
    stored = try await vault.write(.finishing, setName("ending"))
    #expect(try await vault.read { try $0.settings() }.user?.name == "ending")
    #expect(await failure(vault) == "full")
    clock.advance(by: Writer.retryDelay)
    #expect(await failure(vault) == "full")
    #expect(ftruncate(neighbour, 0) == 0)
    #expect(await failure(vault) == "full")
    clock.advance(by: Writer.retryDelay)
    #expect(try await vault.write(.acknowledged, setName("room")) == stored + 1)
    #expect(vault.metrics.full.level == 0)
    #expect(Files.size(vault.directory.ballast) == Ballast.bytes)
    #expect(try await vault.check().ok)
    await vault.close()
  }

  @Test(.enabled(if: geteuid() == 0, "only root can mount a small file system"))
  func `a vault opens on a disk without room for the reserve, to be read`() async throws {
    let path = folder.path + "/small"
    unsafe mkdir(path, 0o700)
    let mounted = unsafe mount("tmpfs", path, "tmpfs", 0, "size=2m,mode=0700")
    try #require(mounted == 0, "this root may not mount")
    defer { unsafe umount2(path, Int32(MNT_DETACH)) }
    let vault = try await open(path)
    #expect(try await !vault.stats().ballast)
    #expect(try await vault.read { try $0.settings() } == Settings())
    #expect(await failure(vault) == "full")
    #expect(try await vault.write(.finishing, setName("ending")) == 1)
    await vault.close()
  }
}

extension Result {
  fileprivate var isSuccess: Bool { if case .success = self { true } else { false } }
}

extension Writer {
  /// The same in the middle of a backup; what its waiter was told, and what else of the database is open afterwards.
  func loseConnectionsDuringBackup(to path: String) async -> (told: String, open: Int) {
    let told = Lock("nothing")
    begin(path) { result in
      told.withLock { told in
        if case .failure(.storageFailed(let name)) = result { told = name } else { told = "\(result)" }
      }
    }
    stepBackup()
    let isUnderWay = backups.count == 1
    #expect(isUnderWay, "the database is too small for two steps")
    // Before the first suspension, at which the queue's task could go on with the copy.
    failure = lastFailure
    let revived = await loseConnections()
    #expect(revived)
    return (told.withLock { $0 }, openDescriptors(of: directory.database))
  }

  /// As after a failure that leaves nothing to be trusted.
  func loseConnections() async -> Bool {
    failure = lastFailure
    lastRetry = nil
    return await revived()
  }
}
