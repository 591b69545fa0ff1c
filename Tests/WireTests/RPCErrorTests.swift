import Base
import FoundationEssentials
import Model
import Testing
import Wire

@Suite struct RPCErrorTests {
  /// One of each factory; the table below says that none is missing.
  private static let all: [RPCError] = [
    .parse, .invalidRequest("The member jsonrpc must be \"2.0\"."), .lineTooLong(limit: 8),
    .duplicateID(.number(7)),
    .batchTooLarge(limit: 100), .methodNotFound("pnig", didYouMean: "ping"), .methodNotFound("x"),
    .invalidParams(path: "params.leaf", expected: "string"), .internal(incident: "01JD"),
    .notFound(kind: "subscription", id: "s9"), .conflict(revision: 4), .conflict(key: "k"),
    .conflict(upload: "u", received: 5), .busy(turn: "t"),
    .rateLimited(retryAfterMs: 1, limit: "30 messages a minute"),
    .providerUnavailable("home", status: 503, attempts: 3), .providerRefused("home", detail: "no"),
    .tooLarge("The upload", limit: 9), .unsupported(protocol: 2), .cancelled, .stopping(retryMs: 50),
    .storageFull,
    .forbidden(method: "metrics"), .refused(rule: "guard", "This is not written here."), .timeout(),
    .storageFailed,
  ]

  @Test func `every row of the table has a factory and every factory a row`() {
    let rows = Set(ErrorTable.rows.map { "\($0.code.rawValue) \($0.reason)" })
    #expect(rows.count == ErrorTable.rows.count)
    #expect(Set(Self.all.map { "\($0.code.rawValue) \($0.reason)" }) == rows)
  }

  @Test func `errors carry what the table says, and nothing else`() throws {
    for error in Self.all {
      let row = try #require(ErrorTable.rows.first { $0.reason == error.reason })
      #expect(error.retryable == row.retryable, "\(error.reason)")
      #expect(Set(error.details.keys).isSubset(of: row.members.map(\.name)), "\(error.reason)")
    }
  }

  @Test func `messages are one sentence`() {
    for error in Self.all {
      #expect(error.message.hasSuffix(".") || error.message.hasSuffix("?"), "\(error.message)")
      #expect(!error.message.contains("\n"), "\(error.message)")
      #expect(
        error.message.first?.isUppercase == true || error.reason == "invalid_params"
          || error.reason == "forbidden")
    }
  }

  @Test func `an error has one form on the wire, both ways`() throws {
    try checkCoding(
      RPCError.methodNotFound("pnig", didYouMean: "ping"),
      #"""
      {"code":-32601,"data":{"didYouMean":"ping","method":"pnig","reason":"method_not_found","retryable":false},\#
      "message":"There is no method pnig; did you mean ping?"}
      """#)
    for error in Self.all {
      let bytes = Data(error.encoded)
      #expect(try JSONDecoder().decode(RPCError.self, from: bytes) == error)
    }
  }

  @Test func `an error of a later daemon is kept as it is`() throws {
    let text = #"{"code":77,"data":{"reason":"tired","retryable":true,"until":"noon"},"message":"Later."}"#
    let error = try JSONDecoder().decode(RPCError.self, from: Data(text.utf8))
    #expect(error.code == ErrorCode(rawValue: 77) && error.reason == "tired" && error.retryable)
    #expect(String(decoding: error.encoded, as: UTF8.self) == text)
    let bare = try JSONDecoder().decode(RPCError.self, from: Data(#"{"code":1,"message":"x"}"#.utf8))
    #expect(bare.reason == "" && !bare.retryable)
  }

  @Test func `what strangers sent is shown in part`() {
    let error = RPCError.methodNotFound(String(repeating: "x", count: 1_000_000))
    #expect(error.encoded.count < 1000)
    #expect(
      RPCError.notFound(kind: "upload", id: String(repeating: "x", count: 1_000_000)).encoded.count < 1000)
  }
}
