import Engine
import Wire

extension Route {
  static var backupCreate: Route {
    task(BackupCreate.self) { params, call in
      let owner = call.identity.owner
      // Once begun it is finished: a half-made copy would be of no use to anybody.
      try call.begin()
      return .init(backup: try await call.engine.backups.create(in: params.folder, of: owner))
    }
  }
}
