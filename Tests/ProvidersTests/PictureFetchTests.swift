import Base
import HTTP
import Model
import Posix
import TestSupport
import Testing

@testable import Providers

@Suite struct PictureFetchTests {
  init() { Loop.start() }

  private static let generate = "POST /images/generations"

  private static func answer(_ url: String) -> [ScriptedUpstream.Step] {
    .whole(200, "{\"data\":[{\"url\":\"\(url)\"}]}")
  }

  /// A provider on loopback that names an address of its own.
  @Loop private func fetched(
    _ pictures: [[ScriptedUpstream.Step]], path: String = "/files/a.png"
  ) async -> (PictureHeard, PictureBench) {
    let bench = PictureBench(.openaiImages, key: "sk-secret")
    bench.upstream.answer(Self.answer(bench.upstream.url + path))
    for picture in pictures { bench.upstream.answer(picture) }
    let heard = bench.place()
    await bench.finish(heard)
    bench.upstream.stop()
    return (heard, bench)
  }

  private static func file(_ bytes: [UInt8], type: String = "image/png") -> [ScriptedUpstream.Step] {
    [.head(200, type: type, length: bytes.count), .send(bytes)]
  }

  @Test @Loop func `a picture is fetched by its address, whatever type it is said to have`() async {
    let (heard, bench) = await fetched([Self.file(TestPictures.webp, type: "text/plain")])
    #expect(heard.pictures?.map(\.bytes) == [TestPictures.webp])
    #expect(bench.upstream.requests.last?.target == "GET /files/a.png")
  }

