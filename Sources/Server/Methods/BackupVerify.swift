import Engine
import Wire

extension Route {
  static var backupVerify: Route {
    task(BackupVerify.self) { params, call in
      let owner = call.identity.owner
      return try await call.engine.backups.verify(params.backup, of: owner)
    }
  }
}
