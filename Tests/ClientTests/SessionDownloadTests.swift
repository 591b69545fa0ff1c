import Client
import FoundationEssentials
import Model
import TestSupport
import Testing
import Wire

@Suite struct SessionDownloadTests {
  func begun(bytes: Int = 6, _ change: (inout ClientOptions) -> Void = { _ in }) throws -> (
    SessionHarness, CallToken
  ) {
    var harness = SessionHarness(change)
    harness.ready()
    let token = try harness.call(MetricsRead.self, Empty())
    harness.answer("metrics", "{\"download\":\"d\",\"bytes\":\(bytes)}")
    return (harness, token)
  }

  func piece(_ text: String, next: Int? = nil) -> String {
    let data = Data(text.utf8).base64EncodedString()
    return "{\"data\":\"\(data)\"\(next.map { ",\"next\":\($0)" } ?? "")}"
  }

  @Test func `puts a large result together from its pieces`() throws {
    var (harness, token) = try begun()
    #expect(harness.sent[0]["params"] == ["download": "d", "offset": 0])
    harness.answer("download.read", piece("{\"a\":", next: 5))
    #expect(harness.sent[0]["params"] == ["download": "d", "offset": 5])
    harness.answer("download.read", piece("}"))
    #expect(harness.result(of: token) == "{\"a\":}")
  }

  @Test func `goes on with the piece after a lost connection`() throws {
    var (harness, token) = try begun()
    harness.answer("download.read", piece("abc", next: 3))
    harness.lose()
    harness.ready()
    #expect(harness.methods == ["download.read"])
    #expect(harness.sent[0]["params"]?["offset"] == 3)
    harness.answer("download.read", piece("def"))
    #expect(harness.result(of: token) == "abcdef")
  }

  @Test func `makes the call again when another run of the daemon does not know the download`() throws {
    var (harness, token) = try begun()
    harness.lose()
    harness.ready(boot: "boot-2")
    harness.refuse("download.read", .notFound(kind: "download", id: "d"))
    #expect(harness.methods == ["metrics"])
    harness.answer("metrics", "{\"text\":\"small now, and long enough to be no offer\"}")
    #expect(harness.result(of: token)?.hasPrefix("{\"text\"") == true)
  }

  @Test func `a result may be as large as the limit and not a byte larger`() throws {
    let fits = try begun(bytes: 100) { $0.maxDownloadBytes = 100 }
    #expect(fits.0.methods == ["download.read"])
    let tooLarge = try begun(bytes: 101) { $0.maxDownloadBytes = 100 }
    #expect(tooLarge.0.failure(of: tooLarge.1) == .resultTooLarge(bytes: 101, limit: 100))
    #expect(tooLarge.0.methods.isEmpty)
  }

  @Test(arguments: [
    ("abcdefg", Int?.none), ("abc", nil), ("abc", 4), ("", 0), ("abcdef", 6), ("abcdefg", 7),
  ])
  func `pieces that do not fit together are a fault`(text: String, next: Int?) throws {
    var (harness, token) = try begun(bytes: 6)
    harness.answer("download.read", piece(text, next: next))
    #expect(harness.session.phase == .closed)
    guard case .fault(.nonsense(method: "download.read", _))? = harness.failure(of: token) else {
      Issue.record("no fault")
      return
    }
  }

  @Test func `leaves the offer to those who want to see it`() throws {
    var harness = SessionHarness()
    harness.ready()
    var request = try CallRequest(MetricsRead.self, Empty())
    request.followsDownloads = false
    let token = harness.call(request)
    harness.answer("metrics", "{\"download\":\"d\",\"bytes\":6}")
    #expect(harness.result(of: token) == "{\"download\":\"d\",\"bytes\":6}")
  }

  @Test func `a result that only resembles an offer is a result`() throws {
    var harness = SessionHarness()
    harness.ready()
    let token = try harness.call(MetricsRead.self, Empty())
    harness.answer("metrics", "{\"download\":\"d\",\"bytes\":6,\"name\":\"x\"}")
    #expect(harness.result(of: token) != nil)
  }

  @Test func `an abandoned download is not read on`() throws {
    var (harness, token) = try begun()
    harness.perform(harness.session.abandon(token))
    harness.answer("download.read", piece("abc", next: 3))
    #expect(!harness.methods.contains("download.read"))
    #expect(harness.replies.isEmpty)
    #expect(harness.session.phase == .ready)
  }
}
