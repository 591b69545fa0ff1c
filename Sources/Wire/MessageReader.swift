/// Gathers the members of one message while the scanner passes over them.
struct MessageReader {
  private enum Member: Int {
    case jsonrpc, id, method, params, result, error
  }

  private var isObject = false
  private var found: (Range<Int>?, Range<Int>?, Range<Int>?, Range<Int>?, Range<Int>?, Range<Int>?)
  private var methodIsEscaped = false
  private var idIsEscaped = false
  private var versionIsEscaped = false

  mutating func read(_ line: borrowing Span<UInt8>, depth: Int) throws(JSONScanner.Fault) {
    var at = 0
    var highBits: UInt8 = 0
    JSONScanner.skipSpace(line, &at)
    if at < line.count, line[at] == UInt8(ascii: "{") {
      isObject = true
      try readMembers(line, &at, depth: depth, highBits: &highBits)
    } else {
      try JSONScanner.skipValue(line, &at, depth: depth, highBits: &highBits)
    }
    JSONScanner.skipSpace(line, &at)
    guard at == line.count else { throw .syntax(at: at) }
    if highBits & 0x80 != 0 {
      do { _ = try UTF8Span(validating: copy line) } catch { throw .encoding }
    }
  }

  private mutating func readMembers(
    _ line: borrowing Span<UInt8>, _ at: inout Int, depth: Int, highBits: inout UInt8
  ) throws(JSONScanner.Fault) {
    guard depth > 0 else { throw .tooDeep(at: at) }
    at += 1
    JSONScanner.skipSpace(line, &at)
    if at < line.count, line[at] == UInt8(ascii: "}") {
      at += 1
      return
    }
    while true {
      let nameStart = at
      let nameIsEscaped = try JSONScanner.skipString(line, &at, highBits: &highBits)
      let name = (nameStart + 1)..<(at - 1)
      JSONScanner.skipSpace(line, &at)
      guard at < line.count, line[at] == UInt8(ascii: ":") else { throw .syntax(at: at) }
      at += 1
      JSONScanner.skipSpace(line, &at)
      let start = at
      var escaped = false
      if at < line.count, line[at] == UInt8(ascii: "\"") {
        escaped = try JSONScanner.skipString(line, &at, highBits: &highBits)
      } else {
        try JSONScanner.skipValue(line, &at, depth: depth - 1, highBits: &highBits)
      }
      // An escaped spelling of an envelope member is legal JSON but nobody's: it must not slip a duplicate past.
      let member = nameIsEscaped ? unescapedMember(line, name) : plainMember(line, name)
      if let member {
        guard keep(start..<at, as: member) else { throw .syntax(at: nameStart) }
        if member == .method { methodIsEscaped = escaped }
        if member == .id { idIsEscaped = escaped }
        if member == .jsonrpc { versionIsEscaped = escaped }
      }
      JSONScanner.skipSpace(line, &at)
      guard at < line.count else { throw .syntax(at: at) }
      let byte = line[at]
      at += 1
      if byte == UInt8(ascii: "}") { return }
      guard byte == UInt8(ascii: ",") else { throw .syntax(at: at - 1) }
      JSONScanner.skipSpace(line, &at)
    }
  }

  private func plainMember(_ line: borrowing Span<UInt8>, _ name: Range<Int>) -> Member? {
    switch name.count {
    case 2: matches("id", line, name) ? .id : nil
    case 5: matches("error", line, name) ? .error : nil
    case 6:
      matches("method", line, name)
        ? .method
        : matches("params", line, name) ? .params : matches("result", line, name) ? .result : nil
    case 7: matches("jsonrpc", line, name) ? .jsonrpc : nil
    default: nil
    }
  }

  private func unescapedMember(_ line: borrowing Span<UInt8>, _ name: Range<Int>) -> Member? {
    switch JSONText.string(line, name, escaped: true) {
    case "id": .id
    case "error": .error
    case "method": .method
    case "params": .params
    case "result": .result
    case "jsonrpc": .jsonrpc
    default: nil
    }
  }

