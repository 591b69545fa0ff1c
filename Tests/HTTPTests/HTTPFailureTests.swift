import HTTP
import Posix
import TestSupport
import Testing

@Suite struct HTTPFailureTests {
  let upstream = running(ScriptedUpstream())

  @Loop private func failure(of fetch: Fetch) async throws -> HTTPError {
    guard case .failure(let error) = await fetch.ended.value else { throw Unexpected() }
    #expect(fetch.ends == 1)
    return error
  }

  @Test @Loop func `a port where nobody listens fails to connect`() async throws {
    upstream.stop()
    let error = try await failure(of: fetch(HTTPRequest(.get, upstream.url)))
    #expect(error.phase == .connect && error.code == "CURLE_COULDNT_CONNECT")
    #expect(!error.detail.isEmpty && !error.timedOut)
  }

  @Test @Loop func `a name that cannot be fails to resolve`() async throws {
    defer { upstream.stop() }
    let name = String(repeating: "a", count: 64) + ".invalid"
    let error = try await failure(of: fetch(HTTPRequest(.get, "http://\(name)/")))
    #expect(error.phase == .resolve && error.code == "CURLE_COULDNT_RESOLVE_HOST")
  }

  @Test(arguments: ["", "nonsense://x", "file:///etc/passwd", "http://"])
  @Loop func `what is no URL of ours is refused`(url: String) async throws {
    defer { upstream.stop() }
    #expect(try await failure(of: fetch(HTTPRequest(.get, url))).phase == .request)
  }

  @Test(arguments: [("x-a", "one\r\nx-b: two"), ("x-a", "one\n"), ("x-a\nx-b", "one"), ("x-a", "one\u{0}")])
  @Loop func `a header with a line break in it is refused, and nothing is sent`(
    name: String, value: String
  ) async throws {
    defer { upstream.stop() }
    var request = HTTPRequest(.get, upstream.url)
    request.headers = [(name: "x-good", value: "good"), (name: name, value: value)]
    #expect(try await failure(of: fetch(request)).phase == .request)
    #expect(upstream.requests.isEmpty)
  }

  @Test @Loop func `plain text behind https fails in TLS`() async throws {
    defer { upstream.stop() }
    upstream.greeting = Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)
    let error = try await failure(of: fetch(HTTPRequest(.get, "https://127.0.0.1:\(upstream.port)")))
    #expect(error.phase == .tls)
  }

  @Test @Loop func `a reset before the answer is no first byte`() async throws {
    defer { upstream.stop() }
    upstream.answer([.reset])
    #expect(try await failure(of: fetch(HTTPRequest(.get, upstream.url))).phase == .firstByte)
  }

  @Test @Loop func `a closed connection before the answer is no first byte`() async throws {
    defer { upstream.stop() }
    upstream.answer([.close])
    let error = try await failure(of: fetch(HTTPRequest(.get, upstream.url)))
    #expect(error.phase == .firstByte && error.code == "CURLE_GOT_NOTHING")
  }

  @Test(arguments: [false, true])
  @Loop func `an answer cut short is told as such, with what came`(reset: Bool) async throws {
    defer { upstream.stop() }
    let gate = Gate()
    upstream.answer([.head(), .chunk("half"), .gate(gate), reset ? .reset : .close])
    let fetch = fetch(HTTPRequest(.get, upstream.url))
    await fetch.began.value
    gate.open()
    #expect(try await failure(of: fetch).phase == .receive)
    #expect(fetch.text == "half")
  }

  @Test @Loop func `an answer that is not HTTP is a violation`() async throws {
    defer { upstream.stop() }
    upstream.answer([.text("SSH-2.0-OpenSSH_9.2\r\n"), .close])
    let error = try await failure(of: fetch(HTTPRequest(.get, upstream.url)))
    #expect(error.phase == .protocolViolation)
  }

  @Test @Loop func `a body of the limit passes, one byte more is too large`() async throws {
    defer { upstream.stop() }
    var request = HTTPRequest(.get, upstream.url)
    request.maxBodyBytes = 1000
    upstream.answer(.whole(200, String(repeating: "x", count: 1000)))
    _ = try await fetch(request).ended.value.get()
    upstream.answer(.whole(200, String(repeating: "x", count: 1001)))
    #expect(try await failure(of: fetch(request)).phase == .tooLarge)
  }

  @Test @Loop func `headers of the limit pass, one byte more is too large`() async throws {
    defer { upstream.stop() }
    let text = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nx: yyyyyyyy\r\n\r\n"
    var request = HTTPRequest(.get, upstream.url)
    request.maxHeaderBytes = text.utf8.count
    upstream.answer([.text(text)])
    _ = try await fetch(request).ended.value.get()
    request.maxHeaderBytes -= 1
    upstream.answer([.text(text)])
    #expect(try await failure(of: fetch(request)).phase == .tooLarge)
  }
}

