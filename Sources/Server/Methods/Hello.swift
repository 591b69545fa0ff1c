import Base
import Engine
import Glibc
import Model
import Wire

extension Route {
  static var hello: Route {
    task(Hello.self) { params, call in
      if let asked = params.protocol, asked != 1 { throw RPCError.unsupported(protocol: asked) }
      if let client = params.client {
        call.log.debug(
          "A client introduced itself.", ["client": client.name, "version": client.version ?? ""])
      }
      let owner = call.identity.owner
      let change = try await call.engine.upkeep.latestChange(of: owner)
      var limits = call.server.limits
      limits.take(ratesOf: call.engine.limits)
      return .init(
        server: .init(version: call.services.version), boot: call.services.boot, change: change,
        identity: .init(
          uid: owner.uid, user: userName(of: owner),
          scopes: call.identity.isAdmin ? [.owner, .admin] : [.owner]),
        limits: .init(limits), features: Features.told(by: call.server.routes))
    }
  }
}

private func userName(of owner: Owner) -> String? {
  guard let entry = unsafe getpwuid(owner.uid) else { return nil }
  return unsafe String(cString: entry.pointee.pw_name)
}
