import Base
import Model
import Store
import Testing

@Suite struct SettingsTests {
  @Test func `what was written is read, also by the next process`() async throws {
    let folder = TemporaryFolder()
    let vault = try await Vault.open(folder.path, owner: someone, environment())
    #expect(try await vault.read { try $0.settings() } == Settings())
    let applied = try await vault.write { try $0.apply(SettingsPatch(user: .set(UserPersona(name: "Ada")))) }
    #expect(applied.members == ["user"])
    #expect(applied.settings.revision == 1 && applied.settings.change == 1)
    #expect(try await vault.read { try $0.settings() } == applied.settings)
    await vault.close()
    let again = try await Vault.open(folder.path, owner: someone, environment())
    #expect(try await again.read { try $0.settings() } == applied.settings)
    await again.close()
  }
}
