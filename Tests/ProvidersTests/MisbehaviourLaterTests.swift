import HTTP
import Model
import Posix
import Providers
import TestSupport
import Testing

/// The second half of the list, from what may be asked again to what must be waited for.
@Suite struct MisbehaviourLaterTests {
  init() { Loop.start() }

  @Test(arguments: [429, 503, 529, 408, 409, 500, 502, 504, 520, 524])
  @Loop func `13 what may pass is asked again before the first word`(status: Int) async {
    let bench = Bench()
    defer { bench.upstream.stop() }
    bench.upstream.answer(
      .whole(status, type: "text/html", headers: ["retry-after": "7"], "<html><h1>Bad gateway</h1></html>"))
    let heard = await bench.reply(Bench.chunks("second try"))
    #expect(heard.text == "second try" && heard.finish == ReplyEnd(.stop))
    guard case .retrying(2, let after, let cause)? = heard.waitings.first else {
      return unexpected("no retry")
    }
    #expect(after == .seconds(7) && cause.status == status && cause.detail == "Bad gateway")
  }

  @Test(
    arguments: [
      (["retry-after": "Sun, 06 Nov 1994 08:49:37 GMT"], 30_000), (["retry-after-ms": "1500"], 1500),
      (["x-ratelimit-reset-requests": "6m0s", "x-ratelimit-remaining-requests": "0"], nil),
      (["retry-after": "3600"], nil),
    ] as [([String: String], Int?)])
  @Loop func `13 how long to wait is read in every form, and not waited for beyond a minute`(
    headers: [String: String], milliseconds: Int?
  ) async {
    let bench = Bench()
    defer { bench.upstream.stop() }
    bench.upstream.answer(.whole(429, headers: headers, "{\"error\":{\"message\":\"slow down\"}}"))
    let heard = await bench.reply(Bench.chunks("ok"))
    if let milliseconds {
      #expect(heard.waitings.first?.pause == .milliseconds(milliseconds) && heard.text == "ok")
    } else {
      #expect(heard.failure?.cause == .rateLimit && heard.failure?.reason == "provider_unavailable")
      #expect((heard.failure?.retryAfter ?? .zero) >= .seconds(360) && bench.upstream.requests.count == 1)
    }
  }

  @Test @Loop func `13 after the first word nothing is asked again`() async {
    let bench = Bench()
    defer { bench.upstream.stop() }
    let heard = await bench.reply(
      .events([Bench.delta("begun"), "{\"error\":{\"message\":\"overloaded\",\"code\":529}}"]))
    #expect(heard.text == "begun" && heard.failure?.cause == .overload && heard.failure?.attempts == 1)
    #expect(bench.upstream.requests.count == 1)
  }

  /// Sums and comparisons of these went past the largest `Int` once.
  @Test(arguments: ["9223372036854775807", "-9223372036854775808"])
  @Loop func `13 counts that no server can mean are taken for the least or the most that is believed`(
    count: String
  ) async {
    let believed = count.hasPrefix("-") ? 0 : TokenUsage.mostTokens
    let expected = TokenUsage(prompt: believed, completion: believed, cached: believed)
    let openAI = Bench()
    defer { openAI.upstream.stop() }
    var heard = await openAI.reply(
      .events([
        Bench.delta("a"), Bench.finished(),
        """
        {"choices":[],"usage":{"prompt_tokens":"\(count)","completion_tokens":"\(count)",
         "prompt_tokens_details":{"cached_tokens":"\(count)"}}}
        """.replacing("\n", with: ""),
        "[DONE]",
      ]))
    #expect(heard.text == "a" && heard.usage == expected)
    let anthropic = Bench(.anthropic)
    defer { anthropic.upstream.stop() }
    heard = await anthropic.reply(
      .whole(
        200,
        """
        {"type":"message","content":[{"type":"text","text":"a"}],"stop_reason":"end_turn",
         "usage":{"input_tokens":"\(count)","cache_read_input_tokens":"\(count)",
                  "cache_creation_input_tokens":"\(count)","output_tokens":"\(count)"}}
        """))
    #expect(heard.text == "a" && heard.usage == expected)
    let ollama = Bench(.ollama) { $0.contextTokens = 4096 }
    defer { ollama.upstream.stop() }
    var request = Bench.hello
    request.estimatedTokens = 2000
    ollama.upstream.answer(
      .chunked([
        """
        {"message":{"content":"a"},"done":true,"prompt_eval_count":"\(count)","eval_count":"\(count)"}\n
        """
      ]))
    heard = ollama.ask(request)
    _ = await heard.ended.value
    #expect(heard.text == "a")
    #expect(heard.usage == TokenUsage(prompt: believed, completion: believed))
    #expect(heard.usage?.usage.promptTokens == believed)
  }