  @Test @Loop func `redirects on the same machine are followed, three of them`() async {
    func step(_ to: String) -> [ScriptedUpstream.Step] { .whole(302, headers: ["location": to], "") }
    let (heard, bench) = await fetched([step("/b"), step("c.png"), step("?x=1"), Self.file(TestPictures.png)])
    #expect(heard.pictures?.map(\.bytes) == [TestPictures.png])
    #expect(
      bench.upstream.requests.dropFirst().map(\.target) == [
        "GET /files/a.png", "GET /b", "GET /c.png", "GET /c.png?x=1",
      ])
    // A redirect may lead to somebody else's hands.
    #expect(bench.upstream.requests.dropFirst(2).allSatisfy { $0.headers["authorization"] == nil })
    let (circled, _) = await fetched([step("/b"), step("/c"), step("/d"), step("/e")])
    #expect(circled.failure?.cause == .redirect)
    let (nowhere, _) = await fetched([.whole(302, "")])
    #expect(nowhere.failure?.cause == .malformed)
  }

  @Test @Loop func `an address that is gone says so, and is not tried again`() async {
    let (heard, bench) = await fetched([.whole(404, "no")])
    #expect(heard.failure?.cause == .gone)
    #expect(heard.failure?.kind == .refused)
    #expect(bench.upstream.requests.count == 2)
  }

  @Test @Loop func `a server that stumbles is asked again, since the picture is paid for`() async {
    let (heard, bench) = await fetched([.whole(503, "busy"), [.close], Self.file(TestPictures.png)])
    #expect(heard.pictures != nil)
    #expect(bench.upstream.requests.count == 4)
    let (failed, _) = await fetched([.whole(503, "a"), .whole(503, "b"), .whole(503, "c")])
    #expect(failed.failure?.cause == .overload)
  }

  @Test(arguments: [
    ([UInt8](), "an empty file"), (Array("<!DOCTYPE html><p>Sign in</p>".utf8), "a web page (Sign in)"),
    (Array("{\"error\":1}".utf8), "JSON"), (Array("GIF89a...".utf8), "a GIF"),
    (Array("gone".utf8), "a text (gone)"),
    (Array(TestPictures.png.dropLast(12)), "a PNG picture that is cut off"),
    (Array(TestPictures.jpeg().dropLast(2)), "a JPEG picture that is cut off"),
    (Array(TestPictures.webp.dropLast()), "a WebP picture that is cut off"),
    ([0, 1, 2, 3], "a file of another kind"),
  ])
  func `what is no picture is refused by its first bytes, and named`(_ bytes: [UInt8], _ words: String) async
  {
    let (heard, _) = await fetched(Array(repeating: Self.file(bytes), count: 3))
    let failure = await heard.failure
    #expect(failure?.cause == .malformed)
    #expect(failure?.kind == .refused)
    #expect(failure?.detail.contains(words) == true, "\(failure?.detail ?? "")")
  }

  @Test @Loop func `a picture over the limit is refused before it is held`() async {
    let length = Limits.maxProviderPictureBytes + 1
    let piece = [UInt8](repeating: 7, count: 4 << 20)
    let steps: [ScriptedUpstream.Step] =
      [.head(200, type: "image/png", length: length)] + Array(repeating: .send(piece), count: 16) + [
        .send([7])
      ]
    let (heard, _) = await fetched([steps])
    #expect(heard.failure?.cause == .tooLarge)
  }

  @Test(arguments: [
    "https://10.0.0.1/a.png", "https://[::1]/a.png", "https://169.254.169.254/latest/meta-data",
    "https://localhost/a",
    "https://2130706433/a.png", "https://0x7f.1/a.png", "http://example.org/a.png",
    "https://192.168.1.1:8443/a.png",
    "https://[::ffff:10.0.0.1]/a.png",
  ])
  @Loop func `a provider in the world does not lead us into our own network`(_ url: String) async {
    let bench = PictureBench(.fal) { $0.url = "https://queue.fal.run" }
    defer { bench.upstream.stop() }
    let heard = PictureHeard()
    let server = PictureServer(
      configuration: bench.configuration,
      seams: ProviderSeams(client: bench.client, timing: bench.time.timing))
    let task = PictureTask(order: PictureBench.order, sources: nil, model: nil, remote: nil, resumes: false)
    let run = PictureRun(task, asked: server.asked(nil), seams: server.seams) { heard.take($0) }
    run.fetch(Array(url.utf8), of: server) { result in
      if case .failure(let error) = result { run.end(.failure(error)) } else { run.end(.cancelled) }
    }
    _ = await heard.ended.value
    #expect(heard.failure?.cause == .address)
    #expect(heard.failure?.kind == .refused)
  }

  @Test(arguments: [
    ("http://192.168.1.5:7860", "http://192.168.1.5:9000/x.png", true),
    ("http://192.168.1.5:7860", "http://192.168.1.6:9000/x.png", false),
    ("http://127.0.0.1:8080", "http://localhost:8080/x.png", true),
    ("https://api.openai.com/v1", "http://localhost:8080/x.png", false),
    ("http://box.lan:8080", "http://box.lan@evil.org/x.png", false),
  ])
  func `a provider in our own network may name only its own machine`(
    _ configured: String, _ url: String, _ isOwn: Bool
  ) { #expect(PictureAddress.isOwn(url, of: configured) == isOwn) }

  @Test func `base64 is read with white space and in both alphabets, and not when it is broken`() {
    func decode(_ text: String) -> [UInt8]? { Base64.decode(Array(text.utf8)[...]) }
    #expect(decode("AAEC/w==") == [0, 1, 2, 255])
    #expect(decode("AAEC_w") == [0, 1, 2, 255])
    #expect(decode(" AA\nEC\r\n") == [0, 1, 2])
    #expect(decode("") == [])
    for broken in ["A", "AAECA", "AA=A", "AA===", "AA=", "AA?A", "===="] {
      #expect(decode(broken) == nil, "\(broken)")
    }
    var random = RandomSource.seeded(3)
    for count in 0..<70 {
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
      #expect(decode(Base64.encode(bytes)) == bytes)
    }
  }

  @Test func `a picture of the limit is taken, one byte more is not`() throws {
    let most = Limits.maxProviderPictureBytes
    var bytes = TestPictures.png + [UInt8](repeating: 0, count: most - TestPictures.png.count)
    #expect(try PictureBytes.checked(bytes).count == most)
    bytes.append(0)
    #expect(throws: PictureFault.self) { try PictureBytes.checked(bytes) }
    let text = [UInt8](repeating: UInt8(ascii: "A"), count: PictureServer.maxBase64Bytes + 1)
    #expect { try PictureBytes.decode(text) } throws: { ($0 as? PictureFault)?.cause == .tooLarge }
  }

  @Test func `a file tells its size`() {
    #expect(PictureBytes.size(TestPictures.png).map { [$0.width, $0.height] } == [1, 1])
    #expect(
      PictureBytes.size(TestPictures.jpeg(width: 300, height: 5)).map { [$0.width, $0.height] } == [300, 5])
    #expect(PictureBytes.size(TestPictures.webp).map { [$0.width, $0.height] } == [3, 2])
    #expect(PictureBytes.size([0xFF, 0xD8, 0xFF]) == nil)
    #expect(PictureBytes.size([]) == nil)
  }
}
