import Glibc
import Model
import TestSupport
import Testing

/// companiond with one OpenAI-compatible provider, which is a scripted server, and a chat with a companion.
final class Conversation {
  let upstream = ScriptedUpstream()
  let daemon: DaemonFixture
  let chat: String

  /// Limits on messages are off: these tests talk faster than people do.
  init(
    persona: String = #"{"name":"Mira"}"#, settings: String = "{}", options: [String] = [],
    provider: String = "", concurrency: Int = 8, readsScenes: Bool = false
  ) throws {
    daemon = try DaemonFixture(
      config: Self.configuration(upstream.url, more: provider, concurrency: concurrency), options: options,
      readsScenes: readsScenes)
    let client = try daemon.lines()
    let companion = try client.ask("companion.create", "{\"persona\":\(persona)}").result?["companion"]
    let id = try #require(companion?["id"]?.string)
    let made = try client.ask("chat.create", "{\"companion\":\"\(id)\",\"settings\":\(settings)}").result?[
      "chat"]
    chat = try #require(made?["id"]?.string)
  }

  deinit { upstream.stop() }

  static func configuration(_ url: String, more: String = "", concurrency: Int = 8) -> String {
    """
    {
      providers: { up: { kind: "openai", url: "\(url)/v1", models: ["m"], concurrency: \(concurrency)\(more) } },
      defaults: { chat: "up/m" }, limits: { messagesPerMinute: 0, picturesPerHour: 0 },
    }
    """
  }

  /// The parameters of a send to the chat.
  func line(_ text: String, _ more: String = "") -> String {
    "{\"chat\":\"\(chat)\",\"text\":\"\(text)\"\(more)}"
  }

  /// The newest messages of the branch that is current, the oldest first.
  func history(limit: Int = 200) throws -> [JSONValue] {
    try daemon.lines().ask("chat.history", "{\"chat\":\"\(chat)\",\"limit\":\(limit)}").result?["messages"]?
      .array ?? []
  }

  /// A message as it is now, also one that streams and is not the head yet; nil when there is none.
  func stored(_ message: String) throws -> JSONValue? {
    try daemon.lines().ask("message.get", "{\"message\":\"\(message)\"}").result?["message"]
  }
}

extension JSONValue {
  /// A message's text.
  var text: String {
    (self["parts"]?.array ?? []).filter { $0["type"] == "text" }.compactMap { $0["text"]?.string }.joined()
  }
}

/// What one connection heard of one turn, kept the way a client should keep it.
struct Shown {
  private(set) var bytes: [UInt8] = []
  /// The place in the log of the first byte.
  private(set) var start = 0
  private(set) var begins = 0
  private(set) var end: JSONValue?
  private(set) var ends = 0
  /// When bytes came, and how many.
  private(set) var arrivals: [(at: ContinuousClock.Instant, bytes: Int)] = []
  /// What the contract does not allow.
  private(set) var faults: [String] = []

  var next: Int { start + bytes.count }
  var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Takes a notification when it is about this turn.
  mutating func take(_ message: JSONValue, of turn: String) {
    guard let method = message["method"]?.string, let params = message["params"] else { return }
    guard params["turn"]?.string == turn || params["turn"]?["id"]?.string == turn else { return }
    switch method {
    case "stream.begin":
      begins += 1
      begin(at: Int(params["from"]?.integer ?? -1))
    case "stream.delta":
      if begins == 0 || end != nil { faults.append("a delta outside of its stream") }
      let piece = Array((params["text"]?.string ?? "").utf8)
      if params["kind"] != nil { return }
      if Int(params["from"]?.integer ?? -1) != next { faults.append("a gap: \(params) at \(next)") }
      if Int(params["next"]?.integer ?? -1) != next + piece.count { faults.append("a wrong next: \(params)") }
      bytes += piece
      arrivals.append((.now, piece.count))
    case "stream.end":
      ends += 1
      end = params
    default: break
    }
  }

  /// What is shown already stays when the stream goes on right behind it; else it begins anew there.
  private mutating func begin(at offset: Int) {
    if offset != next { (bytes, start) = ([], offset) }
  }

  /// On a new connection everything is told again.
  mutating func reconnected() { (begins, ends, end) = (0, 0, nil) }
}

extension LineClient {
  /// Reads until `instant`; every message is handed over. False when the daemon closed the connection first.
  func read(until instant: ContinuousClock.Instant, _ take: (JSONValue) throws -> Void) throws -> Bool {
    while case let rest = instant - ContinuousClock.now, rest > .zero {
      do {
        try take(json(within: rest))
      } catch LineClient.Failure.timedOut {
        return true
      } catch LineClient.Failure.ended {
        return false
      }
    }
    return true
  }

  /// Reads on until what was taken is enough.
  func read(while isMissing: () -> Bool, _ take: (JSONValue) throws -> Void) throws {
    while isMissing() { try take(json()) }
  }
}
