import Base
import Client
import FoundationEssentials
import Wire

extension Commands {
  static let stop = CommandSpec(
    name: "stop",
    summary: "End the daemon in good order; data stays",
    options: [OptionSpec("--grace", "SECONDS", "how long running calls may go on; else as configured")],
    discussion: """
      Waits until the daemon has closed the connection. Where systemd holds the socket, the next connection starts it again; \
      systemctl --user stop companiond.socket companiond.service ends both.
      """,
    examples: [.init("companionctl stop --grace 2", "Give running calls two seconds.")]
  ) { invocation in
    let grace = try invocation.number("--grace", in: 0...60)
    // Sent once: sent again to a successor it would stop that one too.
    var request = try CallRequest(ServerStop.self, ServerStop.Params(graceMs: grace.map { Int64($0 * 1000) }))
    request.repeats = false
    let client = invocation.client(reconnect: .never)
    let reply = try client.call(request, timeout: Invocation.patience)
    // The longest grace there is, and a little.
    let isGone = client.waitForEnd(timeout: .seconds(70)) != nil
    if invocation.json {
      invocation.print(reply.json)
    } else {
      invocation.out.line(isGone ? "The daemon has stopped." : "The daemon is stopping.")
    }
    return .done
  }
}