  private func matches(_ word: StaticString, _ line: borrowing Span<UInt8>, _ range: Range<Int>) -> Bool {
    for index in 0..<word.utf8CodeUnitCount
    where unsafe line[range.lowerBound + index] != word.utf8Start[index] {
      return false
    }
    return true
  }

  /// False when the member was there already.
  private mutating func keep(_ range: Range<Int>, as member: Member) -> Bool {
    func put(_ slot: inout Range<Int>?) -> Bool {
      if slot != nil { return false }
      slot = range
      return true
    }
    return switch member {
    case .jsonrpc: put(&found.0)
    case .id: put(&found.1)
    case .method: put(&found.2)
    case .params: put(&found.3)
    case .result: put(&found.4)
    case .error: put(&found.5)
    }
  }

  func envelope(_ line: borrowing Span<UInt8>, maxIDBytes: Int) throws(Envelope.Fault) -> Envelope {
    let (version, idRange, method, params, result, error) = found
    guard isObject else { throw .invalid(nil, "A message must be a JSON object.") }
    var id: RequestID?
    var idIsNull = false
    if let idRange {
      idIsNull = line[idRange.lowerBound] == UInt8(ascii: "n")
      id = readID(line, idRange, maxIDBytes: maxIDBytes)
    }
    if idRange != nil, id == nil, !(idIsNull && method == nil) {
      throw .invalid(
        nil, "An id must be a string of at most \(maxIDBytes) bytes or an integer that fits 53 bits.")
    }
    guard let version, isVersion2(line, version) else {
      throw .invalid(id, "The member jsonrpc must be \"2.0\".")
    }
    guard let method else {
      guard idRange != nil, (result == nil) != (error == nil) else {
        throw .invalid(id, "A request needs the member method.")
      }
      return Envelope(
        kind: .response(id), method: 0..<0, methodIsEscaped: false, params: .absent, result: result,
        error: error)
    }
    guard line[method.lowerBound] == UInt8(ascii: "\"") else {
      throw .invalid(id, "The member method must be a string.")
    }
    let kindOfParams: Envelope.Params
    switch params.map({ line[$0.lowerBound] }) {
    case nil: kindOfParams = .absent
    case UInt8(ascii: "{"): kindOfParams = params.map { .object($0) } ?? .absent
    case UInt8(ascii: "["): kindOfParams = .array
    default: throw .invalid(id, "The member params must be an object.")
    }
    return Envelope(
      kind: id.map { .request($0) } ?? .notification,
      method: (method.lowerBound + 1)..<(method.upperBound - 1),
      methodIsEscaped: methodIsEscaped, params: kindOfParams, result: nil, error: nil)
  }

  private func isVersion2(_ line: borrowing Span<UInt8>, _ version: Range<Int>) -> Bool {
    if versionIsEscaped {
      let inside = (version.lowerBound + 1)..<(version.upperBound - 1)
      return JSONText.string(line, inside, escaped: true) == "2.0"
    }
    return version.count == 5 && matches("\"2.0\"", line, version)
  }

  private func readID(_ line: borrowing Span<UInt8>, _ range: Range<Int>, maxIDBytes: Int) -> RequestID? {
    if line[range.lowerBound] == UInt8(ascii: "\"") {
      let text = JSONText.string(
        line, (range.lowerBound + 1)..<(range.upperBound - 1), escaped: idIsEscaped)
      return text.utf8.count <= maxIDBytes ? .string(text) : nil
    }
    guard range.count <= 17 else { return nil }
    var value: Int64 = 0
    var index = range.lowerBound
    let negative = line[index] == UInt8(ascii: "-")
    if negative { index += 1 }
    while index < range.upperBound {
      let byte = line[index]
      guard byte >= 0x30, byte <= 0x39 else { return nil }
      value = value * 10 + Int64(byte - 0x30)
      index += 1
    }
    guard value <= RequestID.largest else { return nil }
    return .number(negative ? -value : value)
  }
}
