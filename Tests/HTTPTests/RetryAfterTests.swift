import Base
import HTTP
import Testing

@Suite struct RetryAfterTests {
  private let now = Timestamp("1994-11-06T08:49:07.000Z") ?? Timestamp(milliseconds: 0)

  private func wait(_ headers: (name: String, value: String)...) -> Duration? {
    RetryAfter.wait(askedBy: HTTPHead(status: 429, headers: headers), now: now)
  }

  @Test func `reads seconds, milliseconds and dates`() {
    #expect(wait(("Retry-After", "30")) == .seconds(30))
    #expect(wait(("retry-after", "1.5")) == .milliseconds(1500))
    #expect(wait(("retry-after", "30"), ("retry-after-ms", "250")) == .milliseconds(250))
    #expect(wait(("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")) == .seconds(30))
    #expect(wait(("retry-after", "Sunday, 06-Nov-94 08:49:37 GMT")) == .seconds(30))
    #expect(wait(("retry-after", "Sun Nov  6 08:49:37 1994")) == .seconds(30))
    #expect(wait(("retry-after", "Sun, 06 Nov 1994 08:00:00 GMT")) == .zero)
  }

  @Test(arguments: ["soon", "", "-3", "Sun, 06 Foo 1994 08:49:37 GMT", "1e99", "5x", "nan", "."])
  func `nonsense is no answer`(value: String) {
    #expect(wait(("retry-after", value)) == nil)
  }

  @Test func `reads the limits that are used up, the last to be renewed first`() {
    #expect(
      wait(
        ("x-ratelimit-reset-requests", "76ms"), ("x-ratelimit-remaining-requests", "0"),
        ("x-ratelimit-reset-tokens", "6m0s"), ("x-ratelimit-remaining-tokens", "0")) == .seconds(360))
    #expect(
      wait(
        ("x-ratelimit-reset-requests", "76ms"), ("x-ratelimit-remaining-requests", "0"),
        ("x-ratelimit-reset-tokens", "6m0s"), ("x-ratelimit-remaining-tokens", "9000"))
        == .milliseconds(76))
    #expect(wait(("x-ratelimit-reset-tokens", "1h2m3s"), ("x-ratelimit-reset", "4")) == .seconds(4))
    #expect(
      wait(
        ("anthropic-ratelimit-requests-reset", "1994-11-06T08:50:07Z"),
        ("anthropic-ratelimit-requests-remaining", "0")) == .seconds(60))
    #expect(wait(("x-ratelimit-reset", "784111777")) == .seconds(30))
    #expect(wait(("content-type", "text/plain")) == nil)
  }

  @Test func `a year of two digits is read as the nearer century`() {
    let later = Timestamp("2026-01-01T00:00:00.000Z") ?? Timestamp(milliseconds: 0)
    #expect(
      HTTPDate.parse("Sunday, 06-Nov-94 08:49:37 GMT", now: later)?.description == "1994-11-06T08:49:37.000Z")
    #expect(
      HTTPDate.parse("Friday, 06-Nov-26 08:49:37 GMT", now: later)?.description == "2026-11-06T08:49:37.000Z")
  }
}

@Suite struct HTTPURLTests {
  @Test(arguments: [
    "http://127.0.0.1:8080/v1", "https://localhost", "http://LOCALHOST:1/x", "http://[::1]:11434/api",
    "http://u:p@127.9.9.9/", "http://a.localhost/",
  ])
  func `knows this machine`(url: String) { #expect(HTTPURL.isLoopback(url)) }

  @Test(arguments: [
    "http://127.example.com/", "http://127.0.0.1.example.com/", "https://example.com/127.0.0.1",
    "http://127.0.0.1@example.com/", "http://[fe80::1]/", "127.0.0.1", "http://128.0.0.1/", "",
    "http://127.0.0/", "http://127.0.0.256",
  ])
  func `takes nothing else for it`(url: String) { #expect(!HTTPURL.isLoopback(url)) }
}
