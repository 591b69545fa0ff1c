import Base
import Testing
import Wire

/// What the scanner says of one line, in words that are easily compared.
private enum Verdict: Equatable {
  case request(RequestID, String, Envelope.Params)
  case notification(String, Envelope.Params)
  case response(RequestID?, result: String?, error: String?)
  case batch([String])
  case parse
  case invalid(RequestID?)
}

private func verdict(_ text: String) -> Verdict { verdict(Array(text.utf8)) }

private func verdict(_ bytes: [UInt8]) -> Verdict {
  let line = bytes.span
  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
  do throws(Envelope.Fault) {
    switch try Envelope.scan(line) {
    case .batch(let entries): return .batch(entries.map(text))
    case .single(let envelope):
      let method = JSONText.string(line, envelope.method, escaped: envelope.methodIsEscaped)
      switch envelope.kind {
      case .request(let id): return .request(id, method, envelope.params)
      case .notification: return .notification(method, envelope.params)
      case .response(let id):
        return .response(id, result: envelope.result.map(text), error: envelope.error.map(text))
      }
    }
  } catch {
    switch error {
    case .parse: return .parse
    case .invalid(let id, _): return .invalid(id)
    }
  }
}

@Suite struct EnvelopeTests {
  // The lines of the JSON-RPC 2.0 specification's own examples, as far as the envelope judges them.

  @Test func `reads the specification's calls`() {
    #expect(
      verdict(#"{"jsonrpc": "2.0", "method": "subtract", "params": [42, 23], "id": 1}"#)
        == .request(.number(1), "subtract", .array))
    let named =
      #"{"jsonrpc": "2.0", "method": "subtract", "params": {"subtrahend": 23, "minuend": 42}, "id": 3}"#
    #expect(verdict(named) == .request(.number(3), "subtract", .object(51..<84)))
    #expect(Array(named.utf8)[51] == UInt8(ascii: "{") && Array(named.utf8)[83] == UInt8(ascii: "}"))
    #expect(
      verdict(#"{"jsonrpc": "2.0", "method": "foobar", "id": "1"}"#)
        == .request(.string("1"), "foobar", .absent))
    #expect(
      verdict(#"{"jsonrpc": "2.0", "method": "update", "params": [1,2,3,4,5]}"#)
        == .notification("update", .array))
    #expect(verdict(#"{"jsonrpc": "2.0", "method": "foobar"}"#) == .notification("foobar", .absent))
  }

  @Test func `refuses the specification's broken lines`() {
    #expect(verdict(#"{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]"#) == .parse)
    #expect(verdict(#"{"jsonrpc": "2.0", "method": 1, "params": "bar"}"#) == .invalid(nil))
    #expect(
      verdict(
        #"[{"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},{"jsonrpc": "2.0", "method"]"#)
        == .parse)
    #expect(verdict("[]") == .batch([]))
    #expect(verdict("[1]") == .batch(["1"]))
    #expect(verdict("[1,2,3]") == .batch(["1", "2", "3"]))
    #expect(verdict("1") == .invalid(nil))
  }

  @Test func `cuts the specification's batch into its entries, which answer for themselves`() {
    let entries = [
      #"{"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"}"#,
      #"{"jsonrpc": "2.0", "method": "notify_hello", "params": [7]}"#, #"{"foo": "boo"}"#,
      #"{"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": "5"}"#,
    ]
    #expect(verdict("[ " + entries.joined(separator: " ,\t") + " ] ") == .batch(entries))
    #expect(entries.map { verdict($0) }.map(isInvalid) == [false, false, true, false])
  }

  private func isInvalid(_ verdict: Verdict) -> Bool {
    if case .invalid = verdict { true } else { false }
  }

