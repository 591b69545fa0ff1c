import HTTP
import Model
import Posix
import TestSupport
import Testing

@testable import Providers

@Suite struct PictureOpenAITests {
  init() { Loop.start() }

  private static let path = "POST /images/generations"
  private static var made: String {
    "{\"data\":[{\"b64_json\":\"\(Base64.encode(TestPictures.png))\",\"revised_prompt\":\"a nicer Mira\"}]}"
  }

  @Test(arguments: [
    ("gpt-image-1", false, "1024x1536"), ("dall-e-3", true, "1024x1792"), ("dall-e-2", true, "1024x1024"),
    ("flux-1-dev", true, "600x896"),
  ])
  @Loop func `each family is asked as it wants`(_ model: String, _ hasFormat: Bool, _ size: String)
    async throws
  {
    let bench = PictureBench(.openaiImages, key: "sk-1")
    defer { bench.upstream.stop() }
    ScriptedPaths(bench.upstream).on(Self.path, .whole(200, Self.made))
    var order = PictureBench.order
    (order.width, order.height) = (600, 900)
    let heard = bench.place(order, model: "up/\(model)")
    _ = await heard.ended.value
    #expect(heard.pictures?.map(\.bytes) == [TestPictures.png])
    #expect(heard.pictures?.first?.revisedPrompt == "a nicer Mira")
    let request = try #require(bench.upstream.requests.first)
    #expect(request.headers["authorization"] == "Bearer sk-1")
    let body = try #require(LooseJSON.read(request.body))
    #expect(body["model"]?.string == model)
    #expect((body["response_format"] != nil) == hasFormat)
    #expect(body["size"]?.string == size)
    #expect((body["seed"] != nil) == (model == "flux-1-dev"))
  }

  @Test(arguments: [("gpt-image-1", "image[]"), ("dall-e-2", "image")])
  @Loop func `an edit is a form with its files`(_ model: String, _ member: String) async throws {
    let bench = PictureBench(.openaiImages)
    defer { bench.upstream.stop() }
    ScriptedPaths(bench.upstream).on("POST /images/edits", .whole(200, Self.made))
    let sources = PictureSources(picture: TestPictures.jpeg(), mask: TestPictures.png)
    let heard = bench.place(sources: sources, model: "up/\(model)")
    _ = await heard.ended.value
    #expect(heard.pictures != nil)
    let request = try #require(bench.upstream.requests.first)
    let type = try #require(request.headers["content-type"])
    let boundary = try #require(type.split(separator: "=").last)
    let text = String(decoding: request.body, as: UTF8.self)
    #expect(text.hasPrefix("--\(boundary)\r\n"))
    #expect(text.hasSuffix("\r\n--\(boundary)--\r\n"))
    #expect(
      text.contains("name=\"\(member)\"; filename=\"picture.jpeg\"\r\nContent-Type: image/jpeg\r\n\r\n"))
    #expect(text.contains("name=\"mask\"; filename=\"mask.png\""))
    #expect(text.contains("name=\"prompt\"\r\n\r\na portrait of Mira\r\n"))
    #expect(request.body.firstRange(of: TestPictures.jpeg()) != nil)
  }

  @Test @Loop func `a model that only draws anew does not take a picture`() {
    let bench = PictureBench(.openaiImages)
    defer { bench.upstream.stop() }
    #expect(
      bench.place(sources: PictureSources(picture: [1]), model: "up/dall-e-3").failure?.cause == .request)
  }

  @Test @Loop func `a member that is refused is left out, and stays so`() async throws {
    let bench = PictureBench(.openaiImages)
    defer { bench.upstream.stop() }
    let refusal =
      #"{"error":{"message":"Unknown parameter: 'response_format'.","type":"invalid_request_error","param":"response_format","code":"unknown_parameter"}}"#
    ScriptedPaths(bench.upstream).on(Self.path, .whole(400, refusal), .whole(200, Self.made))
    for expected in [2, 3] {
      let heard = bench.place(model: "up/local")
      _ = await heard.ended.value
      #expect(heard.pictures != nil)
      #expect(bench.upstream.requests.count == expected)
    }
    #expect(try #require(LooseJSON.read(bench.upstream.requests[2].body))["response_format"] == nil)
  }

  @Test(arguments: [
    (
      400, #"{"error":{"code":"content_policy_violation","message":"Your request was rejected","type":"x"}}"#,
      "content"
    ),
    (
      400,
      #"{"error":{"code":"moderation_blocked","message":"Your request was rejected by the safety system","type":"image_generation_user_error"}}"#,
      "content"
    ),
    (401, #"{"error":{"message":"Incorrect API key provided: sk-tigertiger"}}"#, "key"),
    (429, #"{"error":{"code":"insufficient_quota","message":"You exceeded your current quota"}}"#, "payment"),
    (429, #"{"error":{"message":"Rate limit"}}"#, "rateLimit"),
    (500, #"{"error":{"message":"oops"}}"#, "server"),
    (404, #"{"error":{"message":"The model does not exist"}}"#, "model"), (200, #"{"data":[]}"#, "malformed"),
    (200, #"{"data":[{}]}"#, "malformed"), (200, #"{"data":[{"b64_json":"iVBO"}]}"#, "malformed"),
    (200, "<html>hi</html>", "notAnAPI"),
  ])
  @Loop func `a refusal says what it means`(_ status: Int, _ body: String, _ cause: String) async {
    let bench = PictureBench(.openaiImages, key: "sk-tigertiger")
    defer { bench.upstream.stop() }
    ScriptedPaths(bench.upstream).on(Self.path, .whole(status, body))
    let heard = bench.place()
    _ = await heard.ended.value
    #expect(heard.failure?.cause.rawValue == cause)
    #expect(heard.failure?.description.contains("tiger") == false)
    #expect(heard.endings == 1)
  }

  @Test @Loop func `an order taken back closes the connection, and says so at once`() async {
    let bench = PictureBench(.openaiImages)
    defer { bench.upstream.stop() }
    let closed = Occurrence<Void>()
    bench.upstream.answer([.untilPeerCloses(closed)])
    let heard = bench.place()
    _ = await bench.upstream.request(1)
    heard.handle?.cancel()
    #expect(heard.events == [.cancelled])
    await closed.value
  }

  @Test @Loop func `an order that cannot be found again is lost after a restart`() {
    let bench = PictureBench(.openaiImages)
    defer { bench.upstream.stop() }
    #expect(bench.pool.freshName(for: "up") == nil)
    #expect(bench.place(resuming: true).failure?.cause == .lost)
    #expect(bench.upstream.requests.isEmpty)
  }

  @Test @Loop func `models are those of the owner, and of the list those whose names speak of pictures`()
    async throws
  {
    let bench = PictureBench(.openaiImages) { $0.models = ["mine"] }
    defer { bench.upstream.stop() }
    ScriptedPaths(bench.upstream).on(
      "GET /models",
      .whole(200, #"{"data":[{"id":"gpt-4o"},{"id":"gpt-image-1"},{"id":"mine"},{"id":"dall-e-3"}]}"#))
    let answered = Occurrence<Result<PictureOptions, ProviderError>>()
    bench.pool.options(of: "up") { answered.happen($0) }
    #expect(try await answered.value.get().models == ["mine", "gpt-image-1", "dall-e-3"])
  }
}
