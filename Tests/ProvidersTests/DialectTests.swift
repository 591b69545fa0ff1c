import HTTP
import Model
import Posix
import TestSupport
import Testing

@testable import Providers

private func text(_ value: JSONValue) -> String { String(decoding: JSONBytes.encode(value), as: UTF8.self) }

/// An answer read without a server: only its bytes, cut as told.
private struct Read {
  private(set) var events: [ReplyEvent] = []
  private(set) var finish: ReplyEnd?

  init(_ dialect: some Dialect, _ pieces: [[UInt8]]) {
    var reader = AnswerReader(
      dialect, assembly: ReplyAssembly(stops: [], maxBytes: 1 << 20, startsThinking: false))
    reader.take(head: HTTPHead(status: 200))
    for piece in pieces { reader.take(piece.span, &events) }
    reader.finish(nil, &events)
    if case .finish(let finish)? = reader.end { self.finish = finish }
  }

  var text: String { events.compactMap { if case .text(let text) = $0 { text } else { nil } }.joined() }
  var reasoning: String {
    events.compactMap { if case .reasoning(let text) = $0 { text } else { nil } }.joined()
  }
  var usage: TokenUsage? { events.compactMap { if case .usage(let usage) = $0 { usage } else { nil } }.last }
}

@Suite struct BeginningTests {
  private static let event =
    "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}\n\n"
  private static let line = "{\"message\":{\"content\":\"Hi\"},\"done\":true}\n"

  @Test(arguments: ["", "\r\n\r\n", "  \n\t\n \r\n", "\u{FEFF}", "\u{FEFF}\n\n"])
  func `what comes before the first word says nothing, however it is cut`(_ space: String) {
    for pieces in cuts(space + Self.event) {
      let read = Read(OpenAIDialect(), pieces)
      #expect(read.text == "Hi" && read.finish == ReplyEnd(.stop), "\(pieces)")
    }
    for pieces in cuts(space + Self.line) {
      let read = Read(OllamaDialect(), pieces)
      #expect(read.text == "Hi" && read.finish == ReplyEnd(.stop), "\(pieces)")
    }
  }

  @Test(arguments: [" ", "\n", "\r\n", "\t \n"])
  func `white space without an end is not kept`(_ space: String) {
    var reader = AnswerReader(
      OpenAIDialect(), assembly: ReplyAssembly(stops: [], maxBytes: 1 << 20, startsThinking: false))
    reader.take(head: HTTPHead(status: 200))
    var events: [ReplyEvent] = []
    let piece = [UInt8](String(repeating: space, count: 4096).utf8)
    for _ in 0..<64 {
      reader.take(piece.span, &events)
      #expect(reader.undecidedBytes <= 16 && !reader.madeProgress)
    }
    let rest = [UInt8](("\n" + Self.event).utf8)
    reader.take(rest.span, &events)
    reader.finish(nil, &events)
    #expect(events.contains(.text("Hi")))
  }
}

@Suite struct BodyTests {
  private let request: ChatRequest = {
    var sampling = Sampling()
    sampling.temperature = 0.9
    sampling.topK = 40
    sampling.minP = 0.05
    sampling.repeatPenalty = 1.1
    sampling.stop = ["\nSam:"]
    sampling.seed = 7
    return ChatRequest(
      [
        .init(.system, "Be Ines.", endsStablePrefix: true), .init(.assistant, "Morning."),
        .init(
          .user, [.text("Look"), .image(bytes: [1, 2, 3, 4], mime: "image/png")], endsStablePrefix: true),
        .init(.system, "It rains."),
      ], sampling: sampling, maxTokens: 200, wantsJSON: true)
  }()

  private func body(_ dialect: some Dialect, _ configuration: ProviderConfiguration, _ model: String = "m")
    -> String
  {
    text(.object(dialect.body(request, Target(configuration: configuration, model: model))))
  }

