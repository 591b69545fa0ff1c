import HTTP
import Posix
import TestSupport
import Testing

@Suite struct HTTPClientTests {
  let upstream = running(ScriptedUpstream())

  @Test @Loop func `a request arrives byte for byte and its answer comes back`() async throws {
    defer { upstream.stop() }
    let body = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    upstream.answer(.whole(201, headers: ["x-a": "b"], "{\"ok\":true}"))
    let fetch = fetch(
      HTTPRequest(
        .post, upstream.url + "/v1/x?y=1",
        headers: [("Content-Type", "application/json"), ("x-api-key", "k")],
        body: body))
    let head = try await fetch.ended.value.get()
    #expect(head.status == 201 && head["x-a"] == "b" && head.contentType == "application/json")
    #expect(fetch.text == "{\"ok\":true}" && fetch.ends == 1)
    let request = await upstream.request(1)
    #expect(request.target == "POST /v1/x?y=1" && request.body == body)
    #expect(request.headers["x-api-key"] == "k" && request.headers["expect"] == nil)
    #expect(request.headers["accept-encoding"] == "identity")
  }

  @Test @Loop func `one connection serves many requests`() async throws {
    defer { upstream.stop() }
    let client = HTTPClient()
    for number in 1...5 {
      upstream.answer(.chunked(["piece \(number)"]))
      let fetch = fetch(HTTPRequest(.get, upstream.url), on: client)
      _ = try await fetch.ended.value.get()
      #expect(fetch.text == "piece \(number)")
    }
    #expect(upstream.connections == 1 && upstream.requests.count == 5)
  }

  @Test @Loop func `a cancelled transfer closes its socket and is never heard of again`() async {
    defer { upstream.stop() }
    let closed = Occurrence<Void>()
    upstream.answer([.head(), .event("one"), .untilPeerCloses(closed)])
    let client = HTTPClient()
    let fetch = fetch(HTTPRequest(.get, upstream.url), on: client)
    await fetch.began.value
    fetch.cancel()
    #expect(client.running == 0)
    await closed.value
    fetch.cancel()
    #expect(fetch.ends == 0)
  }

  @Test @Loop func `cancelling from within a piece stops at that piece`() async {
    defer { upstream.stop() }
    let closed = Occurrence<Void>()
    upstream.answer([.head(), .chunk("a"), .chunk("b"), .chunk("c"), .untilPeerCloses(closed)])
    let client = HTTPClient()
    let fetch = fetch(HTTPRequest(.get, upstream.url), on: client) {
      $0.onPiece = { fetch, _ in fetch.cancel() }
    }
    await closed.value
    #expect(fetch.pieces == 1 && fetch.ends == 0 && client.running == 0)
  }

  @Test @Loop func `a piece may start one transfer and cancel another`() async throws {
    defer { upstream.stop() }
    let client = HTTPClient()
    let closed = Occurrence<Void>()
    upstream.answer([.head(), .chunk("a"), .untilPeerCloses(closed)])
    let victim = fetch(HTTPRequest(.get, upstream.url), on: client)
    await victim.began.value
    upstream.answer(.chunked(["go"]))
    upstream.answer(.chunked(["second"]))
    let second = Fetch()
    let first = fetch(HTTPRequest(.get, upstream.url), on: client) {
      $0.onPiece = { [upstream] _, _ in
        victim.cancel()
        second.start(HTTPRequest(.get, upstream.url), on: client)
      }
    }
    _ = try await first.ended.value.get()
    _ = try await second.ended.value.get()
    await closed.value
    #expect(second.text == "second" && victim.ends == 0)
  }

  @Test @Loop func `cancelling before curl has begun leaves nothing behind`() async {
    defer { upstream.stop() }
    let client = HTTPClient()
    let fetch = fetch(HTTPRequest(.get, upstream.url), on: client)
    fetch.cancel()
    #expect(client.running == 0 && fetch.ends == 0)
  }

  @Test @Loop func `a drained transfer hands its connection on`() async throws {
    defer { upstream.stop() }
    let client = HTTPClient()
    let gate = Gate()
    upstream.answer([.head(), .event("[DONE]"), .gate(gate), .chunk("late"), .end])
    let first = fetch(HTTPRequest(.get, upstream.url), on: client) {
      $0.onPiece = { fetch, _ in fetch.transfer?.drain(for: .seconds(60)) }
    }
    await first.began.value
    gate.open()
    while client.running > 0 { await Task.yield() }
    upstream.answer(.chunked(["next"]))
    let second = fetch(HTTPRequest(.get, upstream.url), on: client)
    _ = try await second.ended.value.get()
    #expect(upstream.connections == 1 && first.pieces == 1 && first.ends == 0)
  }

