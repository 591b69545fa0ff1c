import FoundationEssentials

/// Lines as they leave: replies, errors and notifications around parts that are already encoded.
public enum MessageLine {
  /// `{"jsonrpc":"2.0","id":1,"result":…}` without its LF, so that a batch can join them.
  public static func append(result: some Collection<UInt8>, id: RequestID, to bytes: inout [UInt8]) {
    append("{\"id\":", to: &bytes)
    append(id: id, to: &bytes)
    append(",\"jsonrpc\":\"2.0\",\"result\":", to: &bytes)
    bytes.append(contentsOf: result)
    bytes.append(UInt8(ascii: "}"))
  }

  /// The empty result, which is what the hottest calls answer.
  public static func appendEmptyResult(id: RequestID, to bytes: inout [UInt8]) {
    append("{\"id\":", to: &bytes)
    append(id: id, to: &bytes)
    append(",\"jsonrpc\":\"2.0\",\"result\":{}}", to: &bytes)
  }

  public static func append(error: RPCError, id: RequestID?, to bytes: inout [UInt8]) {
    append("{\"error\":", to: &bytes)
    bytes.append(contentsOf: error.encoded)
    append(",\"id\":", to: &bytes)
    if let id { append(id: id, to: &bytes) } else { append("null", to: &bytes) }
    append(",\"jsonrpc\":\"2.0\"}", to: &bytes)
  }

  /// A whole line, LF included: it goes to many listeners as it is.
  public static func notification(_ method: String, params: some Collection<UInt8>) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(params.count + method.utf8.count + 48)
    append("{\"jsonrpc\":\"2.0\",\"method\":\"", to: &bytes)
    bytes.append(contentsOf: method.utf8)
    append("\",\"params\":", to: &bytes)
    bytes.append(contentsOf: params)
    append("}\n", to: &bytes)
    return bytes
  }

  public static func notification<Kind: Notification>(_ kind: Kind.Type, _ params: Kind.Params) throws
    -> [UInt8]
  {
    notification(Kind.name, params: try JSONText.encoder().encode(params))
  }

  /// What a client sends; `params` nil leaves the member out.
  public static func request(_ method: String, id: RequestID?, params: (some Collection<UInt8>)?) -> [UInt8] {
    var bytes: [UInt8] = []
    append("{\"jsonrpc\":\"2.0\"", to: &bytes)
    if let id {
      append(",\"id\":", to: &bytes)
      append(id: id, to: &bytes)
    }
    append(",\"method\":", to: &bytes)
    JSONText.append(method, quotedTo: &bytes)
    if let params {
      append(",\"params\":", to: &bytes)
      bytes.append(contentsOf: params)
    }
    append("}\n", to: &bytes)
    return bytes
  }

  private static func append(id: RequestID, to bytes: inout [UInt8]) {
    switch id {
    case .string(let string): JSONText.append(string, quotedTo: &bytes)
    case .number(let number): append(number, to: &bytes)
    }
  }

  static func append(_ number: Int64, to bytes: inout [UInt8]) {
    guard number >= 0 else {
      bytes.append(contentsOf: String(number).utf8)
      return
    }
    var digits = InlineArray<20, UInt8>(repeating: 0)
    var first = 20
    var rest = number
    repeat {
      first -= 1
      digits[first] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while rest > 0
    unsafe digits.span.extracting(first..<20).withUnsafeBufferPointer {
      unsafe bytes.append(contentsOf: $0)
    }
  }

  static func append(_ text: StaticString, to bytes: inout [UInt8]) {
    unsafe bytes.append(
      contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }
}
