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
    let isGone = waitForEnd(client)
    if invocation.json {
      invocation.print(reply.json)
    } else {
      invocation.out.line(isGone ? "The daemon has stopped." : "The daemon is stopping.")
    }
    return .done
  }

  private static func waitForEnd(_ client: BlockingClient) -> Bool {
    let deadline = ContinuousClock.now + .seconds(70)
    while case let rest = deadline - ContinuousClock.now, rest > .zero {
      do throws(ClientError) {
        if try client.nextNews(timeout: rest) == nil { return false }
      } catch {
        return true
      }
    }
    return false
  }
}
