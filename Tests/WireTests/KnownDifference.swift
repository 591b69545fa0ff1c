import FoundationEssentials
import Wire

/// Where the scanner and `JSONDecoder` part ways on purpose.
enum KnownDifference: String {
  /// Foundation reads UTF-16 and UTF-32 where the first bytes look like it; the wire is UTF-8.
  case otherEncoding
  /// Foundation skips a byte-order mark; the contract has none.
  case byteOrderMark
  /// Foundation lets a comma stand before a closing bracket; RFC 8259 does not.
  case trailingComma
  /// Foundation refuses numbers no Double can hold as if they were no JSON; the contract calls them wrong parameters.
  case unrepresentableNumber
  /// Foundation refuses some short spellings of zero with an exponent: `0e3` but not `0e30`, `-0.0e12` but not `0.0e12`.
  case zeroWithExponent
  /// Foundation never looks at the value of a member whose name comes twice.
  case duplicateMember
  /// The contract stops at 64, Foundation at 512.
  case depth

  /// The reason for a difference, if it is one of ours. Each is shown to be the whole reason: with it mended, both agree.
  static func reason(_ line: [UInt8], ours: Bool) -> KnownDifference? {
    if ours {
      if hasHugeExponent(line) { return .unrepresentableNumber }
      let mended = withoutExponentsOfZero(line)
      return (try? JSONDecoder().decode(AnyJSON.self, from: mended)) == nil ? nil : .zeroWithExponent
    }
    if line.prefix(4).contains(0) || line.starts(with: [0xFF, 0xFE]) || line.starts(with: [0xFE, 0xFF]) {
      return .otherEncoding
    }
    if line.starts(with: [0xEF, 0xBB, 0xBF]) {
      let rest = Array(line.dropFirst(3))
      return WireInvariants.isJSON(rest) || reason(rest, ours: false) != nil ? .byteOrderMark : nil
    }
    if WireInvariants.isJSON(line, depth: 500) { return .depth }
    if WireInvariants.isJSON(withoutTrailingCommas(line), depth: 500) { return .trailingComma }
    guard let mended = withDistinctMembers(line) else { return nil }
    return (try? JSONDecoder().decode(AnyJSON.self, from: Data(mended))) == nil ? .duplicateMember : nil
  }

  private static func hasHugeExponent(_ line: [UInt8]) -> Bool {
    String(decoding: line, as: UTF8.self).contains(/[eE][+-]?[0-9]{3,}/)
  }

  private static func withoutExponentsOfZero(_ line: [UInt8]) -> Data {
    let exponent = /(^|[^0-9.])(-?0(?:\.0+)?)[eE][+-]?[0-9]+/
    return Data(String(decoding: line, as: UTF8.self).replacing(exponent) { "\($0.1)\($0.2)" }.utf8)
  }

  private static func withoutTrailingCommas(_ line: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    for (index, byte) in line.enumerated() {
      if byte == UInt8(ascii: ","), let next = line[(index + 1)...].first(where: { !isSpace($0) }),
        next == UInt8(ascii: "]") || next == UInt8(ascii: "}")
      {
        continue
      }
      result.append(byte)
    }
    return result
  }

  private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }

  static func hasDuplicateMember(_ line: [UInt8]) -> Bool { withDistinctMembers(line) != nil }

  /// The line with every member's name made its own, so that Foundation has to look at each value; nil when no name comes twice.
  private static func withDistinctMembers(_ line: [UInt8]) -> [UInt8]? {
    let span = line.span
    var names: Set<String> = []
    var isDuplicate = false
    var mended: [UInt8] = []
    var at = 0
    while at < line.count {
      let start = at
      at += 1
      var end = start
      var highBits: UInt8 = 0
      if (try? JSONScanner.skipString(span, &end, highBits: &highBits)) != nil {
        at = end
        JSONScanner.skipSpace(span, &end)
        if end < line.count, line[end] == UInt8(ascii: ":") {
          let name = JSONText.string(span, (start + 1)..<(at - 1), escaped: true)
          if !names.insert(name).inserted { isDuplicate = true }
          mended += Array("\"\(mended.count) ".utf8) + line[(start + 1)..<at]
          continue
        }
      }
      mended += line[start..<at]
    }
    return isDuplicate ? mended : nil
  }
}
