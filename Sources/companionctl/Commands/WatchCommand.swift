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
    var watcher = Watcher(invocation: invocation)
    while let news = try client.nextNews() {
      if case .refused(token, let error) = news { throw ClientError.daemon(error) }
      try watcher.show(news)
    }
    return .done
  }
}

/// Events go to stdout; what happens to the connection is said quietly on stderr.
private struct Watcher {
  let invocation: Invocation
  private var isLost = false
  private var changed = 0

  init(invocation: Invocation) { self.invocation = invocation }

  mutating func show(_ news: News) throws {
    switch news {
    case .event(let event): try show(event)
    case .changes(let changes, let isLast):
      for change in changes { try show(change) }
      changed += changes.count
      guard isLast else { break }
      quietly(
        changed == 0 ? "nothing changed meanwhile" : "\(Amounts.count(changed, "thing")) changed meanwhile")
      changed = 0
    case .lost(let loss):
      // The first attempt may still reach the one that is going; that is not worth a line.
      if !isLost { quietly("connection lost (\(loss)); waiting for the daemon") }
      isLost = true
    case .ready(_, restarted: .some(let restarted)):
      isLost = false
      quietly(restarted ? "connected again; the daemon was restarted" : "connected again")
    case .changesUnknown(let error):
      quietly("what changed meanwhile is not known: \(error.message.printable(limit: 1024))")
    case .ready, .subscribed, .refused, .missed, .stream, .following, .notFollowing, .notification, .closed:
      break
    }
  }

  private func show(_ event: EventNotification.Params) throws {
    if invocation.json { return try invocation.print(event) }
    let data = JSONPrinter.oneLine(try JSONText.encoder().encode(event.data), invocation.out)
    line(event.topic, data)
  }

  private func show(_ change: Change) throws {
    if invocation.json { return try invocation.print(Changed(changed: change)) }
    line("changed", "\(change.kind) \(change.id)\(change.deleted == true ? " (deleted)" : "")".escaped)
  }

  private func line(_ title: String, _ rest: String) {
    let out = invocation.out
    out.line("\(out.styled(Self.timeOfDay(), .dim))  \(out.styled(title.escaped, .bold))  \(rest)")
  }

  private func quietly(_ text: String) { invocation.err.line(invocation.err.styled(text, .dim)) }

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
