import FoundationEssentials
import Testing

@testable import Wire

@Suite struct ProtocolPageTests {
  private static let regenerates = ProcessInfo.processInfo.environment["COMPANION_REGENERATE"] == "1"

  @Test
  func `the protocol page is fresh (else COMPANION_REGENERATE=1 swift test --filter ProtocolPageTests)`()
    throws
  {
    let path = House.path("contrib/doc/protocol.md")
    let fresh = ProtocolPage.markdown()
    if Self.regenerates { try Data(fresh.utf8).write(to: URL(filePath: path)) }
    let kept = try String(contentsOfFile: path, encoding: .utf8)
    // Compared by line, so that a stale page shows where.
    let differing = zip(kept.split(separator: "\n"), fresh.split(separator: "\n")).first { $0 != $1 }
    #expect(differing == nil)
    #expect(kept == fresh)
  }

  @Test func `every link of the page leads to a heading`() {
    let page = ProtocolPage.markdown()
    let anchors = Set(
      page.split(separator: "\n").filter { $0.hasPrefix("#") }.map { line in
        ProtocolPage.anchor(line.drop { $0 == "#" || $0 == " " }.split(separator: " ").joined(separator: "-"))
      })
    var links = 0
    for match in page.matches(of: /\]\(#([^)]*)\)/) {
      links += 1
      #expect(anchors.contains(String(match.1)), "\(match.1)")
    }
    #expect(links > 20)
  }

  @Test func `what the page shows as sent is what is read as a request of that method`() throws {
    for method in Catalogue.methods {
      let line = Array(ProtocolPage.requestLine(method).utf8)
      guard case .single(let envelope) = try Envelope.scan(line.span) else {
        Issue.record("\(method.name) is no single request")
        continue
      }
      #expect(envelope.kind == .request(.number(1)))
      #expect(JSONText.string(line.span, envelope.method, escaped: false) == method.name)
      let reply = Array(ProtocolPage.replyLine(method).utf8)
      guard case .single(let answer) = try Envelope.scan(reply.span) else {
        Issue.record("\(method.name) has no single reply")
        continue
      }
      #expect(answer.kind == .response(.number(1)) && answer.result != nil)
    }
  }
}
