import Base
import Engine
import Model
import Wire

extension Route {
  static var jobList: Route {
    task(JobList.self) { params, call in
      let (owner, limits) = (call.identity.owner, call.server.limits)
      try limits.check(query: nil, cursor: params.cursor)
      let page = try await call.engine.pictures.jobs(
        activeOnly: params.active ?? false, cursor: params.cursor, limit: try limits.page(params.limit),
        of: owner)
      return .init(jobs: page.items, next: page.next)
    }
  }
}
