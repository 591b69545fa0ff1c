import Base
import Engine
import Model
import Wire

extension Route {
  static var jobCancel: Route {
    writing(JobCancel.self) { params, keyed, call in
      let owner = call.identity.owner
      try call.begin()
      return try await call.engine.pictures.cancel(
        params.job, of: owner, recording: keyed.recording { .init(job: $0) }
      ).map { .init(job: $0) }
    }
  }
}
