import Base
import Client
import FoundationEssentials
import Model
import TestSupport
import Wire

/// A session with its driver's part played by hand: what it sent, delivered and asked for, in order.
struct SessionHarness {
  var session: ClientSession
  /// Lines sent on the present connection.
  var sent: [JSONValue] = []
  var replies: [CallToken: Result<Reply, ClientError>] = [:]
  var news: [News] = []
  /// Pauses of the `.connect` actions not yet followed, and of all.
  var connects: [Duration] = []
  var disconnects = 0

  init(
    reconnect: ReconnectPolicy = .patient, seed: UInt64 = 7,
    _ change: (inout ClientOptions) -> Void = { _ in }
  ) {
    var options = ClientOptions(name: "tests", reconnect: reconnect, random: .seeded(seed))
    change(&options)
    session = ClientSession(options: options)
  }

  mutating func perform(_ actions: [ClientSession.Action]) {
    for action in actions {
      switch action {
      case .connect(let delay): connects.append(delay)
      case .send(let data):
        let value = try? JSONDecoder().decode(JSONValue.self, from: data)
        sent.append(value ?? .string("unreadable"))
      case .disconnect: disconnects += 1
      case .reply(let token, let outcome):
        precondition(replies[token] == nil, "a call was answered twice")
        replies[token] = outcome
      case .news(let item): news.append(item)
      }
    }
  }

  mutating func connect() {
    sent = []
    perform(session.connected())
  }

  /// Starts (the first time), connects and greets.
  mutating func ready(boot: String = "boot-1", change: Int64 = 1) {
    if session.phase == .idle { perform(session.start()) }
    connect()
    answer("hello", LineClient.hello(boot: boot, change: change))
  }

  mutating func lose() { perform(session.ended()) }

  mutating func receive(_ line: String) {
    receive(bytes: Array((line + "\n").utf8))
  }

  mutating func receive(bytes: [UInt8]) {
    let span = bytes.span
    perform(session.received(span))
  }

  /// Answers the first call of this method that was sent on this connection and not answered yet.
  mutating func answer(_ method: String, _ result: String) {
    guard let id = take(method) else { return }
    receive("{\"id\":\(id),\"jsonrpc\":\"2.0\",\"result\":\(result)}")
  }

  mutating func refuse(_ method: String, _ error: RPCError) {
    guard let id = take(method) else { return }
    receive(
      "{\"error\":\(String(decoding: error.encoded, as: UTF8.self)),\"id\":\(id),\"jsonrpc\":\"2.0\"}")
  }

  private mutating func take(_ method: String) -> Int64? {
    guard let index = sent.firstIndex(where: { $0["method"]?.string == method }) else {
      news.append(.notification(method: "test: \(method) was not sent", params: Data()))
      return nil
    }
    return sent.remove(at: index)["id"]?.integer
  }

  mutating func event(_ seq: Int, _ topic: String = "settings.changed", _ data: String = "{}") {
    receive(
      "{\"jsonrpc\":\"2.0\",\"method\":\"event\",\"params\":{\"data\":\(data),\"seq\":\(seq),\"topic\":\"\(topic)\"}}"
    )
  }

  mutating func closing(_ reason: String, retryMs: Int? = nil) {
    let retry = retryMs.map { ",\"retryMs\":\($0)" } ?? ""
    receive(
      "{\"jsonrpc\":\"2.0\",\"method\":\"server.closing\",\"params\":{\"reason\":\"\(reason)\"\(retry)}}")
  }

  mutating func subscribed(seq: Int, boot: String = "boot-1", change: Int = 1, missed: Bool = false) {
    answer(
      "events.subscribe",
      "{\"boot\":\"\(boot)\",\"change\":\(change),\"missed\":\(missed),\"seq\":\(seq),\"subscription\":\"s\"}"
    )
  }

  mutating func call<M: Method>(_ method: M.Type, _ params: M.Params, key: String? = nil) throws -> CallToken
  {
    let (token, actions) = session.call(try CallRequest(method, params, key: key))
    perform(actions)
    return token
  }

  mutating func call(_ request: CallRequest) -> CallToken {
    let (token, actions) = session.call(request)
    perform(actions)
    return token
  }

  @discardableResult
  mutating func subscribe(_ topics: [String]) -> SubscriptionToken {
    let (token, actions) = session.subscribe(Interest(topics: topics))
    perform(actions)
    return token
  }

  var methods: [String] { sent.compactMap { $0["method"]?.string } }

  /// News in short: `event 3`, `missed`, `changes 2 last`, ...
  var heard: [String] {
    news.map { item in
      switch item {
      case .ready(_, let restarted): restarted.map { $0 ? "ready restarted" : "ready same" } ?? "ready"
      case .lost: "lost"
      case .subscribed: "subscribed"
      case .refused(_, let error): "refused \(error.reason)"
      case .event(let event): "event \(event.seq)"
      case .stream(let stream): Self.short(stream)
      case .following(let result): "following \(result.chat.id == streamChat ? "it" : "another")"
      case .notFollowing(_, let error): "not following: \(error.reason)"
      case .notification(let method, _): method
      case .missed: "missed"
      case .changes(let items, let isLast): "changes \(items.count)\(isLast ? " last" : "")"
      case .changesUnknown(let error): "unknown \(error.reason)"
      case .closed(let error): "closed \(error)"
      }
    }
  }

  private static func short(_ stream: StreamNews) -> String {
    switch stream {
    case .began(let begin): "begin \(begin.from)"
    case .delta(let delta): "\(delta.kind == nil ? "" : "thought ")\(delta.from) \(delta.text)"
    case .reset: "reset"
    case .phase(let phase): "phase \(phase.phase)"
    case .ended(let end): "end \(end.finish)"
    case .gone(_, let error): "gone: \(error.reason)"
    }
  }

  func failure(of token: CallToken) -> ClientError? {
    if case .failure(let error) = replies[token] { error } else { nil }
  }

  func result(of token: CallToken) -> String? {
    if case .success(let reply) = replies[token] { String(decoding: reply.json, as: UTF8.self) } else { nil }
  }
}

let settingsReply = "{\"settings\":{\"change\":2,\"reuse\":true,\"revision\":1}}"
