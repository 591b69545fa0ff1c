import Base
import Client
import Glibc
import Model
import Wire

extension Commands {
  static let usage = CommandSpec(
    name: "usage",
    summary: "What replies have cost, in tokens",
    options: [
      OptionSpec("--by", "model|chat|day|purpose", "what each row is about; model when absent"),
      OptionSpec("--since", "DAY", "only from this day on: 2026-11-01, or 7d for the last seven days"),
    ],
    discussion: """
      Days are those of UTC. Replies in chats that are gone still count. Besides replies, the readings of the scene after them \
      cost tokens; purpose tells them apart. A ~ stands before figures that hold estimates, \
      where a server does not count.
      """,
    examples: [
      .init("companionctl usage --since 30d", "The last month, by model."),
      .init("companionctl usage --by day --since 7d", "Day by day."),
      .init("companionctl --json usage | jq .total.usage.completionTokens", "One figure."),
    ]
  ) { invocation in
    let by = try grouping(invocation)
    let params = UsageSummaryRead.Params(since: try since(invocation), by: by)
    let client = invocation.client()
    let reply = try client.call(CallRequest(UsageSummaryRead.self, params), timeout: Invocation.patience)
    if invocation.json {
      invocation.print(reply.json)
      return .done
    }
    let result = try reply.decoded(as: UsageSummaryRead.self)
    let out = invocation.out
    var table = Table()
    table.row(
      Table.Cell(by.rawValue, shown: out.styled(by.rawValue, .dim)),
      head(by == .purpose ? "requests" : "replies", out), head("read", out),
      head("of it cached", out), head("written", out))
    let names = Names(client)
    for sum in result.usage {
      var name = sum.name
      if by == .chat, let id = ULID(name) {
        let place = try names.place(of: id)
        name = place.companion == "?" ? "a chat that is gone" : "\(place.companion), \(place.title)"
      }
      row(sum, .yielding(name.escaped), &table)
    }
    row(result.total, Table.Cell("total", shown: out.styled("total", .bold)), &table)
    out.table(table)
    return .done
  }

  private static func head(_ text: String, _ out: Output) -> Table.Cell {
    var cell = Table.Cell(text, shown: out.styled(text, .dim))
    cell.isFigure = true
    return cell
  }

  private static func row(_ sum: UsageSum, _ name: Table.Cell, _ table: inout Table) {
    let about = sum.usage.estimated ? "~" : ""
    table.row(
      name, .figure("\(sum.turns)"), .figure(about + "\(sum.usage.promptTokens)"),
      .figure(sum.usage.cachedTokens.map { "\($0)" } ?? "-"), .figure(about + "\(sum.usage.completionTokens)")
    )
  }

  private static func grouping(_ invocation: Invocation) throws(UsageError) -> UsageGrouping {
    guard let word = invocation.value("--by") else { return .model }
    if let by = UsageGrouping(rawValue: word) { return by }
    let known = UsageGrouping.allCases.map(\.rawValue)
    let hint = Suggestion.nearest(to: word, in: known).map { " Did you mean \($0)?" } ?? ""
    throw UsageError(
      "--by takes \(known.joined(separator: ", ")), not \(word.escaped).\(hint)",
      seeHelpOf: invocation.line.names)
  }

  /// The beginning of a day. `1d` is today, `7d` today and the six days before it.
  private static func since(_ invocation: Invocation) throws(UsageError) -> Timestamp? {
    guard let word = invocation.value("--since") else { return nil }
    if let day = Timestamp(word + "T00:00:00Z") { return day }
    if word.hasSuffix("d"), let days = Int64(word.dropLast()), (1...100_000).contains(days) {
      let today = Int64(time(nil)) / 86_400
      return Timestamp(milliseconds: (today - days + 1) * 86_400_000)
    }
    throw UsageError(
      "--since takes a day such as 2026-11-01, or a number of days such as 7d, not \(word.escaped).",
      seeHelpOf: invocation.line.names)
  }
}
