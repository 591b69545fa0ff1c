import HTTP
import Model
import Posix
import TestSupport
import Testing

@testable import Providers

@Suite struct PictureComfyTests {
  init() { Loop.start() }

  private static let name = RemoteJob("0b0c2f6e-0000-4000-8000-000000000001")
  private static let history = "GET /history/\(name.text)"
  private static let accepted = "{\"prompt_id\":\"\(name.text)\",\"number\":3,\"node_errors\":{}}"
  private static let nowhere = #"{"queue_running":[],"queue_pending":[]}"#
  private static let running = "{\"queue_running\":[[3,\"\(name.text)\",{},{},[]]],\"queue_pending\":[]}"
  private static let pending =
    "{\"queue_running\":[[1,\"a\"]],\"queue_pending\":[[4,\"d\"],[3,\"\(name.text)\"],[2,\"b\"]]}"
  private static let made =
    "{\"\(name.text)\":{\"outputs\":{\"9\":{\"images\":[{\"filename\":\"a &.png\",\"subfolder\":\"\",\"type\":\"temp\"}]}},"
    + "\"status\":{\"status_str\":\"success\",\"completed\":true,\"messages\":[]}}}"
  private static let checkpoints =
    #"{"CheckpointLoaderSimple":{"input":{"required":{"ckpt_name":[["dream.safetensors","other"],{}]}}}}"#

  private static func paths(_ bench: PictureBench) -> ScriptedPaths {
    let paths = ScriptedPaths(bench.upstream)
    paths.on("GET /object_info/CheckpointLoaderSimple", .whole(200, checkpoints))
    paths.on("POST /prompt", .whole(200, accepted))
    paths.on("GET /queue", .whole(200, running))
    paths.on(history, .whole(200, "{}"))
    let picture: [ScriptedUpstream.Step] = [
      .head(200, type: "image/png", length: TestPictures.png.count), .send(TestPictures.png),
    ]
    paths.on("GET /view", picture)
    return paths
  }

  private static func failed(_ event: String, _ data: String) -> String {
    "{\"\(name.text)\":{\"outputs\":{},\"status\":{\"status_str\":\"error\",\"completed\":false,"
      + "\"messages\":[[\"execution_start\",{}],[\"\(event)\",\(data)]]}}}"
  }

  // MARK: The way of an order

