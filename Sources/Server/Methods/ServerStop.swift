import Base
import Wire

extension Route {
  static var serverStop: Route {
    immediate(ServerStop.self) { params, call in
      if let grace = params.graceMs, !(0...60_000).contains(grace) {
        throw RPCError.invalidParams(path: "params.graceMs", expected: "0 to 60000")
      }
      let control = call.services.control
      call.log.notice("A client asked the daemon to stop.")
      call.afterReply = { control.stop(grace: params.graceMs.map { .milliseconds($0) }) }
      return Empty()
    }
  }
}