  @Test func `reads replies, for clients`() {
    #expect(
      verdict(#"{"jsonrpc":"2.0","result":19,"id":1}"#) == .response(.number(1), result: "19", error: nil))
    #expect(
      verdict(#"{"jsonrpc":"2.0","error":{"code":-32700},"id":null}"#)
        == .response(nil, result: nil, error: #"{"code":-32700}"#))
    #expect(verdict(#"{"jsonrpc":"2.0","result":1,"error":{},"id":1}"#) == .invalid(.number(1)))
    #expect(verdict(#"{"jsonrpc":"2.0","id":1}"#) == .invalid(.number(1)))
    #expect(verdict(#"{"jsonrpc":"2.0","result":1}"#) == .invalid(nil))
  }

  @Test func `members come in any order, others are ignored`() {
    #expect(
      verdict(#"{"x":{"id":9,"method":"no"},"params":{},"id":1,"y":[],"method":"m","jsonrpc":"2.0"}"#)
        == .request(.number(1), "m", .object(37..<39)))
  }

  @Test(arguments: [
    #"{"jsonrpc":"2.0","jsonrpc":"2.0","method":"m"}"#, #"{"jsonrpc":"2.0","method":"m","id":1,"id":1}"#,
    #"{"jsonrpc":"2.0","method":"m","method":"m"}"#,
    #"{"jsonrpc":"2.0","method":"m","params":{},"params":{}}"#,
    #"{"jsonrpc":"2.0","method":"m","id":1,"\u0069d":2}"#, #"{"jsonrpc":"2.0","result":1,"result":1,"id":1}"#,
    #"{"jsonrpc":"2.0","error":{},"error":{},"id":1}"#,
  ])
  func `an envelope member named twice is no JSON that is read here`(line: String) {
    #expect(verdict(line) == .parse)
  }

  @Test func `members of other names may come twice`() {
    #expect(verdict(#"{"jsonrpc":"2.0","method":"m","a":1,"a":2}"#) == .notification("m", .absent))
  }

  @Test func `a method's name may be escaped`() {
    #expect(
      verdict(#"{"jsonrpc":"2.0","method":"p\u0069ng","id":1}"#) == .request(.number(1), "ping", .absent))
    #expect(
      verdict(#"{"jsonrpc":"2.0","m\u0065thod":"ping","id":1}"#) == .request(.number(1), "ping", .absent))
  }

  // MARK: Ids

  private func idOf(_ text: String) -> Verdict { verdict(#"{"jsonrpc":"2.0","method":"m","id":\#(text)}"#) }

  @Test func `an integer id fits 53 bits, at the limit and one past it`() {
    #expect(idOf("9007199254740991") == .request(.number(9_007_199_254_740_991), "m", .absent))
    #expect(idOf("9007199254740992") == .invalid(nil))
    #expect(idOf("-9007199254740991") == .request(.number(-9_007_199_254_740_991), "m", .absent))
    #expect(idOf("-9007199254740992") == .invalid(nil))
    #expect(idOf("99999999999999999999999999999999") == .invalid(nil))
    #expect(idOf("0") == .request(.number(0), "m", .absent))
    #expect(idOf("-0") == .request(.number(0), "m", .absent))
  }

  @Test func `a string id has 128 bytes at most, counted as the peer means them`() {
    let longest = String(repeating: "é", count: 64)
    #expect(idOf("\"\(longest)\"") == .request(.string(longest), "m", .absent))
    #expect(idOf("\"\(longest)e\"") == .invalid(nil))
    let escaped = String(repeating: #"\u0065"#, count: 128)
    #expect(idOf("\"\(escaped)\"") == .request(.string(String(repeating: "e", count: 128)), "m", .absent))
    #expect(idOf("\"\(escaped)e\"") == .invalid(nil))
    #expect(idOf("\"\"") == .request(.string(""), "m", .absent))
  }

  @Test(arguments: ["null", "true", "1.0", "1e0", "[]", "{}"])
  func `any other id is refused`(id: String) {
    #expect(idOf(id) == .invalid(nil))
  }

  @Test func `the string 1 and the number 1 differ`() {
    #expect(idOf("1") != idOf("\"1\""))
  }

  @Test func `what is wrong besides is told with the id`() {
    #expect(verdict(#"{"jsonrpc":"1.0","method":"m","id":7}"#) == .invalid(.number(7)))
    #expect(verdict(#"{"method":"m","id":7}"#) == .invalid(.number(7)))
    #expect(verdict(#"{"jsonrpc":"2.0","method":null,"id":7}"#) == .invalid(.number(7)))
    #expect(verdict(#"{"jsonrpc":"2.0","method":"m","params":3,"id":7}"#) == .invalid(.number(7)))
    #expect(verdict(#"{"jsonrpc":"2.0","method":"m","params":null,"id":7}"#) == .invalid(.number(7)))
  }

  // MARK: The line

  @Test func `nests 64 deep and not 65`() {
    func line(_ depth: Int) -> String {
      // The message itself is the first level.
      let (open, close) = (String(repeating: "[", count: depth - 1), String(repeating: "]", count: depth - 1))
      return #"{"jsonrpc":"2.0","method":"m","x":\#(open)\#(close)}"#
    }
    #expect(verdict(line(64)) == .notification("m", .absent))
    #expect(verdict(line(65)) == .parse)
    #expect(verdict("[\(line(63))]") == .batch([line(63)]))
    #expect(verdict("[\(line(64))]") == .parse)
    #expect(verdict(String(repeating: "[", count: 1_000_000)) == .parse)
    #expect(verdict(String(repeating: #"{"a":"#, count: 1_000_000)) == .parse)
  }

  @Test func `refuses what is no UTF-8, wherever it stands`() {
    let good = Array(#"{"jsonrpc":"2.0","method":"m","x":"é"}"#.utf8)
    #expect(verdict(good) == .notification("m", .absent))
    for index in good.indices {
      var bad = good
      bad[index] = 0xFF
      #expect(verdict(bad) == .parse, "at \(index)")
    }
    #expect(verdict([0xEF, 0xBB, 0xBF] + good) == .parse)
    #expect(verdict(good + [0]) == .parse)
  }

  @Test func `every beginning of a line is refused`() {
    let whole = Array(
      #"{"jsonrpc":"2.0","method":"m","id":"\ud83d\ude00","params":{"a":[1.5e3,true,null]}}"#.utf8)
    #expect(verdict(whole) != .parse)
    for count in 0..<whole.count { #expect(verdict(Array(whole[..<count])) == .parse, "\(count)") }
  }
}