  @Test @Loop func `14 a page where an answer should be is shown for what it is`() async {
    let bench = Bench()
    defer { bench.upstream.stop() }
    let heard = await bench.reply(
      .whole(
        200, type: "text/html", "<!doctype html><html><title>Hotel Wi-Fi</title><p>Please log in</p></html>"))
    #expect(heard.failure?.cause == .notAnAPI && heard.failure?.detail == "Hotel Wi-Fi Please log in")
    let plain = await bench.reply(.whole(200, type: "text/plain", "It works!"))
    #expect(plain.failure?.cause == .notAnAPI && plain.failure?.detail == "It works!")
    #expect(bench.upstream.requests.count == 2)
  }

  @Test @Loop func `15 a reset after a complete answer does not spoil it, and chunk extensions are nothing`()
    async
  {
    let bench = Bench()
    defer { bench.upstream.stop() }
    let gate = Gate()
    bench.upstream.answer([
      .head(), .chunk(Array("data: \(Bench.delta("whole"))\n\n".utf8), extension: ";a=b"),
      .event(Bench.finished()), .gate(gate), .reset,
    ])
    let heard = bench.ask()
    await heard.heard { $0.text == "whole" }.value
    gate.open()
    _ = await heard.ended.value
    #expect(heard.text == "whole" && heard.finish == ReplyEnd(.stop))
  }

  @Test @Loop func `15 a packed stream is read`() async {
    let bench = Bench()
    defer { bench.upstream.stop() }
    let heard = await bench.reply(.chunked(headers: ["content-encoding": "gzip"], [Packed.stream]))
    #expect(heard.text == "packed" && heard.finish?.reason == .stop)
  }

  @Test @Loop func `17 a reply that only repeats itself is ended`() async {
    let bench = Bench()
    defer { bench.upstream.stop() }
    let closed = Occurrence<Void>()
    let loop = (0..<400).map { _ in Bench.delta("and again, ") }
    let heard = await bench.reply(
      [.head()] + loop.map { .event($0) } + [.untilPeerCloses(closed)])
    #expect(heard.finish?.reason == .length && heard.finish?.note?.contains("repeated") == true)
    #expect(heard.text.utf8.count <= 2048 + 512)
    await closed.value
  }

  @Test @Loop func `17 a reply of the limit passes, one byte more is cut there`() async {
    let bench = Bench()
    defer { bench.upstream.stop() }
    var request = Bench.hello
    request.maxBytes = 10
    #expect(await bench.reply(Bench.chunks("12345", "6789é"), request).finish?.note != nil)
    let fits = await bench.reply(Bench.chunks("12345", "67890"), request)
    #expect(fits.text == "1234567890" && fits.finish == ReplyEnd(.stop))
    let cut = await bench.reply(Bench.chunks("12345", "6789é"), request)
    #expect(cut.text == "123456789" && cut.finish?.reason == .length)
  }

