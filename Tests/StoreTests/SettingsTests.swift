import Base
import Model
import Testing

@testable import Store

@Suite struct SettingsTests {
  private let folder = TemporaryFolder()
  private let metrics = Metrics()

  private func open() async throws -> Vault {
    try await Vault.open(folder.path, owner: someone, environment(metrics: metrics))
  }

  @Test func `what was written is read, also after a restart`() async throws {
    let vault = try await open()
    #expect(try await vault.read { try $0.settings() } == Settings())
    let applied = try await vault.write { try $0.apply(SettingsPatch(user: .set(UserPersona(name: "Ada")))) }
    #expect(applied.members == ["user"])
    #expect(applied.settings.revision == 1 && applied.settings.change == 1)
    #expect(try await vault.read { try $0.settings() } == applied.settings)
    await vault.close()
    let again = try await open()
    #expect(try await again.read { try $0.settings() } == applied.settings)
    await again.close()
  }

  @Test func `a patch leaves, clears and sets its members apart`() async throws {
    let vault = try await open()
    var defaults = ChatSettings()
    defaults.model = "home/gemma"
    let (user, first) = (UserPersona(name: "Ada", appearance: "tall"), defaults)
    _ = try await vault.write {
      try $0.apply(SettingsPatch(user: .set(user), defaults: .set(first), reuse: true))
    }
    let cleared = try await vault.write { try $0.apply(SettingsPatch(user: .clear)) }
    #expect(cleared.members == ["user"])
    #expect(cleared.settings.user == nil)
    #expect(cleared.settings.defaults == defaults)
    #expect(cleared.settings.reuse)
    #expect(cleared.settings.revision == 2 && cleared.settings.change == 2)
    await vault.close()
  }

  @Test func `a patch that changes nothing writes nothing`() async throws {
    let vault = try await open()
    let patch = SettingsPatch(user: .set(UserPersona(name: "Ada")), reuse: false)
    let first = try await vault.write { try $0.apply(patch) }
    let commits = vault.metrics.syncedCommits.count
    let second = try await vault.write { try $0.apply(patch) }
    #expect(second.members.isEmpty)
    #expect(second.settings == first.settings)
    #expect(vault.metrics.syncedCommits.count == commits)
    #expect(try await vault.read { try $0.change() } == 1)
    await vault.close()
  }

  @Test func `a revision that is no longer the current one is refused with the current one`() async throws {
    let vault = try await open()
    _ = try await vault.write { try $0.apply(SettingsPatch(reuse: true), ifRevision: 0) }
    await #expect {
      _ = try await vault.write { try $0.apply(SettingsPatch(reuse: false), ifRevision: 0) }
    } throws: {
      guard case StoreError.conflict(revision: 1)? = $0 as? StoreError else { return false }
      return true
    }
    #expect(try await vault.read { try $0.settings() }.reuse)
    await vault.close()
  }
}