  @Test @Loop func `an order runs the built-in graph, waits, runs, and brings its picture`() async throws {
    let bench = PictureBench(.comfyui)
    defer { bench.upstream.stop() }
    let paths = Self.paths(bench)
    paths.on("GET /queue", .whole(200, Self.pending), .whole(200, Self.running))
    paths.on(Self.history, .whole(200, "{}"), .whole(200, "{}"), .whole(200, Self.made))
    var order = PictureBench.order
    order.negative = "blurry"
    order.loras = [.init("film", weight: 0.5)]
    let heard = bench.place(order, remote: Self.name)
    await bench.finish(heard)
    #expect(heard.pictures?.map(\.bytes) == [TestPictures.png])
    #expect(heard.pictures?.first?.seed == 7)
    #expect(heard.accepted.allSatisfy { $0 == Self.name })
    #expect(heard.queued == [2])
    #expect(heard.progress.map(\.fraction) == [0.1, 0.9])
    let placed = try #require(bench.upstream.requests.first { $0.target == "POST /prompt" })
    let body = try #require(LooseJSON.read(placed.body))
    #expect(body["prompt_id"]?.string == Self.name.text)
    let graph = body["prompt"]
    #expect(graph?["checkpoint"]?["inputs"]?["ckpt_name"]?.string == "dream.safetensors")
    #expect(graph?["sampler"]?["inputs"]?["seed"]?.integer == 7)
    #expect(graph?["sampler"]?["inputs"]?["steps"]?.integer == 24)
    #expect(graph?["sampler"]?["inputs"]?["model"]?.array?.first?.string == "lora0")
    #expect(graph?["negative"]?["inputs"]?["text"]?.string == "blurry")
    #expect(
      bench.upstream.requests.last?.target == "GET /view?filename=a%20%26.png&subfolder=&type=temp")
  }

  @Test @Loop func `an edit uploads what it starts from first`() async throws {
    let bench = PictureBench(.comfyui)
    defer { bench.upstream.stop() }
    let paths = Self.paths(bench)
    paths.on("POST /upload/image", .whole(200, #"{"name":"up.png","subfolder":"in","type":"input"}"#))
    paths.on(Self.history, .whole(200, Self.made))
    let sources = PictureSources(picture: TestPictures.png, mask: TestPictures.png)
    let heard = bench.place(sources: sources, model: "up/mine", remote: Self.name)
    await bench.finish(heard)
    #expect(heard.pictures != nil)
    let upload = try #require(bench.upstream.requests.first)
    #expect(upload.target == "POST /upload/image")
    #expect(upload.headers["content-type"]?.hasPrefix("multipart/form-data; boundary=") == true)
    #expect(upload.body.firstRange(of: TestPictures.png) != nil)
    let placed = try #require(bench.upstream.requests.first { $0.target == "POST /prompt" })
    let graph = try #require(LooseJSON.read(placed.body))["prompt"]
    #expect(graph?["source"]?["inputs"]?["image"]?.string == "in/up.png")
    #expect(graph?["sampler"]?["inputs"]?["denoise"]?.double == 0.6)
    #expect(graph?["checkpoint"]?["inputs"]?["ckpt_name"]?.string == "mine")
    #expect(graph?["masked"] != nil)
  }

  @Test @Loop func `a restarted daemon watches what it had placed, and places nothing`() async {
    let bench = PictureBench(.comfyui)
    defer { bench.upstream.stop() }
    let paths = Self.paths(bench)
    paths.on(Self.history, .whole(200, "{}"), .whole(200, Self.made))
    let heard = bench.place(remote: Self.name, resuming: true)
    await bench.finish(heard)
    #expect(heard.pictures != nil)
    #expect(!bench.upstream.requests.contains { $0.target.hasPrefix("POST") })
  }

  @Test(arguments: [true, false])
  @Loop func `a server that was restarted has surely forgotten the order`(_ resuming: Bool) async {
    let bench = PictureBench(.comfyui)
    defer { bench.upstream.stop() }
    let paths = Self.paths(bench)
    paths.on("GET /queue", .whole(200, Self.nowhere))
    let heard = bench.place(remote: Self.name, resuming: resuming)
    await bench.finish(heard)
    #expect(heard.failure?.cause == (resuming ? .lost : .server))
    // Asked twice: it may have gone from the queue to the history in between.
    #expect(bench.upstream.requests.filter { $0.target == "GET /queue" }.count == 2)
  }

  @Test @Loop func `a server that is away for a while is asked again`() async {
    let bench = PictureBench(.comfyui)
    defer { bench.upstream.stop() }
    let paths = Self.paths(bench)
    paths.on(Self.history, [.close], .whole(503, "busy"), .whole(200, Self.made))
    let heard = bench.place(remote: Self.name, resuming: true)
    await bench.finish(heard)
    #expect(heard.pictures != nil)
  }

  @Test(arguments: [("running", "POST /interrupt"), ("pending", "POST /queue"), ("nowhere", nil)])
  @Loop func `taking back leaves others' orders alone`(_ place: String, _ told: String?) async throws {
    let bench = PictureBench(.comfyui)
    defer { bench.upstream.stop() }
    let paths = Self.paths(bench)
    let queues = ["running": Self.running, "pending": Self.pending, "nowhere": Self.nowhere]
    paths.on("GET /queue", .whole(200, try #require(queues[place])))
    paths.on("POST /interrupt", .whole(200, "{}"))
    paths.on("POST /queue", .whole(200, "{}"))
    let heard = bench.place(remote: Self.name)
    await heard.heard { !$0.accepted.isEmpty }.value
    heard.handle?.cancel()
    _ = await heard.ended.value
    #expect(heard.events.last == .cancelled)
    let posts = bench.upstream.requests.filter { $0.target.hasPrefix("POST") && $0.target != "POST /prompt" }
    #expect(posts.map(\.target) == (told.map { [$0] } ?? []))
    #expect(posts.allSatisfy { $0.body.firstRange(of: Array(Self.name.text.utf8)) != nil })
  }

  // MARK: Failures

  @Test(arguments: [
    (
      "execution_error",
      #"{"node_type":"KSampler","exception_message":"Allocation on device 0 would exceed allowed memory. (out of memory)","exception_type":"torch.cuda.OutOfMemoryError"}"#,
      "memory"
    ),
    (
      "execution_error",
      #"{"node_type":"VAEDecode","exception_message":"bad","exception_type":"ValueError"}"#, "server"
    ),
    ("execution_interrupted", #"{"node_id":"3"}"#, "interrupted"),
  ])
  @Loop func `a graph that failed says where`(_ event: String, _ data: String, _ cause: String) async {
    let bench = PictureBench(.comfyui)
    defer { bench.upstream.stop() }
    let paths = Self.paths(bench)
    paths.on(Self.history, .whole(200, Self.failed(event, data)))
    let heard = bench.place(remote: Self.name)
    await bench.finish(heard)
    #expect(heard.failure?.cause.rawValue == cause)
    #expect(cause != "server" || heard.failure?.detail == "VAEDecode: bad")
  }

  @Test @Loop func `a graph that is refused says which node, in a sentence`() async {
    let bench = PictureBench(.comfyui)
    defer { bench.upstream.stop() }
    let paths = Self.paths(bench)
    paths.on(
      "POST /prompt",
      .whole(
        400,
        #"{"error":{"type":"prompt_outputs_failed_validation","message":"Prompt outputs failed validation"},"#
          + #""node_errors":{"4":{"errors":[{"type":"value_not_in_list","message":"Value not in list","#
          + #""details":"ckpt_name: 'x' not in ['dream']"}],"class_type":"CheckpointLoaderSimple"}}}"#))
    let heard = bench.place(remote: Self.name)
    await bench.finish(heard)
    #expect(heard.failure?.cause == .model)
    #expect(
      heard.failure?.detail == "CheckpointLoaderSimple: Value not in list (ckpt_name: 'x' not in ['dream'])")
  }

  @Test @Loop func `a graph that ends without a picture, and a file that is not there, are told`() async {
    let bench = PictureBench(.comfyui)
    defer { bench.upstream.stop() }
    let paths = Self.paths(bench)
    paths.on(
      Self.history,
      .whole(200, "{\"\(Self.name.text)\":{\"outputs\":{},\"status\":{\"status_str\":\"success\"}}}"),
      .whole(200, Self.made))
    paths.on("GET /view", .whole(404, "404: Not Found"))
    let heard = bench.place(remote: Self.name)
    await bench.finish(heard)
    #expect(heard.failure?.cause == .malformed)
    let other = bench.place(remote: Self.name)
    await bench.finish(other)
    #expect(other.failure?.cause == .gone)
  }

  // MARK: Workflows

  private static let template =
    #"{"1":{"class_type":"A","inputs":{"text":"%prompt%","about":"of %prompt% at %steps% steps, 50% off %what%","#
    + #""steps":"%steps%","cfg":"%cfg%","deep":[{"width":"%width%"}],"link":["2",0]}},"#
    + #""2":{"class_type":"B","inputs":{"seed":123,"noise_seed":"123456789012345678901","of":["1",0]}}}"#

  @Test func `placeholders become values with their types, and a prompt is never a placeholder`() throws {
    let workflow = try ComfyWorkflow(Self.template)
    var task = PictureTask(
      order: PictureOrder(prompt: #"a "quoted" %steps% line"#), sources: nil, model: nil, remote: nil,
      resumes: false)
    task.order.steps = 12
    let filled = workflow.filled(ComfyWorkflow.values(task, checkpoint: nil, image: nil, mask: nil), seed: 42)
    let inputs = filled["1"]?["inputs"]
    #expect(inputs?["text"] == .string(#"a "quoted" %steps% line"#))
    #expect(inputs?["about"] == .string(#"of a "quoted" %steps% line at 12 steps, 50% off %what%"#))
    #expect(inputs?["steps"] == 12)
    #expect(inputs?["cfg"] == .number(6))
    #expect(inputs?["deep"] == [["width": 640]])
    #expect(inputs?["link"] == ["2", 0])
    #expect(filled["2"]?["inputs"]?["seed"] == 42)
    #expect(filled["2"]?["inputs"]?["noise_seed"] == 42)
    #expect(!workflow.uses("image"))
  }

  @Test(arguments: [
    ("{", "is no JSON"), (#"{"nodes":[],"links":[]}"#, "export it for the API"), ("{}", "has no nodes"),
    (#"{"1":{"inputs":{}}}"#, "class_type"), ("[]", "has no nodes"),
  ])
  @Loop func `a workflow that cannot be used is said with each order`(_ text: String, _ words: String) {
    let bench = PictureBench(.comfyui) { $0.workflow = text }
    defer { bench.upstream.stop() }
    let heard = bench.place()
    #expect(heard.failure?.cause == .configuration)
    #expect(heard.failure?.detail.contains(words) == true)
    #expect(heard.failure?.detail.hasPrefix("up.workflow: ") == true)
  }

  @Test @Loop func `a workflow says by its placeholders whether it starts from a picture`() throws {
    let fresh = PictureBench(.comfyui) { $0.workflow = Self.template }
    defer { fresh.upstream.stop() }
    #expect(try fresh.pool.traits(of: "up").edits == false)
    #expect(fresh.place(sources: PictureSources(picture: [1])).failure?.cause == .request)
    let edits = PictureBench(.comfyui) {
      $0.workflow = #"{"1":{"class_type":"L","inputs":{"image":"%image%"}}}"#
    }
    defer { edits.upstream.stop() }
    #expect(try edits.pool.traits(of: "up").onlyEdits == true)
    #expect(edits.place().failure?.cause == .request)
  }

  @Test @Loop func `names are UUIDs, each another`() {
    let bench = PictureBench(.comfyui)
    defer { bench.upstream.stop() }
    let names = (0..<50).compactMap { _ in bench.pool.freshName(for: "up")?.text }
    #expect(Set(names).count == 50)
    #expect(
      names.allSatisfy { name in
        name.split(separator: "-").map(\.count) == [8, 4, 4, 4, 12] && name.dropFirst(14).first == "4"
      })
  }

  @Test func `choices are read in the older form and the newer`() throws {
    let newer = try #require(
      LooseJSON.read(Array(#"{"K":{"input":{"optional":{"s":["COMBO",{"options":["euler","dpm"]}]}}}}"#.utf8))
    )
    #expect(ComfyAnswer.choices(newer, node: "K", input: "s") == ["euler", "dpm"])
    let older = try #require(LooseJSON.read(Array(Self.checkpoints.utf8)))
    #expect(
      ComfyAnswer.choices(older, node: "CheckpointLoaderSimple", input: "ckpt_name") == [
        "dream.safetensors", "other",
      ])
    #expect(ComfyAnswer.choices(older, node: "X", input: "y").isEmpty)
  }
}