  @Test func `an OpenAI body has what a server at home knows`() {
    let home = ProviderConfiguration(name: "home", kind: .openai, url: "http://127.0.0.1:8080/v1")
    #expect(
      body(OpenAIDialect(), home)
        == """
        {"max_tokens":200,"messages":[{"content":"Be Ines.","role":"system"},{"content":"Morning.","role":"assistant"},\
        {"content":[{"text":"Look","type":"text"},{"image_url":{"url":"data:image/png;base64,AQIDBA=="},"type":"image_url"}],\
        "role":"user"},{"content":"It rains.","role":"system"}],"min_p":0.05,"model":"m","repeat_penalty":1.1,\
        "repetition_penalty":1.1,"response_format":{"type":"json_object"},"seed":7,"stop":["\\nSam:"],"stream":true,\
        "stream_options":{"include_usage":true},"temperature":0.9,"top_k":40}
        """)
  }

  @Test func `OpenAI itself is not sent what it does not know`() {
    let sent = body(OpenAIDialect(), ProviderConfiguration(name: "o", kind: .openai))
    #expect(
      sent.contains("\"max_completion_tokens\":200") && !sent.contains("top_k") && !sent.contains("min_p"))
  }

  @Test func `the base of the address is taken verbatim`() {
    func address(_ url: String) -> String {
      OpenAIDialect().address(ProviderConfiguration(name: "x", kind: .openai, url: url))
    }
    #expect(address("https://api.novita.ai/openai") == "https://api.novita.ai/openai/chat/completions")
    #expect(
      address("https://api.novita.ai/openai/v1//") == "https://api.novita.ai/openai/v1/chat/completions")
    #expect(address("http://h:1") == "http://h:1/chat/completions")
    func anthropic(_ url: String?) -> String {
      AnthropicDialect().address(ProviderConfiguration(name: "x", kind: .anthropic, url: url))
    }
    #expect(anthropic(nil) == "https://api.anthropic.com/v1/messages")
    #expect(anthropic("https://gateway.example/v1/") == "https://gateway.example/v1/messages")
  }

  @Test func `an Anthropic body has its system apart, alternates, and marks its caches`() {
    #expect(
      body(AnthropicDialect(), ProviderConfiguration(name: "c", kind: .anthropic))
        == """
        {"max_tokens":200,"messages":[{"content":[{"text":"(The conversation begins.)","type":"text"}],"role":"user"},\
        {"content":[{"text":"Morning.","type":"text"}],"role":"assistant"},\
        {"content":[{"source":{"data":"AQIDBA==","media_type":"image/png","type":"base64"},"type":"image"},\
        {"text":"Look\\nIt rains.","type":"text"}],"role":"user"}],"model":"m","stop_sequences":["\\nSam:"],"stream":true,\
        "system":[{"cache_control":{"type":"ephemeral"},"text":"Be Ines.","type":"text"}],"temperature":0.9,"top_k":40}
        """)
  }

  @Test func `Anthropic takes no white space at the end of a begun reply, nor alone as a stop`() {
    var sampling = Sampling()
    sampling.stop = ["\n", "END"]
    sampling.temperature = 1.7
    let begun = ChatRequest([.init(.user, "Go"), .init(.assistant, "Once upon \n")], sampling: sampling)
    let sent = AnthropicDialect().body(
      begun, Target(configuration: .init(name: "c", kind: .anthropic), model: "m"))
    #expect(text(sent["messages"] ?? .null).contains("\"Once upon\""))
    #expect(sent["stop_sequences"] == ["END"] && sent["temperature"] == 1.0 && sent["max_tokens"] == 4096)
  }

  @Test func `an Ollama body asks for the window`() {
    let configuration = ProviderConfiguration(name: "l", kind: .ollama, contextTokens: 16384)
    #expect(
      body(OllamaDialect(), configuration)
        == """
        {"format":"json","messages":[{"content":"Be Ines.","role":"system"},{"content":"Morning.","role":"assistant"},\
        {"content":"Look","images":["AQIDBA=="],"role":"user"},{"content":"It rains.","role":"system"}],"model":"m",\
        "options":{"min_p":0.05,"num_ctx":16384,"num_predict":200,"repeat_penalty":1.1,"seed":7,"stop":["\\nSam:"],\
        "temperature":0.9,"top_k":40},"stream":true}
        """)
  }

  @Test func `a model that thinks is given room for it`() {
    let configuration = ProviderConfiguration(name: "x", kind: .openai, url: "http://h/v1")
    let target = Target(configuration: configuration, model: "m", capabilities: .reasoning)
    #expect(OpenAIDialect().body(request, target)["max_tokens"] == 2248)
  }

  @Test func `the owner's own members have the last word`() {
    var request = request
    request.sampling.extra = ["temperature": 0.1, "provider": ["order": ["a"]]]
    let target = Target(configuration: .init(name: "x", kind: .openai, url: "http://h/v1"), model: "m")
    let sent = OpenAIDialect().body(request, target)
    #expect(sent["temperature"] == 0.1 && sent["provider"] == ["order": ["a"]])
  }

  @Test func `the same request is the same bytes`() {
    let configuration = ProviderConfiguration(name: "home", kind: .openai, url: "http://127.0.0.1:8080/v1")
    #expect(Set((0..<50).map { _ in body(OpenAIDialect(), configuration) }).count == 1)
  }
}

