import HTTP
import Model
import Testing

@testable import Providers

/// A model that declines says so in a member of its own, piece by piece.
@Suite struct RefusalTests {
  private static func chunk(_ delta: String, _ finish: String? = nil) -> [UInt8] {
    let reason = finish.map { "\"\($0)\"" } ?? "null"
    return Array(
      "data: {\"choices\":[{\"index\":0,\"delta\":\(delta),\"finish_reason\":\(reason)}]}\n\n".utf8)
  }

  private static let words = [chunk(#"{"refusal":"I can"}"#), chunk(#"{"refusal":"not do that."}"#)]

  private func begun() -> AnswerReader {
    var reader = AnswerReader(
      OpenAIDialect(), assembly: ReplyAssembly(stops: [], maxBytes: 1 << 20, startsThinking: false))
    reader.take(head: HTTPHead(status: 200))
    return reader
  }

  @Test(arguments: [
    words + [chunk("{}", "stop")], words + [chunk("{}", "stop"), Array("data: [DONE]\n\n".utf8)],
    words + [Array("data: [DONE]\n\n".utf8)],
  ])
  func `a refusal that streams is heard to its end and told as one`(_ pieces: [[UInt8]]) {
    var reader = begun()
    var events: [ReplyEvent] = []
    for piece in pieces { reader.take(piece.span, &events) }
    reader.finish(nil, &events)
    let text = events.compactMap { if case .text(let text) = $0 { text } else { nil } }.joined()
    #expect(text == "I cannot do that.")
    guard case .finish(let end)? = reader.end else {
      Issue.record("it has not ended")
      return
    }
    #expect(end.reason == .filtered)
  }

  @Test func `a refusal's first piece is not the end, for which the bill's grace would begin`() {
    var reader = begun()
    var events: [ReplyEvent] = []
    for piece in Self.words { reader.take(piece.span, &events) }
    #expect(!reader.isComplete)
  }
}
