import Base
import Client
import FoundationEssentials
import Glibc
import Model
import Wire

extension Commands {
  static let watch = CommandSpec(
    name: "watch",
    summary: "Print events as they happen, until interrupted",
    takes: "[TOPIC …]",
    words: 0...256,
    discussion: """
      A topic is a name or its beginning in whole words: settings stands for settings.changed. Without one, everything is \
      shown. A restart of the daemon is survived: what it still knows is caught up on; when it does not, the rows that \
      changed meanwhile are listed.
      """,
    examples: [
      .init("companionctl watch", "Everything."),
      .init("companionctl watch settings server.config", "Some of it."),
      .init("companionctl --json watch | jq -c 'select(.topic) | .topic'", "One JSON object a line."),
    ]
  ) { invocation in
    let client = invocation.client(reconnect: ReconnectPolicy(attempts: nil))
    let token = client.subscribe(Interest(topics: invocation.words.isEmpty ? [""] : invocation.words))
    while let news = try client.nextNews() {
      if case .refused(token, let error) = news { throw ClientError.daemon(error) }
      try show(news, invocation)
    }
    return .done
  }

  private static func show(_ news: News, _ invocation: Invocation) throws {
    let (out, err) = (invocation.out, invocation.err)
    func quietly(_ text: String) { err.line(err.styled(text, .dim)) }
    switch news {
    case .event(let event):
      if invocation.json {
        try invocation.print(event)
      } else {
        let data = JSONPrinter.oneLine(try JSONText.encoder().encode(event.data), out)
        out.line("\(out.styled(timeOfDay(), .dim))  \(out.styled(event.topic.escaped, .bold))  \(data)")
      }
    case .changes(let changes, _):
      for change in changes {
        if invocation.json {
          try invocation.print(Changed(changed: change))
        } else {
          let what = "\(change.kind) \(change.id)\(change.deleted == true ? " (deleted)" : "")"
          out.line(
            "\(out.styled(timeOfDay(), .dim))  \(out.styled("changed meanwhile", .bold))  \(what.escaped)")
        }
      }
    case .lost(let loss): quietly("connection lost (\(loss)); waiting for the daemon")
    case .ready(_, restarted: .some(let restarted)):
      quietly(restarted ? "connected again; the daemon was restarted" : "connected again")
    case .missed: quietly("some events were missed; what changed meanwhile follows")
    case .changesUnknown(let error):
      quietly("what changed meanwhile is not known: \(error.message.printable(limit: 1024))")
    case .ready, .subscribed, .refused, .notification, .closed: break
    }
  }

  private struct Changed: Encodable { let changed: Change }

  /// By this machine's clock and zone, for the eye; events carry no time.
  private static func timeOfDay() -> String {
    var now = time(nil)
    var parts = unsafe tm()
    unsafe localtime_r(&now, &parts)
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return unsafe "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
  }
}