  @Test @Loop func `a drain that does not end in its moment closes the connection`() async {
    defer { upstream.stop() }
    let time = ManualTiming()
    let client = HTTPClient(timing: time.timing)
    let closed = Occurrence<Void>()
    upstream.answer([.head(), .event("[DONE]"), .untilPeerCloses(closed)])
    let fetch = fetch(HTTPRequest(.get, upstream.url), on: client) {
      $0.onPiece = { fetch, _ in fetch.transfer?.drain(for: .milliseconds(500)) }
    }
    await fetch.began.value
    time.advance(by: .milliseconds(499))
    #expect(client.running == 1)
    time.advance(by: .milliseconds(1))
    #expect(client.running == 0)
    await closed.value
  }

  @Test @Loop func `a drain takes no more bytes than it was given`() async {
    defer { upstream.stop() }
    let closed = Occurrence<Void>()
    let gate = Gate()
    upstream.answer([
      .head(), .event("[DONE]"), .gate(gate), .chunk(String(repeating: "x", count: 101)),
      .untilPeerCloses(closed),
    ])
    let fetch = fetch(HTTPRequest(.get, upstream.url)) {
      $0.onPiece = { fetch, _ in fetch.transfer?.drain(for: .seconds(600), atMost: 100) }
    }
    await fetch.began.value
    gate.open()
    await closed.value
  }

  @Test @Loop func `unused connections go after a while and nothing is left to wake up for`() async throws {
    defer { upstream.stop() }
    let time = ManualTiming()
    let client = HTTPClient(timing: time.timing)
    let closed = Occurrence<Void>()
    #expect(!client.isAwake)
    upstream.answer(.chunked(["a"]) + [.untilPeerCloses(closed)])
    let fetch = fetch(HTTPRequest(.get, upstream.url), on: client)
    _ = try await fetch.ended.value.get()
    #expect(client.isAwake && time.pending == [.seconds(90)])
    time.advance(by: .seconds(90))
    #expect(!client.isAwake && time.pending.isEmpty)
    await closed.value
  }

  @Test @Loop func `packed answers are unpacked, asked for or not`() async throws {
    defer { upstream.stop() }
    let packed: [UInt8] = [
      31, 139, 8, 0, 0, 0, 0, 0, 2, 255, 75, 73, 44, 73, 180, 82, 40, 72, 76, 206, 78, 77, 225, 226, 2, 0, 63,
      145,
      150, 100, 14, 0, 0, 0,
    ]
    upstream.answer(.chunked(headers: ["content-encoding": "gzip"], packed.map { [$0] }))
    let fetch = fetch(HTTPRequest(.get, upstream.url))
    _ = try await fetch.ended.value.get()
    #expect(fetch.text == "data: packed\n\n")
  }

  @Test @Loop func `interim answers, chunk extensions and trailers are no part of it`() async throws {
    defer { upstream.stop() }
    upstream.answer([
      .text("HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n"), .head(),
      .chunk(Array("ab".utf8), extension: ";name=\"v\""), .chunk("c"), .text("0\r\nx-trailer: 1\r\n\r\n"),
    ])
    let fetch = fetch(HTTPRequest(.get, upstream.url))
    let head = try await fetch.ended.value.get()
    #expect(head.status == 200 && head["link"] == nil && head["x-trailer"] == nil && fetch.text == "abc")
  }

  @Test @Loop func `redirects are followed only when asked and only so far`() async throws {
    defer { upstream.stop() }
    let away = ["location": upstream.url + "/there"]
    upstream.answer(.whole(302, headers: away, "elsewhere"))
    let plain = fetch(HTTPRequest(.post, upstream.url, body: [1]))
    #expect(try await plain.ended.value.get().status == 302 && plain.text == "elsewhere")

    var request = HTTPRequest(.get, upstream.url)
    request.redirects = 2
    for _ in 1...2 { upstream.answer(.whole(302, headers: away, "")) }
    upstream.answer(.whole(200, "here"))
    let followed = fetch(request)
    #expect(try await followed.ended.value.get().status == 200 && followed.text == "here")

    for _ in 1...3 { upstream.answer(.whole(302, headers: away, "")) }
    let lost = fetch(request)
    guard case .failure(let error) = await lost.ended.value else { throw Unexpected() }
    #expect(error.phase == .protocolViolation && error.code == "CURLE_TOO_MANY_REDIRECTS")
  }
}

struct Unexpected: Error {}
