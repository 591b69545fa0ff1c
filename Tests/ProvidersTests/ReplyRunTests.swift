import Base
import HTTP
import Model
import Posix
import TestSupport
import Testing

@testable import Providers

@Suite struct ReplyRunTests {
  init() { Loop.start() }

  private static let busy = [ScriptedUpstream.Step].whole(503, "{\"error\":{\"message\":\"busy\"}}")

  @Test @Loop func `gives up after four attempts with growing pauses, and says so`() async {
    let bench = Bench()
    defer { bench.upstream.stop() }
    for _ in 1...4 { bench.upstream.answer(Self.busy) }
    let heard = bench.ask()
    _ = await heard.ended.value
    #expect(heard.failure?.attempts == 4 && heard.failure?.status == 503 && heard.failure?.code == 5)
    #expect(heard.failure?.data["provider"] == "up" && heard.failure?.data["status"] == 503)
    let pauses = heard.waitings.compactMap(\.pause)
    #expect(
      pauses.count == 3 && pauses[0] <= .milliseconds(500) && pauses[2] >= .seconds(1)
        && pauses[2] <= .seconds(2))
    #expect(heard.started.isEmpty && bench.upstream.requests.count == 4)
  }

  @Test(arguments: [
    (401, "key"), (402, "payment"), (403, "permission"), (404, "model"), (400, "request"), (413, "tooLarge"),
  ])
  @Loop func `what a retry cannot mend is refused at once, without the key in it`(status: Int, cause: String)
    async
  {
    let bench = Bench()
    defer { bench.upstream.stop() }
    let detail = "no: sk-secret is wrong " + String(repeating: "x", count: 600)
    let heard = await bench.reply(.whole(status, "{\"error\":{\"message\":\"\(detail)\"}}"))
    #expect(
      heard.failure?.cause.rawValue == cause && heard.failure?.code == 6 && heard.failure?.attempts == 1)
    #expect(
      heard.failure?.detail.hasPrefix("no: … is wrong xxx") == true && heard.failure?.detail.count == 500)
    #expect(heard.failure.map { !$0.description.contains("sk-secret") } == true)
  }

  @Test @Loop func `a redirect is not followed, since the key would go along`() async {
    let bench = Bench()
    defer { bench.upstream.stop() }
    let heard = await bench.reply(.whole(308, headers: ["location": "https://elsewhere.example/v1"], ""))
    #expect(
      heard.failure?.cause == .redirect && heard.failure?.detail == "moved to https://elsewhere.example/v1")
  }

  @Test @Loop func `what a server refuses is left out, remembered, and not counted as a failure`() async {
    let bench = Bench()
    defer { bench.upstream.stop() }
    var request = Bench.hello
    request.sampling.temperature = 0.9
    request.sampling.topK = 40
    for complaint in [
      "{\"error\":{\"message\":\"Unrecognized request argument supplied: stream_options\"}}",
      "{\"error\":{\"message\":\"Unsupported value\",\"param\":\"temperature\",\"code\":\"unsupported_value\"}}",
      "{\"detail\":[{\"loc\":[\"body\",\"top_k\"],\"msg\":\"Extra inputs are not permitted\"}]}",
      "{\"error\":{\"message\":\"Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.\"}}",
      "{\"error\":{\"message\":\"Conversation roles must alternate user/assistant/user\"}}",
      "{\"error\":{\"message\":\"System role not supported\"}}",
    ] { bench.upstream.answer(.whole(400, complaint)) }
    let heard = await bench.reply(Bench.chunks("at last"), request)
    #expect(heard.text == "at last" && heard.waitings.isEmpty && bench.upstream.requests.count == 7)
    _ = await bench.reply(Bench.chunks("again"), request)
    let sent = sentJSON(bench.upstream.requests[7])
    for name in ["stream_options", "temperature", "top_k", "max_tokens"] {
      #expect(sent?[name] == nil, "\(name)")
    }
    #expect(sent?["max_completion_tokens"]?.integer == 200 && sent?["messages"]?.array?.count == 1)
    #expect(sent?["messages"]?.array?[0]["content"]?.string == "Be kind.\n\nHello")
    // Another model of the same server is another matter.
    _ = await bench.reply(Bench.chunks("other"), request, model: "up/other")
    #expect(sentJSON(bench.upstream.requests[8])?["temperature"] != nil)
  }

  @Test @Loop func `a server that refuses for ever the same is not asked for ever`() async {
    let bench = Bench()
    defer { bench.upstream.stop() }
    for _ in 1...3 { bench.upstream.answer(.whole(400, "{\"error\":{\"message\":\"bad stream_options\"}}")) }
    let heard = bench.ask()
    _ = await heard.ended.value
    #expect(heard.failure?.cause == .request && bench.upstream.requests.count == 2)
  }

  @Test @Loop func `of a list the next is asked when the first fails, before the first word only`() async {
    let second = ScriptedUpstream()
    defer { second.stop() }
    let other = ProviderConfiguration(name: "two", kind: .openai, url: second.url)
    let bench = Bench(also: [other], lists: ["main": ["up/a", "two/b"]])
    defer { bench.upstream.stop() }
    bench.upstream.answer(Self.busy)
    second.answer(Bench.chunks("from two"))
    let heard = bench.ask(model: "main")
    _ = await heard.ended.value
    #expect(heard.text == "from two" && heard.started == ["two/b"] && heard.waitings.isEmpty)

    bench.upstream.answer(.whole(401, "{\"error\":\"no key\"}"))
    second.answer(Bench.chunks("again two"))
    let refused = bench.ask(model: "main")
    _ = await refused.ended.value
    #expect(refused.text == "again two")

    bench.upstream.answer(.events([Bench.delta("begun"), "{\"error\":{\"message\":\"x\",\"code\":500}}"]))
    let begun = bench.ask(model: "main")
    _ = await begun.ended.value
    #expect(begun.text == "begun" && begun.failure?.provider == "up" && second.requests.count == 2)
  }

  @Test @Loop func `when all of a list fail they are asked in rounds, the hopeless only once`() async {
    let second = ScriptedUpstream()
    defer { second.stop() }
    let other = ProviderConfiguration(name: "two", kind: .openai, url: second.url)
    let bench = Bench(also: [other], lists: ["main": ["up/a", "two/b"]])
    defer { bench.upstream.stop() }
    bench.upstream.answer(.whole(401, "{\"error\":\"no key\"}"))
    for _ in 1...2 { second.answer(Self.busy) }
    second.answer(Bench.chunks("third round"))
    let heard = bench.ask(model: "main")
    _ = await heard.ended.value
    #expect(heard.text == "third round" && bench.upstream.requests.count == 1 && second.requests.count == 3)
    #expect(heard.waitings.count == 2)
  }

  @Test @Loop func `a list passes over a full provider and one that keeps failing`() async {
    let second = ScriptedUpstream()
    defer { second.stop() }
    let other = ProviderConfiguration(name: "two", kind: .openai, url: second.url)
    let bench = Bench(also: [other], lists: ["main": ["up/a", "two/b"]]) { $0.concurrency = 1 }
    defer { bench.upstream.stop() }
    let gate = Gate()
    bench.upstream.answer([.head(), .event(Bench.delta("slow")), .gate(gate), .event("[DONE]"), .end])
    let slow = bench.ask()
    await slow.heard { $0.text == "slow" }.value
    second.answer(Bench.chunks("free"))
    let free = bench.ask(model: "main")
    _ = await free.ended.value
    #expect(free.started == ["two/b"] && bench.pool.status.first?.running == 1)
    gate.open()
    _ = await slow.ended.value

    for _ in 1...4 { bench.upstream.answer(Self.busy) }
    let failing = bench.ask()
    _ = await failing.ended.value
    #expect(bench.pool.status.first?.isLeftAlone == true)
    second.answer(Bench.chunks("healthy"))
    let healthy = bench.ask(model: "main")
    _ = await healthy.ended.value
    #expect(healthy.started == ["two/b"] && bench.upstream.requests.count == 5)
    // Alone, a person's reply is worth one try; a tail is not.
    let tail = bench.ask(place: QueuePlace(isTail: true))
    _ = await tail.ended.value
    #expect(tail.failure?.cause == .circuitOpen && bench.upstream.requests.count == 5)
    bench.upstream.answer(Bench.chunks("back"))
    let back = bench.ask()
    _ = await back.ended.value
    #expect(back.text == "back" && bench.pool.status.first?.isLeftAlone == false)
  }

  @Test @Loop func `a reply waits for a place and takes a tail's`() async {
    let bench = Bench { $0.concurrency = 1 }
    defer { bench.upstream.stop() }
    let closed = Occurrence<Void>()
    let gate = Gate()
    bench.upstream.answer([.head(), .event(Bench.delta("tail")), .untilPeerCloses(closed)])
    let tail = bench.ask(place: QueuePlace(isTail: true))
    await tail.heard { $0.text == "tail" }.value
    bench.upstream.answer([.head(), .event(Bench.delta("first")), .gate(gate), .event("[DONE]"), .end])
    let first = bench.ask()
    #expect(tail.failure?.kind == .preempted && tail.endings == 1)
    await closed.value
    await first.heard { $0.text == "first" }.value
    let second = bench.ask()
    #expect(second.waitings == [.queued(ahead: 0)] && bench.upstream.requests.count == 2)
    let third = bench.ask()
    #expect(third.waitings == [.queued(ahead: 1)])
    third.cancel()
    #expect(third.finish == ReplyEnd(.cancelled))
    bench.upstream.answer(Bench.chunks("second"))
    gate.open()
    _ = await second.ended.value
    #expect(second.text == "second" && bench.pool.status.first?.waiting == 0)
  }

  @Test @Loop func `cancelling during a pause ends the reply and leaves no alarm`() async {
    let bench = Bench()
    defer { bench.upstream.stop() }
    bench.upstream.answer(.whole(429, headers: ["retry-after": "30"], "{\"error\":\"slow\"}"))
    let heard = bench.ask(followsPauses: false)
    await heard.heard { !$0.waitings.isEmpty }.value
    heard.cancel()
    #expect(heard.finish == ReplyEnd(.cancelled) && heard.endings == 1)
    bench.time.advance(by: .seconds(60))
    #expect(bench.upstream.requests.count == 1)
  }

  @Test @Loop func `a cancel tells what was held back and ends, all at once`() async {
    let bench = Bench()
    defer { bench.upstream.stop() }
    let closed = Occurrence<Void>()
    var request = Bench.hello
    request.sampling.stop = ["\nSam:"]
    bench.upstream.answer([.head(), .event(Bench.delta("Hello\nSa")), .untilPeerCloses(closed)])
    let heard = bench.ask(request)
    await heard.heard { $0.text == "Hello" }.value
    heard.cancel()
    #expect(heard.text == "Hello\nSa" && heard.finish == ReplyEnd(.cancelled))
    await closed.value
  }

  @Test @Loop func `a stop string ends the reply and the connection at once`() async {
    let bench = Bench()
    defer { bench.upstream.stop() }
    let closed = Occurrence<Void>()
    var request = Bench.hello
    request.sampling.stop = ["\nSam:", "1", "2", "3", "4"]
    bench.upstream.answer([
      .head(), .event(Bench.delta("Hello\nSa")), .event(Bench.delta("m: never")), .untilPeerCloses(closed),
    ])
    let heard = bench.ask(request)
    _ = await heard.ended.value
    #expect(heard.text == "Hello" && heard.finish?.reason == .stop)
    await closed.value
    #expect(sentJSON(bench.upstream.requests[0])?["stop"]?.array?.count == 4)
  }

  @Test @Loop func `connections are used again from reply to reply`() async {
    let bench = Bench()
    defer { bench.upstream.stop() }
    for number in 1...4 {
      #expect(await bench.reply(Bench.chunks("reply \(number)")).text == "reply \(number)")
      // The end of the body follows the last event.
      while bench.client.running > 0 { await Task.yield() }
    }
    #expect(bench.upstream.connections == 1)
  }

  @Test @Loop func `an unknown name is refused with the nearest known`() {
    let bench = Bench(lists: ["main": ["up/m"]])
    defer { bench.upstream.stop() }
    let heard = bench.ask(model: "mian")
    #expect(
      heard.failure?.cause == .configuration && heard.failure?.detail.contains("did you mean main?") == true)
  }

  @Test @Loop func `a provider alone means the first model its server lists, and is asked for its list once`()
    async
  {
    let bench = Bench(lists: ["main": ["up", "offline"]])
    defer { bench.upstream.stop() }
    bench.upstream.answer(.whole(200, #"{"data":[{"id":"nomic-embed-text"},{"id":"gemma"},{"id":"llama"}]}"#))
    for name in ["up", "main"] {
      let heard = await bench.lateReply(Bench.chunks("Hello"), model: name)
      #expect(heard.text == "Hello" && heard.started == ["up/gemma"])
    }
    #expect(
      bench.upstream.requests.map(\.target) == ["GET /v1/models"]
        + Array(repeating: "POST /v1/chat/completions", count: 2))
    #expect(sentJSON(bench.upstream.requests[1])?["model"]?.string == "gemma")
  }

  @Test @Loop
  func `a provider alone that has no list is refused with what to do, and a list goes on without it`() async {
    let bench = Bench(lists: ["main": ["up", "offline"]])
    defer { bench.upstream.stop() }
    let heard = await bench.lateReply(.whole(404, "{}"), model: "up")
    #expect(heard.failure?.cause == .configuration && heard.failure?.code == 6)
    #expect(heard.failure?.detail.contains("name one as up/MODEL") == true)
    let other = bench.ask(model: "main")
    while !other.ended.hasHappened {
      bench.time.advance(by: .milliseconds(100))
      await Task.yield()
    }
    #expect(other.started == ["offline/companion"] && other.finish?.reason == .stop)
    let named = await bench.reply(Bench.chunks("Hello"), model: "up/m")
    #expect(named.text == "Hello")
  }

  @Test @Loop func `a server whose list cannot be had is told as that, and cancelling meanwhile is an end`()
    async
  {
    let bench = Bench()
    defer { bench.upstream.stop() }
    let heard = await bench.lateReply(.whole(500, "{\"error\":\"broken\"}"), model: "up")
    #expect(heard.failure?.status == 500 && heard.failure?.code == 5)
    bench.time.advance(by: .seconds(31))
    let gate = Gate()
    bench.upstream.answer([.gate(gate)] + .whole(200, #"{"data":[{"id":"gemma"}]}"#))
    let cancelled = bench.ask(model: "up")
    await gate.reached.value
    cancelled.cancel()
    #expect(cancelled.finish?.reason == .cancelled && cancelled.endings == 1)
    gate.open()
    while bench.client.running > 0 { await Task.yield() }
    #expect(cancelled.endings == 1 && bench.upstream.requests.count == 2)
  }

  @Test @Loop func `a reply that is whole as it is hangs up and counts as stopped`() async {
    let bench = Bench()
    defer { bench.upstream.stop() }
    let closed = Occurrence<Void>()
    bench.upstream.answer([.head(), .event(Bench.delta("enough")), .untilPeerCloses(closed)])
    let heard = bench.ask()
    await heard.heard { $0.text == "enough" }.value
    heard.handle?.stop()
    #expect(heard.finish?.reason == .stop && heard.endings == 1)
    await closed.value
  }

  @Test @Loop func `a new configuration lets replies finish and forgets only what changed`() async {
    let bench = Bench()
    defer { bench.upstream.stop() }
    let gate = Gate()
    bench.upstream.answer([.head(), .event(Bench.delta("old")), .gate(gate), .event("[DONE]"), .end])
    let old = bench.ask()
    await old.heard { $0.text == "old" }.value
    bench.pool.configure([bench.configuration])
    #expect(bench.pool.status.first?.running == 1)
    bench.pool.configure([])
    #expect(bench.pool.status.map(\.name) == ["offline"])
    #expect(bench.ask().failure?.cause == .configuration)
    gate.open()
    _ = await old.ended.value
    #expect(old.text == "old" && old.finish?.reason == .stop)
  }
}

func sentJSON(_ request: ScriptedUpstream.Request) -> LooseJSON? {
  let body = request.body
  return LooseJSON(body.span)
}
