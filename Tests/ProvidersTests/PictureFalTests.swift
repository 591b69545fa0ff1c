import HTTP
import Model
import Posix
import TestSupport
import Testing

@testable import Providers

@Suite struct PictureFalTests {
  init() { Loop.start() }

  private static let submit = "POST /fal-ai/flux/schnell"
  private static let status = "GET /fal-ai/flux/requests/r-1/status"
  private static let response = "GET /fal-ai/flux/requests/r-1"
  private static let cancellation = "PUT /fal-ai/flux/requests/r-1/cancel"
  private static let ordered = #"{"status":"IN_QUEUE","request_id":"r-1","queue_position":2}"#
  private static let image = PictureBytes.dataURI(TestPictures.jpeg())

  private static func result(_ more: String = "") -> String { "{\"images\":[{\"url\":\"\(image)\"}]\(more)}" }

  /// A server that takes the order and says it is finished as often as it is asked.
  @Loop private func finished(_ response: [ScriptedUpstream.Step]) async -> (PictureHeard, PictureBench) {
    let bench = PictureBench(.fal, key: "id:hidden-secret")
    let paths = ScriptedPaths(bench.upstream)
    paths.on(Self.submit, .whole(200, Self.ordered))
    paths.on(Self.status, .whole(200, #"{"status":"COMPLETED"}"#))
    paths.on(Self.response, response)
    let heard = bench.place()
    await bench.finish(heard)
    bench.upstream.stop()
    return (heard, bench)
  }

  // MARK: The way of an order

  @Test @Loop func `an order is placed, asked about with growing pauses, fetched, and brings its seed`()
    async throws
  {
    let bench = PictureBench(.fal, key: "id:secret")
    defer { bench.upstream.stop() }
    let paths = ScriptedPaths(bench.upstream)
    paths.on(Self.submit, .whole(200, Self.ordered))
    paths.on(
      Self.status, .whole(202, #"{"status":"IN_QUEUE","queue_position":1}"#),
      .whole(202, #"{"status":"IN_PROGRESS","logs":[]}"#), .whole(200, #"{"status":"COMPLETED"}"#))
    paths.on(
      Self.response, .whole(200, Self.result(#","seed":9223372036854775809,"has_nsfw_concepts":[false]"#)))
    let heard = bench.place()
    await bench.armed(.milliseconds(500))
    #expect(heard.accepted.count == 1)
    #expect(heard.queued == [2])
    await bench.armed(.milliseconds(750))
    #expect(heard.queued == [2, 1])
    await bench.armed(.milliseconds(1125))
    #expect(heard.progress.map(\.fraction) == [0.1])
    bench.time.advance(by: .milliseconds(1125))
    _ = await heard.ended.value
    #expect(heard.pictures?.map(\.bytes) == [TestPictures.jpeg()])
    #expect(heard.pictures?.first?.seed == 9_223_372_036_854_775_809)
    let first = try #require(bench.upstream.requests.first)
    #expect(first.target == Self.submit)
    #expect(first.headers["authorization"] == "Key id:secret")
    let body = try #require(LooseJSON.read(first.body))
    #expect(body["prompt"]?.string == "a portrait of Mira")
    #expect(body["seed"]?.integer == 7)
    #expect(body["image_size"]?.string == "portrait_4_3")
    #expect(bench.upstream.requests.filter { $0.target == Self.submit }.count == 1)
  }

  @Test @Loop func `a restarted daemon goes on asking by what was stored, and places nothing`() async throws {
    let bench = PictureBench(.fal)
    defer { bench.upstream.stop() }
    let paths = ScriptedPaths(bench.upstream)
    paths.on(Self.status, .whole(200, #"{"status":"COMPLETED"}"#))
    paths.on(Self.response, .whole(200, Self.result()))
    let request = try #require(
      FalRequest(number: "r-1", application: "fal-ai/flux", base: bench.upstream.url))
    #expect(FalRequest(request.job, base: bench.upstream.url) == request)
    let heard = bench.place(remote: request.job, resuming: true)
    _ = await heard.ended.value
    #expect(heard.pictures != nil)
    #expect(bench.upstream.requests.map(\.target) == [Self.status, Self.response])
  }

  @Test(arguments: ["", "r-1", "r-1\nhttps://evil.example/a\nhttps://evil.example/b\nhttps://evil.example/c"])
  @Loop func `a name that is not fal's is lost, and asked of nobody`(_ text: String) async {
    let bench = PictureBench(.fal, key: "id:secret") { $0.url = "https://queue.fal.run" }
    defer { bench.upstream.stop() }
    let heard = bench.place(remote: RemoteJob(text), resuming: true)
    #expect(heard.failure?.cause == .lost)
  }

  @Test @Loop func `a request that fal has forgotten is lost`() async {
    let bench = PictureBench(.fal)
    defer { bench.upstream.stop() }
    ScriptedPaths(bench.upstream).on(Self.status, .whole(404, #"{"detail":"Request not found"}"#))
    let job = FalRequest(number: "r-1", application: "fal-ai/flux", base: bench.upstream.url)?.job
    let heard = bench.place(remote: job, resuming: true)
    _ = await heard.ended.value
    #expect(heard.failure?.cause == .lost)
    #expect(heard.failure?.kind == .unavailable)
  }

  @Test @Loop func `an order whose answer was cut off behind its head is found by the number in the head`()
    async
  {
    let bench = PictureBench(.fal)
    defer { bench.upstream.stop() }
    let paths = ScriptedPaths(bench.upstream)
    paths.on(Self.submit, .whole(200, headers: ["x-fal-request-id": "r-1"], "{\"request_id\":"))
    paths.on(Self.status, .whole(200, #"{"status":"COMPLETED"}"#))
    paths.on(Self.response, .whole(200, Self.result()))
    let heard = bench.place()
    await bench.armed(.milliseconds(500))
    _ = await heard.ended.value
    #expect(heard.pictures != nil)
  }

  @Test @Loop func `an order that nothing was heard of is not placed again, and says why`() async {
    let bench = PictureBench(.fal)
    defer { bench.upstream.stop() }
    bench.upstream.answer([.close])
    let heard = bench.place()
    _ = await heard.ended.value
    #expect(heard.failure?.cause == .unclear)
    #expect(heard.failure?.retryable == false)
    #expect(bench.upstream.requests.count == 1)
  }

  @Test @Loop func `a server that cannot be reached has surely not taken the order`() async {
    let bench = PictureBench(.fal)
    bench.upstream.stop()
    let heard = bench.place()
    _ = await heard.ended.value
    #expect(heard.failure?.cause == .connection)
    #expect(heard.failure?.retryable == true)
  }

  // MARK: Failures

  @Test(arguments: [
    (
      422, #"{"detail":[{"loc":["body","prompt"],"msg":"flagged","type":"content_policy_violation"}]}"#,
      "content"
    ),
    (422, #"{"detail":[{"loc":["body","image_url"],"msg":"too big","type":"image_too_large"}]}"#, "tooLarge"),
    (422, #"{"detail":[{"loc":["body","seed"],"msg":"not a number","type":"value_error"}]}"#, "request"),
    (401, #"{"detail":"Cannot access application. Authentication is required"}"#, "key"),
    (403, #"{"detail":"User is locked. Reason: Exhausted balance."}"#, "payment"),
    (403, #"{"detail":"no"}"#, "permission"), (404, #"{"detail":"Application not found"}"#, "model"),
    (429, #"{"detail":"slow down"}"#, "rateLimit"), (500, "<html>oops</html>", "server"),
    (200, "<html>log in</html>", "notAnAPI"), (200, "{}", "malformed"),
  ])
  func `a refused order says why`(_ status: Int, _ body: String, _ cause: String) async {
    let bench = await PictureBench(.fal)
    ScriptedPaths(bench.upstream).on(Self.submit, .whole(status, headers: ["retry-after": "7"], body))
    let heard = await bench.place()
    _ = await heard.ended.value
    let failure = await heard.failure
    #expect(failure?.cause.rawValue == cause)
    #expect(status != 429 || failure?.retryAfter == .seconds(7))
    bench.upstream.stop()
  }

  @Test(arguments: [
    (200, #"{"images":[]}"#, "malformed"),
    (200, #"{"images":[{"url":"data:image/png;base64,"}],"has_nsfw_concepts":[true]}"#, "content"),
    (200, #"{"images":[],"description":"I cannot draw that."}"#, "content"),
    (200, #"{"images":[{"url":"data:image/png;base64,iVBORw0KGgo"}]}"#, "malformed"),
    (200, #"{"images":[{"url":"ftp://x/y"}]}"#, "malformed"),
    (422, #"{"detail":[{"loc":["body"],"msg":"no","type":"content_policy_violation"}]}"#, "content"),
    (500, #"{"detail":"CUDA out of memory"}"#, "memory"),
    (504, #"{"detail":"took too long","error_type":"request_timeout"}"#, "server"),
    (503, #"{"detail":"no runner","error_type":"runner_scheduling_failure"}"#, "server"),
    (401, #"{"detail":"bad key id:hidden-secret"}"#, "key"),
  ])
  func `finished does not mean made`(_ status: Int, _ body: String, _ cause: String) async {
    let (heard, _) = await finished(.whole(status, body))
    let failure = await heard.failure
    #expect(failure?.cause.rawValue == cause)
    #expect(failure?.description.contains("hidden") == false)
    // What was made and cannot be read is paid for: it is not ordered again by itself.
    #expect(cause != "malformed" || failure?.kind == .refused)
  }

  @Test(arguments: [("CANCELED", "interrupted"), ("FAILED", "server"), ("PONDERING", "server")])
  @Loop func `a status that is none of fal's is the end`(_ status: String, _ cause: String) async {
    let bench = PictureBench(.fal)
    defer { bench.upstream.stop() }
    let paths = ScriptedPaths(bench.upstream)
    paths.on(Self.submit, .whole(200, Self.ordered))
    paths.on(Self.status, .whole(200, "{\"status\":\"\(status)\"}"))
    let heard = bench.place()
    await bench.armed(.milliseconds(500))
    _ = await heard.ended.value
    #expect(heard.failure?.cause.rawValue == cause)
  }

  @Test @Loop func `questions that are not answered are asked again, as late as is asked for`() async {
    let bench = PictureBench(.fal)
    defer { bench.upstream.stop() }
    let paths = ScriptedPaths(bench.upstream)
    paths.on(Self.submit, .whole(200, Self.ordered))
    paths.on(
      Self.status, .whole(429, headers: ["retry-after": "9"], "{}"), .whole(503, "busy"),
      .whole(200, #"{"status":"COMPLETED"}"#))
    paths.on(Self.response, .whole(200, Self.result()))
    let heard = bench.place()
    await bench.armed(.milliseconds(500))
    await bench.armed(.seconds(9))
    await bench.armed(.milliseconds(1500))
    _ = await heard.ended.value
    #expect(heard.pictures != nil)
    #expect(bench.upstream.requests.filter { $0.target == Self.submit }.count == 1)
  }

  @Test @Loop func `a server that stays silent is left to the queue, which knows the name`() async {
    let bench = PictureBench(.fal)
    defer { bench.upstream.stop() }
    let paths = ScriptedPaths(bench.upstream)
    paths.on(Self.submit, .whole(200, Self.ordered))
    paths.on(Self.status, .whole(502, "bad gateway"))
    let heard = bench.place()
    await bench.finish(heard)
    #expect(heard.failure?.kind == .unavailable)
    #expect(heard.failure?.cause == .connection)
    #expect(heard.failure?.status == 502)
    #expect(heard.accepted.count == 1)
  }

  // MARK: Taking back

  @Test @Loop func `taking back tells fal`() async {
    let bench = PictureBench(.fal)
    defer { bench.upstream.stop() }
    let paths = ScriptedPaths(bench.upstream)
    paths.on(Self.submit, .whole(200, Self.ordered))
    paths.on(Self.cancellation, .whole(202, #"{"status":"CANCELLATION_REQUESTED"}"#))
    let heard = bench.place()
    await heard.heard { !$0.accepted.isEmpty }.value
    heard.handle?.cancel()
    _ = await heard.ended.value
    #expect(heard.events.last == .cancelled)
    #expect(bench.upstream.requests.last?.target == Self.cancellation)
  }

  @Test @Loop func `an order taken back before its number came is cancelled when it has come`() async {
    let bench = PictureBench(.fal)
    defer { bench.upstream.stop() }
    let paths = ScriptedPaths(bench.upstream)
    let gate = Gate()
    paths.on(Self.submit, [.gate(gate)] + .whole(200, Self.ordered))
    paths.on(Self.cancellation, .whole(202, "{}"))
    let heard = bench.place()
    await gate.reached.value
    heard.handle?.cancel()
    #expect(heard.endings == 0)
    gate.open()
    _ = await heard.ended.value
    #expect(heard.events.last == .cancelled)
    #expect(bench.upstream.requests.last?.target == Self.cancellation)
  }

  @Test @Loop func `what is not finished in time is taken back there too`() async {
    let bench = PictureBench(.fal) { $0.totalTimeout = .seconds(1) }
    defer { bench.upstream.stop() }
    let paths = ScriptedPaths(bench.upstream)
    paths.on(Self.submit, .whole(200, Self.ordered))
    paths.on(Self.status, .whole(202, #"{"status":"IN_PROGRESS"}"#))
    paths.on(Self.cancellation, .whole(202, "{}"))
    let heard = bench.place()
    await bench.armed(.milliseconds(500))
    await bench.armed(.milliseconds(750))
    _ = await heard.ended.value
    #expect(heard.failure?.cause == .timeout)
    #expect(bench.upstream.requests.last?.target == Self.cancellation)
  }

  // MARK: Models and addresses

  @Test func `a path without an owner is fal's own`() {
    #expect(FalModel("flux/schnell").path == "fal-ai/flux/schnell")
    #expect(FalModel("fal-ai/flux/dev").path == "fal-ai/flux/dev")
    #expect(FalModel("@xai/grok-imagine-image").path == "xai/grok-imagine-image")
    #expect(FalModel("nano-banana/edit").application == "fal-ai/nano-banana")
    #expect(FalModel("../../etc").path == "fal-ai/etc")
    #expect(!FalModel("flux?x=1").isSpellable)
    #expect(!FalModel("@xai").isSpellable)
    #expect(FalModel("nano-banana/edit").onlyEdits)
    #expect(!FalModel("flux/schnell").edits)
  }

  @Test func `each family is asked for sizes as it takes them`() {
    var task = PictureTask(
      order: PictureOrder(prompt: "x"), sources: nil, model: nil, remote: nil, resumes: false)
    (task.order.width, task.order.height, task.order.steps) = (1000, 1500, 40)
    task.order.negative = "blurry"
    let flux = FalModel("flux/schnell").body(task)
    #expect(flux["image_size"] == ["width": 992, "height": 1488])
    #expect(flux["num_inference_steps"] == 12)
    #expect(flux["negative_prompt"] == nil)
    let banana = FalModel("nano-banana").body(task)
    #expect(banana["aspect_ratio"] == "2:3")
    #expect(banana["num_inference_steps"] == nil)
    task.sources = PictureSources(picture: TestPictures.png)
    (task.order.width, task.order.height) = (nil, nil)
    let edit = FalModel("nano-banana/edit").body(task)
    #expect(edit["image_urls"]?.array?.first?.string?.hasPrefix("data:image/png;base64,iVBOR") == true)
    #expect(edit["aspect_ratio"] == nil)
    #expect(FalModel("flux-pro/kontext").body(task)["image_url"] != nil)
  }

  @Test @Loop func `a model that only changes pictures is not asked for one from nothing`() {
    let bench = PictureBench(.fal)
    defer { bench.upstream.stop() }
    #expect(bench.place(model: "up/nano-banana/edit").failure?.cause == .request)
    #expect(
      bench.place(sources: PictureSources(picture: TestPictures.png), model: "up/flux/schnell").failure != nil
    )
    #expect(bench.upstream.requests.isEmpty)
  }

  @Test(arguments: [
    ("https://queue.fal.run/a", true), ("https://rest.fal.run/a", true), ("http://queue.fal.run/a", false),
    ("https://queue.fal.run.evil.org/a", false), ("https://evilfal.run/a", false),
    ("https://fal.run@evil.org/a", false),
    ("https://evil.org\\@fal.run/a", false), ("https://127.0.0.1/a", false), ("https://fal.run/a", true),
    ("x", false),
  ])
  func `the key goes only to fal`(_ url: String, _ isFal: Bool) {
    #expect(PictureAddress.isOfSameOwner(url, as: "https://queue.fal.run") == isFal)
    let told = LooseJSON(
      Array("{\"request_id\":\"r\",\"status_url\":\"\(url.replacing("\\", with: "\\\\"))\"}".utf8).span)
    let request = told.flatMap { FalRequest($0, application: "fal-ai/flux", base: "https://queue.fal.run") }
    #expect(request?.status == (isFal ? url : "https://queue.fal.run/fal-ai/flux/requests/r/status"))
  }
}