  @Test @Loop func `18 events that are no JSON are skipped and counted, up to a point`() async {
    let bench = Bench()
    defer { bench.upstream.stop() }
    let some = await bench.reply(
      .events([Bench.delta("a"), "{\"choices\":[", "oops", Bench.delta("b"), Bench.finished(), "[DONE]"]))
    #expect(some.text == "ab" && some.finish == ReplyEnd(.stop) && some.notices == [.skippedEvents(2)])
    let many = await bench.reply(
      .events([Bench.delta("a")] + (0..<11).map { "{broken \($0)" } + [Bench.delta("b")]))
    #expect(many.text == "a" && many.failure?.cause == .malformed)
    let ten = await bench.reply(.events((0..<10).map { "{broken \($0)" } + [Bench.delta("b"), "[DONE]"]))
    #expect(ten.text == "b" && ten.finish?.reason == .stop)
  }

  @Test @Loop func `18 NaN is no reason to fail, and halves of an emoji find together`() async {
    let bench = Bench()
    defer { bench.upstream.stop() }
    let heard = await bench.reply(
      .events([
        "{\"choices\":[{\"delta\":{\"content\":\"x\"},\"logprobs\":{\"a\":NaN,\"b\":-Infinity}}]}",
        "{\"choices\":[{\"delta\":{\"content\":\"\\ud83d\"}}]}",
        "{\"choices\":[{\"delta\":{\"content\":\"\\udc4b!\"}}]}",
        "{\"choices\":[{\"delta\":{\"content\":\"\\ud83d\"}}]}",
        "{\"choices\":[{\"delta\":{\"content\":\"y\"}}]}",
        Bench.finished(), "[DONE]",
      ]))
    #expect(heard.text == "x👋!\u{FFFD}y")
  }

  @Test @Loop func `20 after a cancel nothing more is heard and the server sees it`() async {
    let bench = Bench()
    defer { bench.upstream.stop() }
    let closed = Occurrence<Void>()
    let gate = Gate()
    bench.upstream.answer([
      .head(), .event(Bench.delta("one")), .gate(gate), .event(Bench.delta("two")), .untilPeerCloses(closed),
    ])
    let heard = bench.ask()
    await heard.heard { $0.text == "one" }.value
    heard.cancel()
    #expect(heard.finish == ReplyEnd(.cancelled))
    gate.open()
    await closed.value
    heard.cancel()
    #expect(heard.text == "one" && heard.endings == 1)
    let next = await bench.reply(Bench.chunks("three"))
    #expect(next.text == "three" && heard.text == "one")
  }

  @Test @Loop func `21 a server that is loading its model is waited for`() async {
    let bench = Bench()
    defer { bench.upstream.stop() }
    let loading = "{\"error\":{\"code\":503,\"message\":\"Loading model\",\"type\":\"unavailable_error\"}}"
    for _ in 1...8 { bench.upstream.answer(.whole(503, loading)) }
    let heard = await bench.reply(Bench.chunks("here"))
    #expect(heard.text == "here" && heard.waitings.count == 8)
    #expect(heard.waitings.allSatisfy { if case .loading = $0 { true } else { false } })
  }

  @Test @Loop
  func `21 a local server that was there and is restarted is waited for, one that never was is not`() async {
    let bench = Bench()
    #expect(await bench.reply(Bench.chunks("up")).text == "up")
    bench.upstream.stop()
    // Draining, so that the next request does not meet the old connection.
    bench.time.advance(by: .seconds(1))
    bench.client.closeIdle()
    let heard = bench.ask()
    _ = await heard.ended.value
    #expect(
      heard.failure?.cause == .connection
        && heard.waitings.contains { if case .loading = $0 { true } else { false } })
    let waited = heard.waitings.compactMap(\.pause).reduce(.zero, +)
    #expect(waited > .seconds(60))

    let absent = Bench()
    absent.upstream.stop()
    let never = absent.ask()
    _ = await never.ended.value
    #expect(never.failure?.cause == .connection && never.failure?.attempts == 4)
    #expect(never.waitings.compactMap(\.pause).reduce(.zero, +) < .seconds(10))
  }
}
