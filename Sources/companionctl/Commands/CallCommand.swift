import Base
import Client
import FoundationEssentials
import Glibc
import Wire

extension Commands {
  static let call = CommandSpec(
    name: "call",
    summary: "Call any method and print its result",
    takes: "METHOD ['{json}'|-]",
    words: 1...2,
    options: [
      OptionSpec("--follow", nil, "then print what the daemon sends, until interrupted"),
      OptionSpec("--timeout", "SECONDS", "give up after this long; wait as long as it takes when absent"),
    ],
    discussion: """
      The parameters are one JSON object; - reads it from stdin. The result is spread out on a terminal and on one line \
      elsewhere. Results too large for one message are fetched whole. A writing call is given a key, so that a lost \
      connection cannot make it happen twice.
      """,
    examples: [
      .init("companionctl call settings.get", "Without parameters."),
      .init("companionctl call settings.set '{\"reuse\":true}'", "With some."),
      .init("jq -n '{limit: 5, since: 0}' | companionctl call sync.changes -", "From a pipe."),
      .init("companionctl call events.subscribe '{\"topics\":[\"settings\"]}' --follow", "And what follows."),
    ]
  ) { invocation in
    let timeout = try invocation.number("--timeout", in: 0.001...86_400).map { Duration.seconds($0) }
    let follows = invocation.has("--follow")
    let params: Data? =
      switch invocation.words.dropFirst().first {
      case nil: nil
      case "-": try StandardInput.all()
      case let text?: Data(text.utf8)
      }
    let request = try CallRequest(method: invocation.words[0], params: params)
    // What a connection was told to follow ends with it, and going on silently would hide that.
    let client = invocation.client(reconnect: follows ? .never : .brief, interpretsStreams: false)
    let reply = try client.call(request, timeout: timeout)
    invocation.print(reply.json)
    while follows, let news = try client.nextNews() {
      switch news {
      case .event(let event): try invocation.print(Notified(method: EventNotification.name, params: event))
      case .notification(let method, let params):
        var line = Array("{\"method\":".utf8)
        JSONText.append(method, quotedTo: &line)
        invocation.print(Data(line) + Data(",\"params\":".utf8) + params + Data("}".utf8))
      default: break
      }
    }
    return .done
  }

  private struct Notified: Encodable {
    let method: String
    let params: EventNotification.Params
  }
}