@Suite struct RoleRulesTests {
  private func shaped(_ rule: RoleRule, _ roles: String) -> String {
    let roleOf: [Character: ChatRequest.Role] = ["s": .system, "u": .user, "a": .assistant]
    let messages = roles.enumerated().compactMap { at, letter in
      roleOf[letter].map { ChatRequest.Message($0, "\(at)") }
    }
    return RoleRules.shape(messages, rule)
      .map {
        "\($0.role.rawValue.prefix(1)):\($0.text.split(separator: "\n", omittingEmptySubsequences: true).joined(separator: "+"))"
      }
      .joined(separator: " ")
  }

  @Test func `each rule keeps every word and is stricter than the one before`() {
    #expect(shaped(.none, "ssauus") == "s:0 s:1 a:2 u:3 u:4 s:5")
    #expect(shaped(.merge, "ssauus") == "s:0+1 a:2 u:3+4 s:5")
    #expect(shaped(.semiStrict, "ssauus") == "s:0+1 a:2 u:3+4+5")
    #expect(shaped(.strict, "ssauus") == "s:0+1 u:\(RoleRules.filler) a:2 u:3+4+5")
    #expect(shaped(.strict, "suasa") == "s:0 u:1 a:2 u:3 a:4")
    #expect(shaped(.strict, "s") == "s:0 u:\(RoleRules.filler)")
    #expect(shaped(.single, "sua") == "u:0+User:+1+Assistant:+2")
  }
}

@Suite struct AnthropicStreamTests {
  init() { Loop.start() }

  private static func event(_ type: String, _ rest: String) -> String {
    "event: \(type)\ndata: {\"type\":\"\(type)\"\(rest.isEmpty ? "" : "," + rest)}\n\n"
  }

  private static let start = event(
    "message_start",
    "\"message\":{\"id\":\"m\",\"role\":\"assistant\",\"content\":[],\"usage\":{\"input_tokens\":9,\"cache_read_input_tokens\":100,\"cache_creation_input_tokens\":1,\"output_tokens\":1}}"
  )

  private static func delta(_ text: String) -> String {
    event(
      "content_block_delta", "\"index\":1,\"delta\":{\"type\":\"text_delta\",\"text\":\(Bench.quoted(text))}")
  }

  private static func end(_ reason: String) -> String {
    event(
      "message_delta",
      "\"delta\":{\"stop_reason\":\"\(reason)\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":12}")
      + event("message_stop", "")
  }

