import Base
import Client
import FoundationEssentials
import Wire

extension Commands {
  static let health = CommandSpec(
    name: "health",
    summary: "Whether all is well, part by part",
    discussion: "The exit status is 1 when something is not well, so that a monitor need not read.",
    examples: [.init("companionctl health || notify-send 'companiond is not well'", "For a monitor.")]
  ) { invocation in
    let reply = try invocation.client().call(CallRequest(Health.self, Empty()), timeout: Invocation.patience)
    let health = try reply.decoded(as: Health.self)
    let code: ExitCode = health.ok ? .done : .refused
    if invocation.json {
      invocation.print(reply.json)
      return code
    }
    let out = invocation.out
    var table = Table()
    for check in health.checks {
      let word = check.ok ? "ok" : "FAIL"
      let time = check.latencyMs.map { "\(Amounts.fixed($0, 2)) ms" } ?? ""
      table.row(
        Table.Cell(word, shown: out.styled(word, check.ok ? .green : .red)), "\(check.name.escaped)",
        "\(time)", "\((check.detail ?? "").escaped)")
    }
    out.line(table.text)
    return code
  }
}
