import Base
import Engine
import Glibc
import Wire

extension Route {
  static var status: Route {
    task(Status.self) { _, call in
      let (server, services, owner) = (call.server, call.services, call.identity.owner)
      let vault = await services.engine.upkeep.vaultState(of: owner)
      let facts = services.control.process
      return .init(
        server: .init(version: services.version), boot: services.boot, pid: Int(getpid()),
        startedAt: facts.startedAt, uptimeMs: facts.uptime.wholeMilliseconds, mode: facts.mode,
        activated: facts.activated, state: server.isStopping ? .stopping : .running, socket: facts.socket,
        data: facts.data, connections: server.connectionCount, subscriptions: server.subscriptionCount,
        calls: server.runningCalls, owners: vault.owners,
        vault: .init(change: vault.change, open: vault.writable),
        memoryBytes: facts.memoryBytes, idleExitMs: facts.idleExit?.wholeMilliseconds, sandbox: facts.sandbox)
    }
  }
}