  private static let whole =
    start + event("ping", "")
    + event("content_block_start", "\"index\":0,\"content_block\":{\"type\":\"thinking\",\"thinking\":\"\"}")
    + event(
      "content_block_delta", "\"index\":0,\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\"Well…\"}")
    + event(
      "content_block_delta", "\"index\":0,\"delta\":{\"type\":\"signature_delta\",\"signature\":\"xyz\"}")
    + event("content_block_stop", "\"index\":0")
    + event("content_block_start", "\"index\":1,\"content_block\":{\"type\":\"text\",\"text\":\"\"}")
    + delta("Grüß ") + event("something_new", "\"delta\":{\"type\":\"text_delta\",\"text\":\"no\"}")
    + delta("dich 👋🏽")
    + event("content_block_stop", "\"index\":1") + end("end_turn")

  @Test @Loop func `reads the same wherever the bytes are cut`() async {
    let bench = Bench(.anthropic)
    defer { bench.upstream.stop() }
    for pieces in cuts(Self.whole) {
      let read = Read(AnthropicDialect(), pieces)
      #expect(read.text == "Grüß dich 👋🏽" && read.reasoning == "Well…" && read.finish == ReplyEnd(.stop))
      #expect(read.usage == TokenUsage(prompt: 110, completion: 12, cached: 100))
    }
    let heard = await bench.reply(.chunked(Self.whole.utf8.map { [$0] }))
    #expect(heard.text == "Grüß dich 👋🏽" && heard.reasoning == "Well…" && heard.finish == ReplyEnd(.stop))
    #expect(heard.usage == TokenUsage(prompt: 110, completion: 12, cached: 100) && heard.endings == 1)
    let request = bench.upstream.requests[0]
    #expect(request.target == "POST /v1/messages" && request.headers["x-api-key"] == "sk-secret")
    #expect(request.headers["anthropic-version"] == "2023-06-01" && request.headers["authorization"] == nil)
  }

  @Test(arguments: [
    ("max_tokens", Finish.length), ("stop_sequence", .stop), ("refusal", .filtered),
    ("model_context_window_exceeded", .length), ("pause_turn", .stop),
  ])
  @Loop func `its reasons are ours`(word: String, reason: Finish) async {
    let bench = Bench(.anthropic)
    defer { bench.upstream.stop() }
    let heard = await bench.reply(.chunked([Self.start + Self.delta("a") + Self.end(word)]))
    #expect(heard.finish?.reason == reason)
  }

  @Test @Loop func `an error event is terminal, and retried only before the first word`() async {
    let bench = Bench(.anthropic)
    defer { bench.upstream.stop() }
    let error = Self.event("error", "\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}")
    bench.upstream.answer(.chunked([Self.start + error]))
    let early = await bench.reply(.chunked([Self.whole]))
    #expect(early.text == "Grüß dich 👋🏽" && early.waitings.count == 1)
    let late = await bench.reply(.chunked([Self.start + Self.delta("begun") + error]))
    #expect(late.text == "begun" && late.failure?.cause == .overload)
    let refused = await bench.reply(
      .whole(
        400, "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"too many\"}}"))
    #expect(refused.failure?.cause == .request && refused.failure?.detail == "too many")
  }

  @Test @Loop func `an end without message_stop is interrupted, an empty reply ends`() async {
    let bench = Bench(.anthropic)
    defer { bench.upstream.stop() }
    let cut = await bench.reply(.chunked([Self.start + Self.delta("half")]))
    #expect(cut.text == "half" && cut.finish?.reason == .interrupted)
    let empty = await bench.reply(.chunked([Self.start + Self.end("end_turn")]))
    #expect(empty.text.isEmpty && empty.finish == ReplyEnd(.stop))
  }

