import Base
import Glibc
import Model
import Testing

@testable import Store

@Suite struct DirectoryTests {
  private let folder = TemporaryFolder()

  private func refusal(_ path: String) async -> StoreError? {
    await #expect(throws: StoreError.self) { _ = try await Vault.open(path, owner: someone, environment()) }
  }

  /// The umask is the whole process's, and other tests make files: so this has a process of its own.
  @Test func `folders and files are nobody else's, whatever the umask`() async {
    await #expect(processExitsWith: .success) {
      umask(0)
      let folder = TemporaryFolder()
      let path = folder.path + "/a/b/vault"
      let vault = try await Vault.open(path, owner: someone, environment())
      _ = try await vault.write { try $0.apply(SettingsPatch(reuse: true)) }
      #expect(mode(path) == 0o700)
      #expect(mode(folder.path + "/a") == 0o700)
      for file in ["companion.db", "companion.db-wal", "companion.db-shm", "ballast", "lock"] {
        #expect(mode(path + "/" + file) == 0o600, "\(file)")
      }
      await vault.close()
    }
  }

  @Test func `a second daemon is told the first one's pid, and may come when it is gone`() async throws {
    let vault = try await Vault.open(folder.path, owner: someone, environment())
    let error = await refusal(folder.path)
    guard case .locked(pid: getpid())? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(error?.description.contains("process \(getpid())") == true)
    await vault.close()
    let again = try await Vault.open(folder.path, owner: someone, environment())
    await again.close()
  }

  @Test(arguments: ["companion.db", "companion.db-wal", "ballast", "lock"])
  func `a link in place of a file is refused`(_ name: String) async throws {
    let target = folder.path + "/elsewhere"
    let path = folder.path + "/vault"
    unsafe mkdir(path, 0o700)
    unsafe symlink(target, path + "/" + name)
    guard case .refused(path + "/" + name, _)? = await refusal(path) else {
      Issue.record("a link was followed")
      return
    }
    #expect(Files.size(target) == nil)
  }

  @Test func `a link in place of the folder is refused`() async throws {
    unsafe mkdir(folder.path + "/real", 0o700)
    unsafe symlink(folder.path + "/real", folder.path + "/vault")
    guard case .refused? = await refusal(folder.path + "/vault") else {
      Issue.record("a link was followed")
      return
    }
  }

  @Test(.enabled(if: geteuid() == 0, "only root can make a folder that is somebody else's"))
  func `somebody else's folder is refused`() async throws {
    let path = folder.path + "/vault"
    unsafe mkdir(path, 0o700)
    unsafe chown(path, 12345, 12345)
    guard case .refused(path, let reason)? = await refusal(path) else {
      Issue.record("it was taken")
      return
    }
    #expect(reason.contains("12345"))
  }

  @Test func `an open folder is closed when it is empty and refused when it is not`() async throws {
    let path = folder.path + "/vault"
    unsafe mkdir(path, 0o700)
    unsafe chmod(path, 0o755)
    let vault = try await Vault.open(path, owner: someone, environment())
    #expect(mode(path) == 0o700)
    await vault.close()
    unsafe chmod(path, 0o755)
    guard case .refused(path, let reason)? = await refusal(path) else {
      Issue.record("it was taken")
      return
    }
    #expect(reason.contains("chmod 700"))
    #expect(mode(path) == 0o755)
  }
}

private func mode(_ path: String) -> mode_t {
  var status = stat()
  let failed = unsafe lstat(path, &status) != 0
  return failed ? 0 : status.st_mode & 0o777
}
