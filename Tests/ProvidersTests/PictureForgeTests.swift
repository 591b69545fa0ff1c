import HTTP
import Model
import Posix
import TestSupport
import Testing

@testable import Providers

@Suite struct PictureForgeTests {
  init() { Loop.start() }

  private static let path = "POST /sdapi/v1/txt2img"
  private static let name = RemoteJob("task(abc)")

  private static func made(_ images: [[UInt8]], info: String = #"{\"seed\":99,\"all_seeds\":[99]}"#) -> String
  {
    let images = images.map { "\"\(Base64.encode($0))\"" }.joined(separator: ",")
    return "{\"images\":[\(images)],\"parameters\":{},\"info\":\"\(info)\"}"
  }

  private static func body(_ request: ScriptedUpstream.Request) throws -> LooseJSON {
    try #require(LooseJSON.read(request.body))
  }

  @Loop private func outcome(_ status: Int, _ body: String, path: String = path) async -> PictureHeard {
    let bench = PictureBench(.forge)
    defer { bench.upstream.stop() }
    let paths = ScriptedPaths(bench.upstream)
    paths.on(path, .whole(status, body))
    let heard = bench.place()
    _ = await heard.ended.value
    return heard
  }

  // MARK: Asking

  @Test @Loop func `an order goes out with what it says, and comes back as the bytes that came`() async throws
  {
    let bench = PictureBench(.forge, key: "me:secret")
    defer { bench.upstream.stop() }
    let paths = ScriptedPaths(bench.upstream)
    paths.on(Self.path, .whole(200, Self.made([TestPictures.png])))
    var order = PictureBench.order
    order.negative = "blurry"
    (order.width, order.height, order.steps, order.guidance) = (515, 770, 12, 5.5)
    (order.sampler, order.scheduler) = ("DPM++ 2M", "Karras")
    (order.checkpoint, order.vae, order.clipSkip) = ("dream.safetensors", "soft.pt", 2)
    order.seed = 0x1_0000_0005
    order.loras = [.init("film<:>", weight: 0.5)]
    order.styles = ["noir"]
    order.highResolution = .init(scale: 1.5, upscaler: "4x", steps: 6, strength: 0.4)
    order.extra = ["tiling": true]
    let heard = bench.place(order, remote: Self.name)
    _ = await heard.ended.value
    #expect(heard.pictures?.map(\.bytes) == [TestPictures.png])
    #expect(heard.pictures?.first?.seed == 99)
    #expect(heard.pictures?.first?.isPlaceholder == false)
    let request = try #require(bench.upstream.requests.first)
    #expect(request.target == Self.path)
    #expect(request.headers["authorization"] == "Basic bWU6c2VjcmV0")
    let body = try Self.body(request)
    #expect(body["prompt"]?.string == "a portrait of Mira <lora:film:0.5>")
    #expect(body["negative_prompt"]?.string == "blurry")
    #expect(body["width"]?.integer == 512)
    #expect(body["height"]?.integer == 768)
    #expect(body["steps"]?.integer == 12)
    #expect(body["cfg_scale"]?.double == 5.5)
    #expect(body["sampler_name"]?.string == "DPM++ 2M")
    #expect(body["scheduler"]?.string == "Karras")
    #expect(body["seed"]?.integer == 5)
    #expect(body["force_task_id"]?.string == "task(abc)")
    #expect(body["styles"]?.array?.first?.string == "noir")
    #expect(body["enable_hr"]?.bool == true)
    #expect(body["hr_scale"]?.double == 1.5)
    #expect(body["denoising_strength"]?.double == 0.4)
    #expect(body["tiling"]?.bool == true)
    #expect(body["save_images"]?.bool == false)
    let settings = body["override_settings"]
    #expect(settings?["sd_model_checkpoint"]?.string == "dream.safetensors")
    #expect(settings?["sd_vae"]?.string == "soft.pt")
    #expect(settings?["CLIP_stop_at_last_layers"]?.integer == 2)
  }

  @Test @Loop func `an edit starts from its picture, keeps its size, and says where it may change`()
    async throws
  {
    let bench = PictureBench(.forge)
    defer { bench.upstream.stop() }
    let paths = ScriptedPaths(bench.upstream)
    paths.on("POST /sdapi/v1/img2img", .whole(200, Self.made([TestPictures.webp])))
    var order = PictureBench.order
    order.strength = 0.3
    let source = TestPictures.jpeg(width: 1000, height: 500)
    let heard = bench.place(
      order, sources: PictureSources(picture: source, mask: TestPictures.png), model: "up/dream")
    _ = await heard.ended.value
    #expect(heard.pictures?.map(\.bytes) == [TestPictures.webp])
    let body = try Self.body(try #require(bench.upstream.requests.first))
    #expect(body["init_images"]?.array?.first?.string == Base64.encode(source))
    #expect(body["mask"]?.string == Base64.encode(TestPictures.png))
    #expect(body["denoising_strength"]?.double == 0.3)
    #expect(body["width"]?.integer == 1000)
    #expect(body["height"]?.integer == 496)
    #expect(body["override_settings"]?["sd_model_checkpoint"]?.string == "dream")
  }

  @Test @Loop func `a member that the server does not know is left out, and stays so`() async throws {
    let bench = PictureBench(.forge)
    defer { bench.upstream.stop() }
    let paths = ScriptedPaths(bench.upstream)
    let refusal =
      #"{"detail":[{"loc":["body","scheduler"],"msg":"extra fields not permitted","type":"value_error.extra"},"#
      + #"{"loc":["body","force_task_id"],"msg":"Extra inputs are not permitted","type":"extra_forbidden"}]}"#
    paths.on(Self.path, .whole(422, refusal), .whole(200, Self.made([TestPictures.png])))
    var order = PictureBench.order
    order.scheduler = "Karras"
    for expected in [2, 3] {
      let heard = bench.place(order)
      _ = await heard.ended.value
      #expect(heard.pictures != nil)
      let asked = bench.upstream.requests.filter { $0.target == Self.path }
      #expect(asked.count == expected)
      #expect(try Self.body(try #require(asked.last))["scheduler"] == nil)
    }
  }

  @Test @Loop func `an old server gets the scheduler in the sampler's name`() async throws {
    let bench = PictureBench(.forge)
    defer { bench.upstream.stop() }
    let paths = ScriptedPaths(bench.upstream)
    paths.on(
      Self.path, .whole(404, #"{"detail":"Sampler not found"}"#), .whole(200, Self.made([TestPictures.png])))
    var order = PictureBench.order
    (order.sampler, order.scheduler) = ("DPM++ 2M", "Karras")
    let heard = bench.place(order)
    _ = await heard.ended.value
    #expect(heard.pictures != nil)
    let last = try #require(bench.upstream.requests.last { $0.target == Self.path })
    #expect(try Self.body(last)["sampler_name"]?.string == "DPM++ 2M Karras")
    #expect(try Self.body(last)["scheduler"] == nil)
  }

  // MARK: Failures

  @Test @Loop func `a card without memory is said, and a smaller picture proposed`() async {
    let heard = await outcome(
      500, #"{"error":"OutOfMemoryError","detail":"","body":"","errors":"CUDA out of memory. Tried 2 GiB"}"#)
    #expect(heard.failure?.cause == .memory)
    #expect(heard.failure?.kind == .refused)
    #expect(heard.failure?.description.contains("a smaller one may do") == true)
  }

  @Test(arguments: [
    (500, #"{"error":"RuntimeError","detail":"","errors":"Unknown checkpoint: x"}"#, "model"),
    (404, #"{"detail":"Sampler not found"}"#, "request"),
    (400, #"{"detail":"Sampler not found"}"#, "request"),
    (422, #"{"detail":"always on script y not found"}"#, "request"),
    (404, #"{"detail":"Not Found"}"#, "notAnAPI"),
    (401, #"{"detail":"Incorrect username or password"}"#, "key"),
    (500, #"{"error":"ValueError","errors":"something else"}"#, "server"), (503, "busy", "overload"),
    (200, "<html><body>Please log in</body></html>", "notAnAPI"), (200, #"{"ok":true}"#, "malformed"),
    (302, "", "redirect"),
  ])
  func `a refusal says what it means`(_ status: Int, _ body: String, _ cause: String) async {
    let heard = await outcome(status, body)
    #expect(await heard.failure?.cause.rawValue == cause)
    #expect(await heard.endings == 1)
  }

  @Test(arguments: [
    (#"{"images":[],"info":"{}"}"#, "an empty list"), (#"{"images":[""],"info":"{}"}"#, "an empty file"),
    (
      #"{"images":["iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAA"],"info":"{}"}"#, "cut off"
    ),
    (#"{"images":["iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNo"],"info":"{}"}"#, "cut off"),
    (#"{"images":["PGh0bWw+aGVsbG88L2h0bWw+"],"info":"{}"}"#, "a web page (hello)"),
    (#"{"images":["R0lGODlhAQABAAAAACw="],"info":"{}"}"#, "a GIF"),
    (#"{"images":["&&&&"],"info":"{}"}"#, "broken"),
  ])
  func `an answer that brings no picture is a failure that says what it brought`(
    _ body: String, _ words: String
  ) async {
    let heard = await outcome(200, body)
    #expect(await heard.failure?.cause == .malformed)
    let detail = await heard.failure?.detail ?? ""
    #expect(detail.contains(words), "\(detail)")
  }

  @Test @Loop func `pictures as data addresses are read, whatever they say they are`() async {
    let image = "data:image/webp;base64," + Base64.encode(TestPictures.png)
    let heard = await outcome(200, "{\"images\":[\"\(image)\"],\"info\":\"{}\"}")
    #expect(heard.pictures?.map(\.bytes) == [TestPictures.png])
  }

  @Test @Loop func `the overview before several pictures and the maps after them are left out`() async {
    let (one, two) = (TestPictures.png, TestPictures.jpeg())
    let info = #"{\"seed\":5,\"all_seeds\":[5,6],\"index_of_first_image\":1}"#
    let heard = await outcome(200, Self.made([TestPictures.webp, one, two, TestPictures.webp], info: info))
    #expect(heard.pictures?.map(\.bytes) == [one, two])
    #expect(heard.pictures?.map(\.seed) == [5, 6])
  }

  @Test @Loop func `what somebody stopped at the server is not taken for a picture`() async {
    let bench = PictureBench(.forge)
    defer { bench.upstream.stop() }
    let paths = ScriptedPaths(bench.upstream)
    paths.on(Self.path, .whole(200, Self.made([TestPictures.png])))
    paths.on(
      "GET /sdapi/v1/progress", .whole(200, #"{"progress":0,"state":{"interrupted":true,"job_count":0}}"#))
    let heard = bench.place()
    _ = await heard.ended.value
    #expect(heard.failure?.cause == .interrupted)
    #expect(heard.failure?.kind == .refused)
  }

  @Test @Loop func `a server that repeats the key is not quoted with it`() async {
    let bench = PictureBench(.forge, key: "me:tiger-secret")
    defer { bench.upstream.stop() }
    ScriptedPaths(bench.upstream).on(Self.path, .whole(401, #"{"detail":"bad login me:tiger-secret"}"#))
    let heard = bench.place()
    _ = await heard.ended.value
    #expect(heard.failure?.cause == .key)
    #expect(heard.failure?.description.contains("tiger") == false)
  }

  @Test @Loop func `a server that dies in the middle is unavailable, and after several such is left alone`()
    async
  {
    let bench = PictureBench(.forge)
    defer { bench.upstream.stop() }
    for _ in 0..<4 {
      bench.upstream.answer([
        .head(200, type: "application/json", length: 5000), .text("{\"images\":[\"iV"), .close,
      ])
      let heard = bench.place()
      _ = await heard.ended.value
      #expect(heard.failure?.kind == .unavailable)
      #expect(heard.failure?.cause == .connection)
    }
    let heard = bench.place()
    #expect(heard.failure?.cause == .circuitOpen)
    #expect(heard.failure?.retryAfter == .seconds(15))
    #expect(bench.pool.status.first?.leftAloneFor == .seconds(15))
    #expect(bench.upstream.requests.count == 4)
  }

  // MARK: Progress, taking back, restarts

  private static func task(_ active: Bool, queued: Bool = false, _ progress: String = "null") -> String {
    "{\"active\":\(active),\"queued\":\(queued),\"completed\":false,\"progress\":\(progress),\"eta\":8.5}"
  }

  @Test @Loop func `progress is that of our own task, with its steps, and never falls`() async {
    let bench = PictureBench(.forge)
    defer { bench.upstream.stop() }
    let paths = ScriptedPaths(bench.upstream)
    let gate = Gate()
    defer { gate.open() }
    paths.on(Self.path, [.gate(gate)] + .whole(200, Self.made([TestPictures.png])))
    paths.on(
      "POST /internal/progress", .whole(200, Self.task(false, queued: true)),
      .whole(200, Self.task(true, "0.5")),
      .whole(200, Self.task(true, "0.4")))
    paths.on(
      "GET /sdapi/v1/progress",
      .whole(200, #"{"progress":0.5,"state":{"job_count":1,"sampling_step":10,"sampling_steps":20}}"#))
    let heard = bench.place(remote: Self.name)
    let twice = heard.heard { $0.progress.count == 2 }
    await gate.reached.value
    bench.time.advance(by: .milliseconds(500))
    await heard.heard { !$0.queued.isEmpty }.value
    await bench.settle(1)
    bench.time.advance(by: .seconds(1))
    await heard.heard { $0.progress.count == 1 }.value
    await bench.settle(1)
    bench.time.advance(by: .seconds(1))
    await twice.value
    #expect(heard.accepted == [Self.name])
    #expect(heard.queued == [nil])
    let expected = PictureProgress(fraction: 0.5, step: 10, steps: 20, remaining: .milliseconds(8500))
    #expect(heard.progress == [expected, expected])
    gate.open()
    _ = await heard.ended.value
    #expect(heard.pictures != nil)
  }

  @Test(arguments: [true, false])
  @Loop func `taking back stops the task only when it is ours that runs`(_ isActive: Bool) async {
    let bench = PictureBench(.forge)
    defer { bench.upstream.stop() }
    let paths = ScriptedPaths(bench.upstream)
    let gate = Gate()
    defer { gate.open() }
    paths.on(Self.path, [.gate(gate)])
    paths.on("POST /internal/progress", .whole(200, Self.task(isActive, queued: !isActive)))
    paths.on("POST /sdapi/v1/interrupt", .whole(200, "{}"))
    let heard = bench.place(remote: Self.name)
    await gate.reached.value
    heard.handle?.cancel()
    _ = await heard.ended.value
    #expect(heard.events.last == .cancelled)
    #expect(bench.upstream.requests.contains { $0.target == "POST /sdapi/v1/interrupt" } == isActive)
  }

  @Test @Loop func `a task taken back in the server's queue is stopped as soon as it runs`() async {
    let bench = PictureBench(.forge)
    defer { bench.upstream.stop() }
    let paths = ScriptedPaths(bench.upstream)
    let gate = Gate()
    defer { gate.open() }
    paths.on(Self.path, [.gate(gate)])
    let waits = [ScriptedUpstream.Step].whole(200, Self.task(false, queued: true))
    paths.on("POST /internal/progress", waits, waits, .whole(200, Self.task(true)))
    paths.on("POST /sdapi/v1/interrupt", .whole(200, "{}"))
    let heard = bench.place(remote: Self.name)
    await gate.reached.value
    heard.handle?.cancel()
    _ = await heard.ended.value
    for _ in 0..<2 { await bench.armed(.seconds(5)) }
    while !bench.upstream.requests.contains(where: { $0.target == "POST /sdapi/v1/interrupt" }) {
      await Task.yield()
    }
    #expect(bench.upstream.requests.count { $0.target == "POST /internal/progress" } == 3)
  }

  @Test @Loop func `a server that does not answer does not hold up who takes an order back`() async {
    let bench = PictureBench(.forge)
    defer { bench.upstream.stop() }
    let paths = ScriptedPaths(bench.upstream)
    let (gate, other) = (Gate(), Gate())
    defer {
      gate.open()
      other.open()
    }
    paths.on(Self.path, [.gate(gate)])
    paths.on("POST /internal/progress", [.gate(other)])
    let heard = bench.place()
    await gate.reached.value
    heard.handle?.cancel()
    await other.reached.value
    #expect(heard.endings == 0)
    bench.time.advance(by: .seconds(5))
    #expect(heard.events == [.cancelled])
  }

  @Test @Loop func `after a restart a task that runs for nobody is stopped, and is then lost`() async {
    let bench = PictureBench(.forge)
    defer { bench.upstream.stop() }
    let paths = ScriptedPaths(bench.upstream)
    paths.on("POST /internal/progress", .whole(200, Self.task(true, "0.2")))
    paths.on("POST /sdapi/v1/interrupt", .whole(200, "{}"))
    let heard = bench.place(remote: Self.name, resuming: true)
    _ = await heard.ended.value
    #expect(heard.failure?.cause == .lost)
    #expect(bench.upstream.requests.map(\.target) == ["POST /internal/progress", "POST /sdapi/v1/interrupt"])
  }

  @Test @Loop
  func `after a restart a task in the server's queue is waited for, and nobody's else is stopped`() async {
    let bench = PictureBench(.forge)
    defer { bench.upstream.stop() }
    let paths = ScriptedPaths(bench.upstream)
    paths.on(
      "POST /internal/progress", .whole(200, Self.task(false, queued: true)), .whole(200, Self.task(false)))
    let heard = bench.place(remote: Self.name, resuming: true)
    await heard.heard { !$0.queued.isEmpty }.value
    bench.time.advance(by: .seconds(1))
    _ = await heard.ended.value
    #expect(heard.failure?.cause == .lost)
    #expect(bench.upstream.requests.allSatisfy { $0.target == "POST /internal/progress" })
  }

  @Test @Loop func `a server that is away after a restart is unavailable, not without the job`() async {
    let bench = PictureBench(.forge)
    bench.upstream.stop()
    let heard = bench.place(remote: Self.name, resuming: true)
    _ = await heard.ended.value
    #expect(heard.failure?.cause == .connection)
  }

  @Test @Loop func `what can be chosen is what the server lists, and a list it lacks is empty`() async throws
  {
    let bench = PictureBench(.forge)
    defer { bench.upstream.stop() }
    let paths = ScriptedPaths(bench.upstream)
    paths.on(
      "GET /sdapi/v1/sd-models", .whole(200, #"[{"title":"dream [ab]","model_name":"dream"},{"x":1}]"#))
    paths.on("GET /sdapi/v1/samplers", .whole(200, #"[{"name":"Euler a"}]"#))
    paths.on("GET /sdapi/v1/schedulers", .whole(200, #"[{"name":"karras","label":"Karras"}]"#))
    let answered = Occurrence<Result<PictureOptions, ProviderError>>()
    bench.pool.options(of: "up") { answered.happen($0) }
    let options = try await answered.value.get()
    #expect(options.checkpoints == ["dream [ab]"])
    #expect(options.samplers == ["Euler a"])
    #expect(options.schedulers == ["karras"])
    #expect(options.loras.isEmpty)
  }
}