  @Test @Loop func `pings are no progress`() async {
    let bench = Bench(.anthropic) { $0.tokenTimeout = .seconds(60) }
    defer { bench.upstream.stop() }
    let gates = [Gate(), Gate()]
    let closed = Occurrence<Void>()
    bench.upstream.answer([
      .head(), .chunk(Self.start + Self.delta("a")), .gate(gates[0]), .chunk(Self.event("ping", "")),
      .gate(gates[1]),
      .untilPeerCloses(closed),
    ])
    let heard = bench.ask()
    await heard.heard { $0.text == "a" }.value
    bench.time.advance(by: .seconds(50))
    gates[0].open()
    await gates[1].reached.value
    gates[1].open()
    bench.time.advance(by: .seconds(10))
    #expect(heard.finish?.reason == .interrupted)
    await closed.value
  }
}

@Suite struct OllamaStreamTests {
  init() { Loop.start() }

  private static let whole = """
    {"model":"m","message":{"role":"assistant","content":"","thinking":"hm"},"done":false}
    {"model":"m","message":{"role":"assistant","content":"Grüß "},"done":false}\r
    {"model":"m","message":{"role":"assistant","content":"dich 👋🏽"},"done":false}

    {"model":"m","message":{"role":"assistant","content":""},"done":true,"done_reason":"length","prompt_eval_count":26,"eval_count":8}
    """

  @Test @Loop func `reads the same wherever the bytes are cut`() async {
    let bench = Bench(.ollama)
    defer { bench.upstream.stop() }
    for pieces in cuts(Self.whole) {
      let read = Read(OllamaDialect(), pieces)
      #expect(read.text == "Grüß dich 👋🏽" && read.reasoning == "hm" && read.finish == ReplyEnd(.length))
      #expect(read.usage == TokenUsage(prompt: 26, completion: 8))
    }
    let heard = await bench.reply(.chunked(type: "application/x-ndjson", Self.whole.utf8.map { [$0] }))
    #expect(heard.text == "Grüß dich 👋🏽" && heard.reasoning == "hm" && heard.finish == ReplyEnd(.length))
    #expect(heard.usage == TokenUsage(prompt: 26, completion: 8) && heard.endings == 1)
    #expect(bench.upstream.requests[0].target == "POST /api/chat")
  }

  @Test @Loop func `an error line, a missing end and an unknown model are told`() async {
    let bench = Bench(.ollama)
    defer { bench.upstream.stop() }
    let late = await bench.reply(
      .chunked([
        "{\"message\":{\"content\":\"begun\"},\"done\":false}\n{\"error\":\"llama runner process has terminated\"}\n"
      ]))
    #expect(late.text == "begun" && late.failure?.detail == "llama runner process has terminated")
    let cut = await bench.reply(.chunked(["{\"message\":{\"content\":\"half\"},\"done\":false}\n"]))
    #expect(cut.text == "half" && cut.finish?.reason == .interrupted)
    let unknown = await bench.reply(.whole(404, "{\"error\":\"model 'm' not found\"}"))
    #expect(unknown.failure?.cause == .model && unknown.failure?.detail == "model 'm' not found")
    let page = await bench.reply(.whole(200, type: "text/html", "<p>Hello</p>"))
    #expect(page.failure?.cause == .notAnAPI)
  }

  @Test @Loop func `a prompt whose beginning was dropped is noticed, one that fits is not`() async {
    let bench = Bench(.ollama) { $0.contextTokens = 4096 }
    defer { bench.upstream.stop() }
    func done(_ count: Int) -> [ScriptedUpstream.Step] {
      .chunked([
        "{\"message\":{\"content\":\"a\"},\"done\":true,\"done_reason\":\"stop\",\"prompt_eval_count\":\(count),\"eval_count\":1}\n"
      ])
    }
    var request = Bench.hello
    request.estimatedTokens = 6000
    let dropped = await bench.reply(done(2050), request)
    #expect(dropped.notices == [.promptTruncated(evaluated: 2050, estimated: 6000)])
    #expect(await bench.reply(done(5500), request).notices.isEmpty)
    request.estimatedTokens = 2000
    #expect(await bench.reply(done(1700), request).notices.isEmpty)
    #expect(await bench.reply(done(40), request).notices.isEmpty, "taken from the server's cache")
  }
}
