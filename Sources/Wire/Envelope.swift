/// What JSON-RPC says about a line before anybody looks at its parameters.
///
/// Scanned by hand, because a decoded envelope costs more than the call behind it. The whole line is validated: what passes
/// here is JSON, so a later decoding of a part can fail only on types.
public struct Envelope: Sendable {
  public enum Kind: Hashable, Sendable {
    case request(RequestID)
    case notification
    /// A reply, read by clients; nil where the id is `null`.
    case response(RequestID?)
  }

  public enum Params: Hashable, Sendable {
    case absent
    case object(Range<Int>)
    case array
  }

  public let kind: Kind
  /// Where the method's name stands in the line, without quotes; empty in a response.
  public let method: Range<Int>
  /// The name needs unescaping (nobody writes it so, but it is legal).
  public let methodIsEscaped: Bool
  public let params: Params
  public let result: Range<Int>?
  public let error: Range<Int>?

  public enum Fault: Error, Hashable, Sendable {
    /// -32700: this is no JSON text that we read.
    case parse(at: Int)
    /// -32600: JSON, but no request. The id where it could be told.
    case invalid(RequestID?, String)
  }

  public enum Line: Sendable {
    case single(Envelope)
    /// Where each entry stands; entries are scanned one by one, so that one bad entry does not spoil the others.
    case batch([Range<Int>])
  }

  /// Reads a line. Throws `.parse` for the whole of it; for a batch, entries answer for themselves.
  public static func scan(
    _ line: borrowing Span<UInt8>, depth: Int = 64, maxIDBytes: Int = 128
  ) throws(Fault) -> Line {
    guard isBatch(line) else {
      return .single(try scanMessage(line, depth: depth, maxIDBytes: maxIDBytes))
    }
    return .batch(try scanBatch(line, depth: depth))
  }

  /// Whether `scan` would see a batch. Who asks this first can go on with `scanBatch` or `scanMessage`.
  public static func isBatch(_ line: borrowing Span<UInt8>) -> Bool {
    var at = 0
    JSONScanner.skipSpace(line, &at)
    return at < line.count && line[at] == UInt8(ascii: "[")
  }

  /// Where each entry of a batch stands.
  public static func scanBatch(
    _ line: borrowing Span<UInt8>, depth: Int = 64
  ) throws(Fault) -> [Range<Int>] {
    var at = 0
    JSONScanner.skipSpace(line, &at)
    var entries: [Range<Int>] = []
    var highBits: UInt8 = 0
    do throws(JSONScanner.Fault) {
      at += 1
      JSONScanner.skipSpace(line, &at)
      if at < line.count, line[at] == UInt8(ascii: "]") {
        at += 1
      } else {
        while true {
          let start = at
          try JSONScanner.skipValue(line, &at, depth: depth - 1, highBits: &highBits)
          entries.append(start..<at)
          JSONScanner.skipSpace(line, &at)
          guard at < line.count else { throw .syntax(at: at) }
          let byte = line[at]
          at += 1
          if byte == UInt8(ascii: "]") { break }
          guard byte == UInt8(ascii: ",") else { throw .syntax(at: at - 1) }
          JSONScanner.skipSpace(line, &at)
        }
      }
      try end(line, &at, highBits: highBits)
    } catch {
      throw .parse(at: position(error))
    }
    return entries
  }

  private static func end(
    _ line: borrowing Span<UInt8>, _ at: inout Int, highBits: UInt8
  ) throws(JSONScanner.Fault) {
    JSONScanner.skipSpace(line, &at)
    guard at == line.count else { throw .syntax(at: at) }
    if highBits & 0x80 != 0 {
      do { _ = try UTF8Span(validating: copy line) } catch { throw .encoding }
    }
  }

  private static func position(_ fault: JSONScanner.Fault) -> Int {
    switch fault {
    case .syntax(let at), .tooDeep(let at): at
    case .encoding: 0
    }
  }

  /// Reads one message: a line, or an entry of a batch.
  public static func scanMessage(
    _ line: borrowing Span<UInt8>, depth: Int = 64, maxIDBytes: Int = 128
  ) throws(Fault) -> Envelope {
    var reader = MessageReader()
    do throws(JSONScanner.Fault) {
      try reader.read(line, depth: depth)
    } catch {
      throw .parse(at: position(error))
    }
    return try reader.envelope(line, maxIDBytes: maxIDBytes)
  }
}
