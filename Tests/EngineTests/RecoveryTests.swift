import Base
import Glibc
import Model
import Posix
import TestSupport
import Testing

@testable import Engine
@testable import Store

private let storage = ThreadExecutor(name: "test-storage")
private let reader = ThreadExecutor(name: "test-reader")
private let files = ThreadExecutor(name: "test-files")

/// What a crash left open, on disks that take it and on one that does not.
@Suite struct RecoveryTests {
  private let mira = EngineHouse.mira
  private let folder: TemporaryFolder
  private let clock = ManualClock()
  private let ids = ULIDMaker()

  init() throws { folder = try TemporaryFolder() }

  /// Vaults over the folder, whose turns are closed when they are opened.
  private func vaults() -> Vaults {
    let environment = VaultEnvironment(
      writer: storage, readers: [reader], files: files, clock: clock,
      log: Log(.silent, component: "store"))
    let vaults = Vaults(folder.file("data"), .single(mira), environment)
    let recovery = Recovery(wallClock: .system, log: Log(.silent, component: "turns"))
    vaults.whenOpened { (vault, owner) throws(StoreError) in _ = try await recovery.run(vault, of: owner) }
    return vaults
  }

  private struct Left: Sendable {
    let chat: ULID
    let turn: ULID
    let reply: ULID
  }

  /// A daemon that ends in the middle of a reply, after its first checkpoint.
  private func crash() async throws -> Left {
    let vaults = vaults()
    let vault = try await vaults.vault(for: mira)
    let (companion, left) = (ids.make(), Left(chat: ids.make(), turn: ids.make(), reply: ids.make()))
    try await vault.write { transaction in
      _ = try transaction.insert(NewCompanion(id: companion, handle: "ada", persona: Persona(name: "Ada")))
      _ = try transaction.insert(NewChat(id: left.chat, companion: companion, version: 1))
      try transaction.insert(
        Turn(
          id: left.turn, chat: left.chat, companion: companion, kind: .reply, phase: .responding,
          replyId: left.reply, startedAt: Timestamp(milliseconds: 1), model: "home/gemma"))
      var line = NewMessage(
        id: left.reply, chat: left.chat, parent: nil, role: .assistant, parts: [.text("As far as it go")])
      line.status = .streaming
      line.turn = left.turn
      _ = try transaction.insert(line)
    }
    await vaults.close()
    return left
  }

  private func expectClosed(_ left: Left, _ vault: Vault) async throws {
    let turn = try await vault.read { try $0.turn(left.turn).turn }
    #expect(turn.phase == .done && turn.finish == .interrupted && turn.next == 15)
    let message = try await vault.read { try $0.message(left.reply) }
    #expect(message.status == .partial && message.text == "As far as it go")
    #expect(try await vault.read { try $0.chat(left.chat) }.turn == nil)
  }

  @Test func `a turn that a crash left open is closed before anybody is served`() async throws {
    let left = try await crash()
    let vaults = vaults()
    try await expectClosed(left, vaults.vault(for: mira))
    await vaults.close()
  }

  @Test(.enabled(if: geteuid() == 0, "only root can mount a small file system"))
  func `on a full disk the vault is served all the same, and the first write closes what was left open`()
    async throws
  {
    let disk = folder.file("data")
    unsafe mkdir(disk, 0o700)
    let mounted = unsafe mount("tmpfs", disk, "tmpfs", 0, "size=8m,mode=0700")
    try #require(mounted == 0, "this root may not mount")
    defer { unsafe umount2(disk, Int32(MNT_DETACH)) }
    let left = try await crash()
    let neighbour = unsafe open(disk + "/neighbour", O_RDWR | O_CREAT, 0o600)
    defer { close(neighbour) }
    try fill(neighbour, disk)

    let vaults = vaults()
    let vault = try await vaults.vault(for: mira)
    #expect(try await vault.read { try $0.turn(left.turn) }.turn.phase == .responding)
    #expect(try await vault.read { try $0.message(left.reply) }.text == "As far as it go")
    await #expect(throws: StoreError.self) { try await vault.write { _ = try $0.markRead(left.chat) } }
    #expect(try await vault.read { try $0.openTurns() }.count == 1)

    #expect(ftruncate(neighbour, 0) == 0)
    clock.advance(by: .seconds(1))
    // Whoever writes first already sees it closed.
    let seen = try await vault.write { try $0.openTurns() }
    #expect(seen.isEmpty)
    try await expectClosed(left, vault)
    #expect(try await vault.read { try $0.turn(left.turn) }.starts == 0)
    await vaults.close()
  }

  /// Leaves room for the index that SQLite shares between connections, and for nothing else: without that the database cannot even
  /// be opened.
  private func fill(_ neighbour: Int32, _ disk: String) throws {
    unsafe unlink(disk + "/ballast")
    let page = [UInt8](repeating: 1, count: 4096)
    var size: off_t = 0
    while unsafe write(neighbour, page, page.count) == page.count { size += 4096 }
    try #require(ftruncate(neighbour, size - 32 << 10) == 0)
  }
}
