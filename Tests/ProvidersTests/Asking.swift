import Base
import HTTP
import Model
import Posix
import Providers
import TestSupport

/// What was heard of one reply.
@Loop
final class Heard {
  private(set) var events: [ReplyEvent] = []
  let ended = Occurrence<ReplyEvent>()
  private(set) var handle: (any ReplyHandle)?
  var onEvent: (@Loop (Heard, ReplyEvent) -> Void)?
  private var awaited: [(@Loop (Heard) -> Bool, Occurrence<Void>)] = []

  init() {}

  func start(
    _ request: ChatRequest, on pool: ProviderPool, model: String, place: QueuePlace = QueuePlace()
  ) {
    handle = pool.start(request, model: model, place: place) { event in
      self.events.append(event)
      for (matches, occurrence) in self.awaited where matches(self) { occurrence.happen() }
      self.onEvent?(self, event)
      switch event {
      case .finish, .failure: self.ended.happen(event)
      default: break
      }
    }
  }

  func cancel() { handle?.cancel() }

  /// Happens as soon as what was heard matches.
  func heard(_ matches: @escaping @Loop (Heard) -> Bool) -> Occurrence<Void> {
    let occurrence = Occurrence<Void>()
    if matches(self) { occurrence.happen() }
    awaited.append((matches, occurrence))
    return occurrence
  }

  var text: String { texts.joined() }
  var texts: [String] { events.compactMap { if case .text(let text) = $0 { text } else { nil } } }
  var reasoning: String {
    events.compactMap { if case .reasoning(let text) = $0 { text } else { nil } }.joined()
  }
  var usage: TokenUsage? {
    events.compactMap { if case .usage(let usage) = $0 { usage } else { nil } }.last
  }
  var notices: [Notice] { events.compactMap { if case .notice(let notice) = $0 { notice } else { nil } } }
  var waitings: [Waiting] {
    events.compactMap { if case .waiting(let waiting) = $0 { waiting } else { nil } }
  }
  var started: [String] { events.compactMap { if case .started(let model) = $0 { model } else { nil } } }
  var endings: Int {
    events.count {
      switch $0 {
      case .finish, .failure: true
      default: false
      }
    }
  }
}

/// One scripted server behind one provider named `up`, on a clock that only moves when told, or when the reply says it waits.
@Loop
final class Bench {
  let upstream = ScriptedUpstream()
  let time = ManualTiming()
  let client: HTTPClient
  let pool: ProviderPool
  let configuration: ProviderConfiguration

  init(
    _ kind: ProviderConfiguration.Kind = .openai, also others: [ProviderConfiguration] = [],
    lists: [String: [String]] = [:], change: (inout ProviderConfiguration) -> Void = { _ in }
  ) {
    Loop.start()
    var configuration = ProviderConfiguration(
      name: "up", kind: kind, url: upstream.url + (kind == .openai ? "/v1/" : ""), key: "sk-secret")
    change(&configuration)
    self.configuration = configuration
    client = HTTPClient(timing: time.timing)
    pool = ProviderPool(
      [configuration] + others, lists: lists,
      seams: ProviderSeams(
        client: client, timing: time.timing,
        wallClock: WallClock { Timestamp("1994-11-06T08:49:07.000Z") ?? Timestamp(milliseconds: 0) },
        random: .seeded(1)))
  }

  static let hello = ChatRequest([.init(.system, "Be kind."), .init(.user, "Hello")], maxTokens: 200)

  func ask(
    _ request: ChatRequest = Bench.hello, model: String = "up/m", place: QueuePlace = QueuePlace(),
    followsPauses: Bool = true
  ) -> Heard {
    let heard = Heard()
    if followsPauses {
      let time = time
      heard.onEvent = { _, event in
        guard case .waiting(let waiting) = event, let pause = waiting.pause else { return }
        _ = LoopTiming.system.after(.zero) { time.advance(by: pause) }
      }
    }
    heard.start(request, on: pool, model: model, place: place)
    time.advance(by: .zero)
    return heard
  }

  /// Asks once, with that script, and answers what was heard once it is over.
  func reply(
    _ script: [ScriptedUpstream.Step], _ request: ChatRequest = Bench.hello, model: String = "up/m"
  ) async -> Heard {
    upstream.answer(script)
    let heard = ask(request, model: model)
    _ = await heard.ended.value
    return heard
  }

  /// The same for a name that may mean asking the server for its list first: what comes after the list has to be let begin.
  func lateReply(_ script: [ScriptedUpstream.Step], model: String) async -> Heard {
    upstream.answer(script)
    let heard = ask(model: model)
    while !heard.ended.hasHappened {
      time.advance(by: .zero)
      await Task.yield()
    }
    return heard
  }

  /// One reply of one event for each text, properly ended.
  nonisolated static func chunks(_ texts: String...) -> [ScriptedUpstream.Step] {
    .events(texts.map(delta) + [finished(), "[DONE]"])
  }

  nonisolated static func delta(_ text: String) -> String {
    "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\(quoted(text))}}]}"
  }

  nonisolated static func finished(_ reason: String = "stop") -> String {
    "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"\(reason)\"}]}"
  }

  nonisolated static func quoted(_ text: String) -> String {
    var quoted = "\""
    for character in text.unicodeScalars {
      switch character {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      default: quoted.unicodeScalars.append(character)
      }
    }
    return quoted + "\""
  }
}

extension Waiting {
  var pause: Duration? {
    switch self {
    case .queued: nil
    case .retrying(_, let after, _), .loading(let after): after
    }
  }
}

extension ReplyEvent {
  var finish: ReplyEnd? { if case .finish(let finish) = self { finish } else { nil } }
  var failure: ProviderError? { if case .failure(let error) = self { error } else { nil } }
}

extension Heard {
  var finish: ReplyEnd? { events.last?.finish }
  var failure: ProviderError? { events.last?.failure }
}

/// All ways to cut bytes in two.
func cuts(_ text: String) -> [[[UInt8]]] {
  let bytes = Array(text.utf8)
  return (0...bytes.count).map { [Array(bytes[..<$0]), Array(bytes[$0...])].filter { !$0.isEmpty } }
}
