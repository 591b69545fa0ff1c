import Testing
import Wire

@Suite struct MessageLineTests {
  private func text(_ build: (inout [UInt8]) -> Void) -> String {
    var bytes: [UInt8] = []
    build(&bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func `a reply carries its id as it came`() {
    #expect(
      text { MessageLine.appendEmptyResult(id: .number(0), to: &$0) }
        == #"{"id":0,"jsonrpc":"2.0","result":{}}"#)
    #expect(
      text { MessageLine.append(result: Array("[1]".utf8), id: .string("a\"\\\n\u{1}é"), to: &$0) }
        == #"{"id":"a\"\\\n\u0001é","jsonrpc":"2.0","result":[1]}"#)
    for number: Int64 in [-9_007_199_254_740_991, -1, 7, 10, 1234567890, 9_007_199_254_740_991] {
      #expect(
        text { MessageLine.appendEmptyResult(id: .number(number), to: &$0) }
          == #"{"id":\#(number),"jsonrpc":"2.0","result":{}}"#)
    }
  }

  @Test func `an error without an id says null`() {
    #expect(
      text { MessageLine.append(error: .cancelled, id: nil, to: &$0) }
        == #"{"error":{"code":9,"data":{"reason":"cancelled","retryable":true},"message":"The call was cancelled and had no effect."},"id":null,"jsonrpc":"2.0"}"#
    )
  }

  @Test func `a notification is a whole line`() throws {
    let line = try MessageLine.notification(ServerClosing.self, .init(reason: .idleExit))
    #expect(
      String(decoding: line, as: UTF8.self)
        == "{\"jsonrpc\":\"2.0\",\"method\":\"server.closing\",\"params\":{\"reason\":\"idle_exit\"}}\n")
  }

  @Test func `a request leaves out what it does not have`() {
    #expect(
      String(decoding: MessageLine.request("ping", id: nil, params: [UInt8]?.none), as: UTF8.self)
        == "{\"jsonrpc\":\"2.0\",\"method\":\"ping\"}\n")
    #expect(
      String(decoding: MessageLine.request("a\"b", id: .number(1), params: Array("{}".utf8)), as: UTF8.self)
        == "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\\\"b\",\"params\":{}}\n")
  }

  @Test func `whatever id is written is read back the same`() throws {
    let ids: [RequestID] = [
      .number(0), .number(-5), .string(""), .string("\u{0}\u{1F}\"\\/\n\r\tüé👩‍🚀\u{2028}"),
    ]
    for id in ids {
      let line = MessageLine.request("ping", id: id, params: [UInt8]?.none)
      guard case .single(let envelope) = try Envelope.scan(line.span) else {
        Issue.record("no single message")
        continue
      }
      #expect(envelope.kind == .request(id))
    }
  }
}
