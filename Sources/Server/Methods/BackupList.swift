import Engine
import Wire

extension Route {
  static var backupList: Route {
    task(BackupList.self) { _, call in
      let owner = call.identity.owner
      return .init(backups: try await call.engine.backups.list(of: owner))
    }
  }
}
