import FoundationEssentials
import Model
import Posix
import Server
import TestSupport
import Testing
import Wire

/// The examples that stand in the JSON-RPC 2.0 specification, sent to a server that has their methods.
///
/// Two things differ by contract, both allowed by the specification: parameters go by name only, so a positional list
/// is -32602, and errors carry our own sentence and `data`. Everything else is the specification's, byte for byte once
/// members are sorted.
@Suite(.ownThreads) struct SpecificationTests {
  enum Subtract: TestMethod {
    static let name = "subtract"
    struct Params: Codable, Sendable {
      var minuend: Int
      var subtrahend: Int
    }
    typealias Result = Int
  }
  enum Update: TestMethod {
    static let name = "update"
    typealias Params = Empty
    typealias Result = Empty
  }
  enum NotifyHello: TestMethod {
    static let name = "notify_hello"
    typealias Params = Empty
    typealias Result = Empty
  }
  enum Sum: TestMethod {
    static let name = "sum"
    struct Params: Codable, Sendable { var addends: [Int] }
    typealias Result = Int
  }
  enum GetData: TestMethod {
    static let name = "get_data"
    typealias Params = Empty
    typealias Result = [JSONValue]
  }

  @Loop static func server() -> TestServer {
    TestServer(routes: [
      .immediate(Subtract.self) { params, _ in params.minuend - params.subtrahend },
      .immediate(Update.self) { _, _ in Empty() },
      .immediate(NotifyHello.self) { _, _ in Empty() },
      .immediate(Sum.self) { params, _ in params.addends.reduce(0, +) },
      .task(GetData.self) { _, _ in ["hello", 5] },
    ])
  }

  static let positional = #"{"jsonrpc": "2.0", "error": {"code": -32602}, "id": "#

  /// What is sent, and what comes back; nil where nothing may come. Of errors only the code is the specification's.
  static let examples: [(String, String?)] = [
    // Positional and named parameters.
    (#"{"jsonrpc": "2.0", "method": "subtract", "params": [42, 23], "id": 1}"#, positional + "1}"),
    (#"{"jsonrpc": "2.0", "method": "subtract", "params": [23, 42], "id": 2}"#, positional + "2}"),
    (
      #"{"jsonrpc": "2.0", "method": "subtract", "params": {"subtrahend": 23, "minuend": 42}, "id": 3}"#,
      #"{"jsonrpc": "2.0", "result": 19, "id": 3}"#
    ),
    (
      #"{"jsonrpc": "2.0", "method": "subtract", "params": {"minuend": 42, "subtrahend": 23}, "id": 4}"#,
      #"{"jsonrpc": "2.0", "result": 19, "id": 4}"#
    ),
    // Notifications, of a method there is and of one there is not.
    (#"{"jsonrpc": "2.0", "method": "update", "params": [1,2,3,4,5]}"#, nil),
    (#"{"jsonrpc": "2.0", "method": "foobar"}"#, nil),
    (
      #"{"jsonrpc": "2.0", "method": "foobar", "id": "1"}"#,
      #"{"jsonrpc": "2.0", "error": {"code": -32601}, "id": "1"}"#
    ),
    (
      #"{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]"#,
      #"{"jsonrpc": "2.0", "error": {"code": -32700}, "id": null}"#
    ),
    (
      #"{"jsonrpc": "2.0", "method": 1, "params": "bar"}"#,
      #"{"jsonrpc": "2.0", "error": {"code": -32600}, "id": null}"#
    ),
    // Batches.
    (
      #"[ {"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"}, {"jsonrpc": "2.0", "method" ]"#,
      #"{"jsonrpc": "2.0", "error": {"code": -32700}, "id": null}"#
    ),
    ("[]", #"{"jsonrpc": "2.0", "error": {"code": -32600}, "id": null}"#),
    ("[1]", #"[ {"jsonrpc": "2.0", "error": {"code": -32600}, "id": null} ]"#),
    (
      "[1,2,3]",
      #"""
      [ {"jsonrpc": "2.0", "error": {"code": -32600}, "id": null}, {"jsonrpc": "2.0", "error": {"code": -32600}, "id": null},
        {"jsonrpc": "2.0", "error": {"code": -32600}, "id": null} ]
      """#
    ),
    (
      #"[{"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"}, "#
        + #"{"jsonrpc": "2.0", "method": "notify_hello", "params": [7]}, "#
        + #"{"jsonrpc": "2.0", "method": "subtract", "params": [42,23], "id": "2"}, {"foo": "boo"}, "#
        + #"{"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": "5"}, "#
        + #"{"jsonrpc": "2.0", "method": "get_data", "id": "9"}]"#,
      "[\(positional)\"1\"}, \(positional)\"2\"}, "
        + #"{"jsonrpc": "2.0", "error": {"code": -32600}, "id": null}, "#
        + #"{"jsonrpc": "2.0", "error": {"code": -32601}, "id": "5"}, "#
        + #"{"jsonrpc": "2.0", "result": ["hello", 5], "id": "9"}]"#
    ),
    // The same by name.
    (
      #"[{"jsonrpc": "2.0", "method": "sum", "params": {"addends": [1,2,4]}, "id": "1"}, "#
        + #"{"jsonrpc": "2.0", "method": "subtract", "params": {"minuend": 42, "subtrahend": 23}, "id": "2"}]"#,
      #"[{"jsonrpc": "2.0", "result": 7, "id": "1"}, {"jsonrpc": "2.0", "result": 19, "id": "2"}]"#
    ),
    (
      #"[{"jsonrpc": "2.0", "method": "notify_sum", "params": [1,2,4]}, "#
        + #"{"jsonrpc": "2.0", "method": "notify_hello", "params": [7]}]"#, nil
    ),
  ]

  @Test func `answers every example of the specification as it says`() async throws {
    let server = await Self.server()
    let client = try await server.connect()
    for (sent, expected) in Self.examples {
      try client.send(sent)
      // The line after it tells that nothing came in between.
      try client.call("subtract", #"{"minuend":0,"subtrahend":1}"#, id: 1000)
      if let expected {
        let line = try client.line()
        #expect(try sorted(line, codesOnly: true) == sorted(expected, codesOnly: false), "\(sent)")
      }
      #expect(try client.line() == #"{"id":1000,"jsonrpc":"2.0","result":-1}"#, "\(sent)")
    }
    await server.end()
  }

  @Test func `answers a named call with exactly the members of the specification`() async throws {
    let server = await Self.server()
    let client = try await server.connect()
    try client.send(Self.examples[2].0)
    // No member more, none less, and no space.
    #expect(try client.line() == #"{"id":3,"jsonrpc":"2.0","result":19}"#)
    await server.end()
  }

  private func sorted(_ text: String, codesOnly: Bool) throws -> String {
    let value = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
    let bare = codesOnly ? withoutSentences(value) : value
    return String(decoding: JSONText.bytes(bare), as: UTF8.self)
  }

  private func withoutSentences(_ value: JSONValue) -> JSONValue {
    if case .array(let entries) = value { return .array(entries.map(withoutSentences)) }
    guard var members = value.object, let code = members["error"]?["code"] else { return value }
    members["error"] = .object(["code": code])
    return .object(members)
  }
}
