import Base
import Engine
import Model
import Wire

extension Route {
  static var jobGet: Route {
    task(JobGet.self) { params, call in
      .init(job: try await call.engine.pictures.job(params.job, of: call.identity.owner))
    }
  }
}
