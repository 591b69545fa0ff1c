import Base
import Wire

extension Route {
  static var logLevel: Route {
    immediate(LogLevelSet.self) { params, call in
      let logs = call.services.logs
      if let level = params.level {
        logs.threshold = level
        call.log.notice("The log's level was changed.", ["level": level.rawValue])
      }
      return .init(level: logs.threshold)
    }
  }
}
