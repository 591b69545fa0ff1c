import Wire

/// What must hold for any bytes a stranger sends. Traps where it does not, so that the fuzzer keeps the input.
///
/// Shared by the tests, which run the committed corpus, and by contrib/fuzz, which goes on from there.
enum WireInvariants {
  static func check(_ bytes: [UInt8]) {
    checkSplitter(bytes)
    checkLine(bytes)
  }

  /// The same lines come out however the bytes arrive, none over the limit, and little is held. The first byte chooses the
  /// size of the pieces and the limit.
  private static func checkSplitter(_ bytes: [UInt8]) {
    guard let first = bytes.first else { return }
    let limit = Int(first >> 4) * 4 + 1
    let whole = split(bytes, limit: limit, by: bytes.count)
    let pieces = split(bytes, limit: limit, by: Int(first & 15) + 1)
    precondition(whole == pieces, "lines depend on how the bytes arrive")
  }

  private static func split(_ bytes: [UInt8], limit: Int, by size: Int) -> [[UInt8]?] {
    var splitter = LineSplitter(limit: limit)
    var lines: [[UInt8]?] = []
    var start = 0
    while start < bytes.count {
      let piece = Array(bytes[start..<min(start + size, bytes.count)])
      splitter.feed(
        piece.span,
        line: { line in
          precondition(line.count <= limit, "a line over the limit passed")
          lines.append((0..<line.count).map { line[$0] })
        },
        tooLong: { lines.append(nil) })
      precondition(splitter.heldBytes <= limit + 1, "the splitter holds more than a line")
      start += size
    }
    return lines
  }

  /// Every range an envelope gives lies within its line and holds what it is said to hold; a batch's entries are messages or
  /// faults of their own.
  static func checkLine(_ bytes: [UInt8]) {
    let line = bytes.span
    let isRead: Bool
    do throws(Envelope.Fault) {
      switch try Envelope.scan(line) {
      case .single(let envelope): check(envelope, bytes)
      case .batch(let entries):
        var last = 0
        for entry in entries {
          precondition(entry.lowerBound >= last && entry.upperBound <= bytes.count && !entry.isEmpty)
          last = entry.upperBound
          do throws(Envelope.Fault) {
            check(try Envelope.scanMessage(line.extracting(entry)), Array(bytes[entry]))
          } catch {
            checkFault(error, bytes.count)
          }
        }
      }
      isRead = true
    } catch {
      checkFault(error, bytes.count)
      if case .invalid = error { isRead = true } else { isRead = false }
    }
    // What was read is JSON; what was not may still be, with a member named twice.
    precondition(!isRead || isJSON(bytes), "the envelope read what the scanner refuses")
  }

  private static func check(_ envelope: Envelope, _ bytes: [UInt8]) {
    let line = bytes.span
    precondition(envelope.method.upperBound <= bytes.count)
    _ = JSONText.string(line, envelope.method, escaped: envelope.methodIsEscaped)
    if case .object(let range) = envelope.params {
      precondition(bytes[range].first == UInt8(ascii: "{") && bytes[range].last == UInt8(ascii: "}"))
    }
    for range in [envelope.result, envelope.error] {
      if let range { precondition(isJSON(Array(bytes[range])), "a part of a message is no JSON") }
    }
    switch envelope.kind {
    case .request(.string(let id)), .response(.string(let id)?): precondition(id.utf8.count <= 128)
    case .request(.number(let id)), .response(.number(let id)?): precondition(id.magnitude < 1 << 53)
    default: break
    }
  }

  private static func checkFault(_ fault: Envelope.Fault, _ count: Int) {
    if case .parse(let at) = fault { precondition((0...count).contains(at), "a fault beyond the line") }
  }

  static func isJSON(_ bytes: [UInt8], depth: Int = 64) -> Bool {
    let span = bytes.span
    var at = 0
    var highBits: UInt8 = 0
    JSONScanner.skipSpace(span, &at)
    guard (try? JSONScanner.skipValue(span, &at, depth: depth, highBits: &highBits)) != nil else {
      return false
    }
    JSONScanner.skipSpace(span, &at)
    guard at == span.count else { return false }
    return highBits & 0x80 == 0 || (try? UTF8Span(validating: span)) != nil
  }
}
