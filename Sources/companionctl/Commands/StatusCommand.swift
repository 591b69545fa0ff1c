import Base
import Client
import Wire

extension Commands {
  static let status = CommandSpec(
    name: "status",
    summary: "What the daemon is, where its files are, and what it is doing",
    examples: [
      .init("companionctl status", "For a person."),
      .init("companionctl --json status | jq -r .socket", "One fact of it, for a script."),
    ]
  ) { invocation in
    guard let status = try invocation.ask(Status.self) else { return .done }
    let out = invocation.out
    let state: Output.Style = status.state == .running ? .green : .yellow
    let server = "\(status.server.name) \(status.server.version)".escaped
    out.line("\(out.styled(server, .bold)) is \(out.styled(status.state.rawValue, state))")
    var table = Table(indent: "  ")
    table.row("process", "\(status.pid), for \(Amounts.span(milliseconds: status.uptimeMs))")
    table.row("started", "\(status.startedAt)\(status.activated ? ", by a connection (systemd)" : "")")
    table.row("serves", "\(status.mode == .user ? "this user" : "everybody in its group")")
    table.row("socket", "\(status.socket.escaped)")
    table.row("data", "\(status.data.escaped)")
    let work = [
      Amounts.count(status.connections, "connection"), Amounts.count(status.subscriptions, "subscription"),
      Amounts.count(status.calls, "running call"), Amounts.count(status.owners, "owner"),
    ]
    table.row("busy with", "\(work.joined(separator: ", "))")
    let vault = status.vault.open ? "open" : out.styled("not writable; see companionctl health", .red)
    table.row("your vault", Table.Cell("\(vault), change \(status.vault.change)"))
    table.row("memory", "\(Amounts.bytes(status.memoryBytes))")
    let idle = status.idleExitMs.map { "ends after \(Amounts.span(milliseconds: $0)) without work" }
    table.row("when idle", "\(idle ?? "stays")")
    if let sandbox = status.sandbox {
      let walls = [
        sandbox.noNewPrivileges ? "no new privileges" : nil,
        sandbox.seccomp ? "system calls filtered" : nil,
      ].compactMap(\.self)
      table.row("sandbox", "\(walls.isEmpty ? "none" : walls.joined(separator: ", "))")
    }
    out.line(table.text)
    return .done
  }
}
