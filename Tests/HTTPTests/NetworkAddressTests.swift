import Posix
import TestSupport
import Testing

@testable import HTTP

@Suite struct NetworkAddressTests {
  init() { Loop.start() }

  @Test(arguments: [
    "0.0.0.0", "10.1.2.3", "127.0.0.1", "127.255.255.255", "100.64.0.1", "100.127.255.255", "169.254.169.254",
    "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.0.0.8", "198.18.0.1", "224.0.0.1", "255.255.255.255",
    "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "fe80::1", "fe80::1%eth0", "fec0::1",
    "fc00::1", "fd12:3456::1", "ff02::1", "64:ff9b::10.0.0.1", "2002:7f00:1::", "2001::1", "2001:db8::1",
  ])
  func `an address of ours is not the world's`(_ text: String) throws {
    #expect(!NetworkAddress.isPublic(try #require(NetworkAddress.bytes(of: text))))
  }

  @Test(arguments: [
    "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.255.255", "172.32.0.1", "192.167.0.1",
    "192.169.0.1", "198.20.0.1", "223.255.255.255", "2606:4700::1111", "64:ff9b::8.8.8.8", "2002:808:808::",
  ])
  func `the world's address is permitted`(_ text: String) throws {
    #expect(NetworkAddress.isPublic(try #require(NetworkAddress.bytes(of: text))))
  }

  @Test(arguments: ["", "localhost", "1.2.3", "1.2.3.4.5", "0x7f.0.0.1", "::g", "[::1]"])
  func `what is no address is none`(_ text: String) { #expect(NetworkAddress.bytes(of: text) == nil) }

  @Test @Loop func `a guarded request does not connect to this machine, by whatever name`() async {
    let upstream = ScriptedUpstream()
    defer { upstream.stop() }
    let client = HTTPClient(options: .init(proxies: Proxies()))
    for host in ["127.0.0.1", "localhost", "0.0.0.0", "2130706433", "[::1]", "[::ffff:127.0.0.1]"] {
      var request = HTTPRequest(.get, "http://\(host):\(upstream.port)/")
      request.addresses = .anyoneElses
      let ended = Occurrence<Transfer.Ended>()
      client.start(request, .init(body: { _ in }, end: { ended.happen($0) }))
      guard case .failure(let error) = await ended.value else {
        Issue.record("\(host) was reached")
        continue
      }
      #expect(error.phase == .address, "\(host): \(error)")
    }
    #expect(upstream.connections == 0)
  }

  @Test @Loop func `a guarded request does not go by a connection that an unguarded one has left`() async {
    let upstream = ScriptedUpstream()
    defer { upstream.stop() }
    upstream.answer(.whole(200, "{}"))
    let client = HTTPClient(options: .init(proxies: Proxies()))
    let first = Occurrence<Transfer.Ended>()
    client.start(HTTPRequest(.get, upstream.url), .init(body: { _ in }, end: { first.happen($0) }))
    guard case .success = await first.value else {
      Issue.record("the first was not answered")
      return
    }
    var request = HTTPRequest(.get, upstream.url)
    request.addresses = .anyoneElses
    let second = Occurrence<Transfer.Ended>()
    client.start(request, .init(body: { _ in }, end: { second.happen($0) }))
    guard case .failure(let error) = await second.value else {
      Issue.record("it was reached")
      return
    }
    #expect(error.phase == .address)
    #expect(upstream.requests.count == 1)
  }

  @Test @Loop func `a body can be put`() async {
    let upstream = ScriptedUpstream()
    defer { upstream.stop() }
    upstream.answer(.whole(200, "{}"))
    let client = HTTPClient()
    let ended = Occurrence<Transfer.Ended>()
    client.start(
      HTTPRequest(.put, upstream.url + "/x", body: [1, 2, 3]),
      .init(body: { _ in }, end: { ended.happen($0) }))
    guard case .success(let head) = await ended.value else {
      Issue.record("no answer")
      return
    }
    #expect(head.status == 200)
    #expect(upstream.requests.first?.target == "PUT /x")
    #expect(upstream.requests.first?.body == [1, 2, 3])
  }

  @Test func `which requests go by a proxy is told by their scheme`() {
    let proxies = Proxies(forPlain: false, forTLS: true)
    #expect(proxies.serve("HTTPS://example.org/"))
    #expect(!proxies.serve("http://example.org/"))
    #expect(!proxies.serve("https://127.0.0.1/"))
  }
}
