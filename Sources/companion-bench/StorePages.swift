import Base
import Glibc
import Model
import Posix
import Store

/// Store by itself, in this process: a page of a conversation as the daemon's engine asks for it.
///
/// On the thread that the vault reads on, so that a read is its statements and what Store makes of them, and no change of threads.
actor StorePages {
  private let thread: ThreadExecutor
  private let vault: Vault
  private let chat: ULID
  private let limit: Int

  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

  /// The vault's daemon must have ended.
  init(_ folder: String, chat: ULID, limit: Int) async throws {
    thread = ThreadExecutor(name: "pages")
    self.chat = chat
    self.limit = limit
    let environment = VaultEnvironment(
      writer: ThreadExecutor(name: "writer"), readers: [thread],
      files: ThreadExecutor(name: "files"), clock: ContinuousClock(), log: Log(.silent, component: "bench"))
    vault = try await Vault.open(folder, owner: Owner(uid: getuid()), environment)
  }

  /// Microseconds of each of so many pages.
  func times(_ count: Int) async throws -> [Double] {
    var times: [Double] = []
    let (chat, limit) = (chat, limit)
    for _ in 0..<count {
      let start = now()
      let page = try await vault.read { try $0.history(of: chat, limit: limit) }
      times.append(Double(now() - start) / 1000)
      guard page.messages.count == limit else {
        throw Trouble("The page has \(page.messages.count) messages.")
      }
    }
    return times
  }

  func close() async { await vault.close() }
}
