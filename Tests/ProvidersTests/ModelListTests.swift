import HTTP
import Posix
import TestSupport
import Testing

@testable import Providers

@Suite struct ModelListTests {
  init() { Loop.start() }

  @Loop private func list(_ bench: Bench, refresh: Bool = false) async -> ProviderPool.Listing {
    let listing = Occurrence<ProviderPool.Listing>()
    bench.pool.models(refresh: refresh) { listing.happen($0) }
    return await listing.value
  }

  @Test @Loop func `19 a list is read with its holes, slashes and colons, and without doubles`() async {
    let bench = Bench { $0.models = [.init("mine", capabilities: .vision, contextTokens: 100)] }
    defer { bench.upstream.stop() }
    bench.upstream.answer(
      .whole(
        200,
        """
        {"object":"list","data":[{"id":"org/model:tag"},{"object":"model"},{"id":""},{"id":7},null,{"id":"org/model:tag"},
         {"id":"seer","context_length":8192,"architecture":{"input_modalities":["text","image"]},
          "supported_parameters":["reasoning","tools","response_format"]},{"id":"mine","max_model_len":9}]}
        """))
    let listing = await list(bench)
    #expect(listing.models.map(\.id) == ["up/mine", "up/org/model:tag", "up/seer", "offline/companion"])
    #expect(
      listing.models[2].capabilities == [.vision, .reasoning, .tools, .json]
        && listing.models[2].contextTokens == 8192)
    #expect(listing.models[0].contextTokens == 100 && listing.models[0].capabilities == .vision)
    #expect(listing.models[3].isOffline && listing.failures.isEmpty)
    #expect(bench.upstream.requests[0].target == "GET /v1/models")
    let heard = await bench.reply(Bench.chunks("ok"), model: "up/org/model:tag")
    #expect(
      sentJSON(bench.upstream.requests[1])?["model"]?.string == "org/model:tag"
        && heard.started == ["up/org/model:tag"])
  }

  private func json(_ text: String) throws -> LooseJSON {
    let bytes = Array(text.utf8)
    let json = LooseJSON(bytes.span)
    return try #require(json)
  }

  @Test(
    arguments: [
      (1023, nil), (1024, 1024), (16_777_216, 16_777_216), (16_777_217, 16_777_216), (0, nil), (-1, nil),
      (Int.min, nil), (Int.max, 16_777_216),
    ] as [(Int, Int?)])
  func `a window is believed in the range a configuration may name`(_ said: Int, _ believed: Int?) throws {
    // As text, since a number in JSON is read as a Double.
    let list = try json(#"{"data":[{"id":"m","context_length":"\#(said)"}]}"#)
    var model = try #require(ModelTraits.list(list, provider: "up").first)
    #expect(model.contextTokens == believed)
    let shown = #"{"model_info":{"general.architecture":"gemma","gemma.context_length":"\#(said)"}}"#
    model.contextTokens = 4096
    ModelTraits.describe(&model, try json(shown))
    #expect(model.contextTokens == believed ?? 4096)
  }

  @Test func `a window that says nothing does not hide one that does`() throws {
    let list = try json(#"{"data":[{"id":"m","context_length":0,"max_model_len":-1,"context_size":8192}]}"#)
    #expect(ModelTraits.list(list, provider: "up").first?.contextTokens == 8192)
  }

  @Test @Loop func `19 thousands of entries are read up to a limit`() async {
    let bench = Bench()
    defer { bench.upstream.stop() }
    let entries = (0...ModelCatalogue.maxModels).map { "{\"id\":\"m\($0)\"}" }.joined(separator: ",")
    bench.upstream.answer(.whole(200, "{\"data\":[\(entries)]}"))
    #expect(await list(bench).models.count == ModelCatalogue.maxModels + 1)
  }

  @Test @Loop func `19 a server without a list has the models its owner named`() async {
    let bench = Bench { $0.models = [.init("only")] }
    defer { bench.upstream.stop() }
    bench.upstream.answer(.whole(404, "{\"detail\":\"Not Found\"}"))
    let listing = await list(bench)
    #expect(listing.models.map(\.id) == ["up/only", "offline/companion"] && listing.failures.isEmpty)
  }

  @Test @Loop func `a list is kept for ten minutes, a failure for half of one, and asked for anew on demand`()
    async
  {
    let bench = Bench()
    defer { bench.upstream.stop() }
    bench.upstream.answer(.whole(500, "{\"error\":\"not now\"}"))
    #expect(await list(bench).failures.first?.cause == .server)
    #expect(await list(bench).failures.count == 1 && bench.upstream.requests.count == 1)
    bench.time.advance(by: .seconds(30))
    bench.upstream.answer(.whole(200, "{\"data\":[{\"id\":\"a\"}]}"))
    #expect(await list(bench).models.first?.name == "a")
    bench.time.advance(by: .seconds(599))
    #expect(await list(bench).models.first?.name == "a" && bench.upstream.requests.count == 2)
    bench.upstream.answer(.whole(200, "{\"data\":[{\"id\":\"b\"}]}"))
    #expect(await list(bench, refresh: true).models.first?.name == "b")
    bench.time.advance(by: .seconds(600))
    bench.upstream.answer(.whole(503, "{}"))
    let stale = await list(bench)
    #expect(stale.models.first?.name == "b" && stale.failures.isEmpty)
  }

  @Test @Loop func `many who ask at once are one question`() async {
    let bench = Bench()
    defer { bench.upstream.stop() }
    bench.upstream.answer(.whole(200, "{\"data\":[{\"id\":\"a\"}]}"))
    let listings = (0..<5).map { _ in Occurrence<ProviderPool.Listing>() }
    for listing in listings { bench.pool.models { listing.happen($0) } }
    for listing in listings { #expect(await listing.value.models.count == 2) }
    #expect(bench.upstream.requests.count == 1)
  }

  @Test @Loop func `Ollama is asked what each model can do`() async {
    let bench = Bench(.ollama)
    defer { bench.upstream.stop() }
    bench.upstream.answer(
      .whole(200, "{\"models\":[{\"name\":\"qwen3:8b\",\"model\":\"qwen3:8b\"},{\"name\":\"x:latest\"}]}"))
    // Both are asked at once.
    bench.upstream.otherwise { request in
      guard sentJSON(request)?["model"]?.string == "qwen3:8b" else {
        return .whole(500, "{\"error\":\"broken\"}")
      }
      return .whole(
        200,
        "{\"capabilities\":[\"completion\",\"vision\",\"thinking\"],\"model_info\":{\"general.architecture\":\"qwen3\",\"qwen3.context_length\":40960}}"
      )
    }
    let models = await list(bench).models
    #expect(models.map(\.id) == ["up/qwen3:8b", "up/x:latest", "offline/companion"])
    #expect(models[0].capabilities == [.vision, .reasoning, .json] && models[0].contextTokens == 40960)
    _ = await bench.reply(
      .chunked(["{\"message\":{\"content\":\"a\"},\"done\":true}\n"]), model: "up/qwen3:8b")
    #expect(sentJSON(bench.upstream.requests[3])?["think"]?.bool == true)
    #expect(sentJSON(bench.upstream.requests[3])?["options"]?["num_predict"]?.integer == 2248)
  }

  @Test @Loop func `Ollama is asked about four models at a time, and not waited for longer than ten seconds`()
    async
  {
    let bench = Bench(.ollama)
    defer { bench.upstream.stop() }
    let names = (0..<7).map { "{\"model\":\"m\($0)\"}" }.joined(separator: ",")
    bench.upstream.answer(.whole(200, "{\"models\":[\(names)]}"))
    bench.upstream.otherwise { request in
      // The first answers, the others are still loading something.
      guard sentJSON(request)?["model"]?.string == "m0" else { return [.untilPeerCloses(Occurrence())] }
      return .whole(200, #"{"model_info":{"general.architecture":"a","a.context_length":8192}}"#)
    }
    let listing = Occurrence<ProviderPool.Listing>()
    bench.pool.models { listing.happen($0) }
    // The list, the first, and four that wait.
    _ = await bench.upstream.request(6)
    bench.time.advance(by: .milliseconds(9_999))
    #expect(!listing.hasHappened && bench.upstream.requests.count == 6)
    bench.time.advance(by: .milliseconds(1))
    let models = await listing.value.models
    #expect(models.map(\.name) == (0..<7).map { "m\($0)" } + ["companion"])
    #expect(models[0].contextTokens == 8192 && models[1].contextTokens == nil)
    #expect(bench.client.running == 0 && bench.upstream.requests.count == 6)
  }

  @Test @Loop func `a probe finds what answers rightly and nothing else`() async {
    let servers = (0..<4).map { _ in ScriptedUpstream() }
    defer { for server in servers { server.stop() } }
    servers[0].answer(.whole(200, "{\"models\":[{\"name\":\"a:b\"}]}"))
    servers[1].answer(.whole(200, "{\"object\":\"list\",\"data\":[{\"id\":\"gemma\"}]}"))
    servers[2].answer(.whole(200, type: "text/html", "<p>My blog</p>"))
    let closed = Occurrence<Void>()
    servers[3].answer([.untilPeerCloses(closed)])
    let gone = ScriptedUpstream()
    gone.stop()
    let time = ManualTiming()
    let probe = LoopbackProbe(places: [
      .init(kind: "ollama", port: servers[0].port, path: "/api/tags"),
      .init(kind: "openai", port: servers[1].port, path: "/v1/models", base: "/v1"),
      .init(kind: "openai", port: servers[2].port, path: "/v1/models", base: "/v1"),
      .init(kind: "openai", port: servers[3].port, path: "/v1/models", base: "/v1"),
      .init(kind: "openai", port: gone.port, path: "/v1/models", base: "/v1"),
    ])
    let found = Occurrence<[LoopbackProbe.Found]>()
    let client = HTTPClient(timing: time.timing)
    probe.run(client, timing: time.timing) { found.happen($0) }
    for server in servers { _ = await server.request(1) }
    while client.running > 1 { await Task.yield() }
    time.advance(by: .milliseconds(299))
    #expect(!found.hasHappened)
    time.advance(by: .milliseconds(1))
    #expect(
      await found.value.map { [$0.kind, $0.url, $0.models.joined()] } == [
        ["ollama", "http://127.0.0.1:\(servers[0].port)", "a:b"],
        ["openai", "http://127.0.0.1:\(servers[1].port)/v1", "gemma"],
      ])
    #expect(servers[1].requests[0].target == "GET /v1/models")
    await closed.value
  }

  @Test @Loop func `a probe that is called off hangs up, and answers with what it found so far`() async {
    let (quick, slow) = (ScriptedUpstream(), ScriptedUpstream())
    defer { for server in [quick, slow] { server.stop() } }
    quick.answer(.whole(200, "{\"data\":[{\"id\":\"gemma\"}]}"))
    let closed = Occurrence<Void>()
    slow.answer([.untilPeerCloses(closed)])
    let time = ManualTiming()
    let client = HTTPClient(timing: time.timing)
    let found = Occurrence<[LoopbackProbe.Found]>()
    let run = LoopbackProbe(
      places: [quick, slow].map { .init(kind: "openai", port: $0.port, path: "/v1/models", base: "/v1") }
    ).run(client, timing: time.timing) { found.happen($0) }
    for server in [quick, slow] { _ = await server.request(1) }
    while client.running > 1 { await Task.yield() }
    run.cancel()
    run.cancel()
    #expect(await found.value.map(\.models) == [["gemma"]])
    await closed.value
  }
}