@Suite struct HTTPPatienceTests {
  let upstream = running(ScriptedUpstream())

  private var request: HTTPRequest {
    var request = HTTPRequest(.get, upstream.url)
    request.patience = .init(
      connect: .seconds(5), first: .seconds(100), idle: .seconds(20), total: .seconds(300))
    return request
  }

  @Loop private func failure(of fetch: Fetch) async throws -> HTTPError {
    guard case .failure(let error) = await fetch.ended.value else { throw Unexpected() }
    #expect(error.timedOut && error.code == nil)
    return error
  }

  @Test @Loop func `a server that takes the request and says nothing runs out of the first patience`()
    async throws
  {
    defer { upstream.stop() }
    let time = ManualTiming()
    let closed = Occurrence<Void>()
    upstream.answer([.untilPeerCloses(closed)])
    let fetch = fetch(request, on: HTTPClient(timing: time.timing))
    _ = await upstream.request(1)
    time.advance(by: .milliseconds(99_999))
    #expect(!fetch.ended.hasHappened)
    time.advance(by: .milliseconds(1))
    #expect(try await failure(of: fetch).phase == .firstByte)
    await closed.value
  }

  @Test @Loop func `silence between pieces runs out of the idle patience, counted from the last`()
    async throws
  {
    defer { upstream.stop() }
    let time = ManualTiming()
    let gate = Gate()
    let closed = Occurrence<Void>()
    upstream.answer([.head(), .chunk("a"), .gate(gate), .chunk("b"), .untilPeerCloses(closed)])
    let fetch = fetch(request, on: HTTPClient(timing: time.timing))
    await fetch.began.value
    time.advance(by: .seconds(19))
    gate.open()
    await fetch.has(2).value
    time.advance(by: .milliseconds(19_999))
    #expect(!fetch.ended.hasHappened)
    time.advance(by: .milliseconds(1))
    #expect(try await failure(of: fetch).phase == .idle)
    await closed.value
  }

  @Test @Loop func `keep-alives without progress do not keep a dead server alive`() async throws {
    defer { upstream.stop() }
    let time = ManualTiming()
    let gates = (1...3).map { _ in Gate() }
    let closed = Occurrence<Void>()
    upstream.answer(
      [.head(), .chunk("text")] + gates.flatMap { [.gate($0), .chunk(": ping\n\n")] } + [
        .untilPeerCloses(closed)
      ])
    var request = request
    request.progress = .told
    let fetch = fetch(request, on: HTTPClient(timing: time.timing)) {
      $0.onPiece = { fetch, piece in if piece == Array("text".utf8) { fetch.transfer?.progressed() } }
    }
    await fetch.began.value
    for (index, gate) in gates.enumerated() {
      time.advance(by: .seconds(6))
      gate.open()
      await fetch.has(4 + 8 * (index + 1)).value
    }
    #expect(!fetch.ended.hasHappened)
    time.advance(by: .seconds(2))
    #expect(try await failure(of: fetch).phase == .idle)
    await closed.value
  }

  @Test @Loop func `steady progress still ends with the total patience`() async throws {
    defer { upstream.stop() }
    let time = ManualTiming()
    let gates = (1...20).map { _ in Gate() }
    let closed = Occurrence<Void>()
    upstream.answer([.head()] + gates.flatMap { [.gate($0), .chunk("x")] } + [.untilPeerCloses(closed)])
    let fetch = fetch(request, on: HTTPClient(timing: time.timing))
    _ = await upstream.request(1)
    for (index, gate) in gates.enumerated() {
      gate.open()
      await fetch.has(index + 1).value
      time.advance(by: .seconds(15))
      #expect(fetch.ended.hasHappened == (index == 19), "after \(15 * (index + 1)) s")
    }
    #expect(try await failure(of: fetch).phase == .total)
    await closed.value
  }

  @Test @Loop func `a server whose queue is full runs out of the connecting patience`() async throws {
    defer { upstream.stop() }
    let time = ManualTiming()
    let full = FullBacklog()
    defer { full.close() }
    var request = request
    request.url = "http://127.0.0.1:\(full.port)"
    let fetch = fetch(request, on: HTTPClient(timing: time.timing))
    time.advance(by: .milliseconds(4_999))
    #expect(!fetch.ended.hasHappened)
    // curl sends its first packet in the loop's next turns.
    for _ in 1...100 { await Task.yield() }
    time.advance(by: .milliseconds(1))
    let error = try await failure(of: fetch)
    #expect(error.phase == .connect || error.phase == .resolve)
  }
}
