import Base
import FoundationEssentials

/// Writes JSON text out again, on one line or spread for reading, member for member as it came: numbers keep their digits.
///
/// What could drive a terminal is legal in JSON strings (DEL, the C1 characters, marks that turn the direction), so it is written as
/// `\u` escapes, which mean the same. The text was validated when the line it came in was read.
struct JSONPrinter {
  private let spreads: Bool
  private let output: Output
  private var depth = 0
  private var text = ""

  static func oneLine(_ json: Data, _ output: Output) -> String { print(json, spreads: false, output) }
  static func spread(_ json: Data, _ output: Output) -> String { print(json, spreads: true, output) }

  private static func print(_ json: Data, spreads: Bool, _ output: Output) -> String {
    var printer = JSONPrinter(spreads: spreads, output: output)
    printer.run(Array(json))
    return printer.text
  }

  private init(spreads: Bool, output: Output) {
    self.spreads = spreads
    self.output = output
  }

  private mutating func run(_ bytes: [UInt8]) {
    var at = 0
    while at < bytes.count {
      switch bytes[at] {
      case 0x20, 0x09, 0x0A, 0x0D: at += 1
      case UInt8(ascii: "{"), UInt8(ascii: "["): open(bytes, &at)
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        newLine()
        text.unicodeScalars.append(Unicode.Scalar(bytes[at]))
        at += 1
      case UInt8(ascii: ","):
        text += ","
        newLine()
        at += 1
      case UInt8(ascii: ":"):
        text += spreads ? ": " : ":"
        at += 1
      case UInt8(ascii: "\""): string(bytes, &at)
      default: word(bytes, &at)
      }
    }
  }

  private mutating func open(_ bytes: [UInt8], _ at: inout Int) {
    text.unicodeScalars.append(Unicode.Scalar(bytes[at]))
    at += 1
    while at < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[at]) { at += 1 }
    if at < bytes.count, bytes[at] == UInt8(ascii: "}") || bytes[at] == UInt8(ascii: "]") {
      text.unicodeScalars.append(Unicode.Scalar(bytes[at]))
      at += 1
    } else {
      depth += 1
      newLine()
    }
  }

  private mutating func newLine() {
    if spreads { text += "\n" + String(repeating: "  ", count: max(0, depth)) }
  }

  private mutating func string(_ bytes: [UInt8], _ at: inout Int) {
    let start = at
    at += 1
    while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
      at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1
    }
    at = min(at + 1, bytes.count)
    let literal = Self.harmless(String(decoding: bytes[start..<at], as: UTF8.self))
    var next = at
    while next < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[next]) { next += 1 }
    let isName = next < bytes.count && bytes[next] == UInt8(ascii: ":")
    text += spreads ? output.styled(literal, isName ? .cyan : .green) : literal
  }

  private mutating func word(_ bytes: [UInt8], _ at: inout Int) {
    let start = at
    while at < bytes.count, !" \t\r\n,:{}[]\"".utf8.contains(bytes[at]) { at += 1 }
    let literal = String(decoding: bytes[start..<at], as: UTF8.self)
    text += spreads ? output.styled(literal, .yellow) : literal
  }

  /// `\u{85}` and its like as the escapes of JSON.
  static func harmless(_ literal: String) -> String {
    guard literal.printable() != literal else { return literal }
    return literal.unicodeScalars.reduce(into: "") { result, scalar in
      if String(scalar).printable() == String(scalar) {
        result.unicodeScalars.append(scalar)
      } else {
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
      }
    }
  }
}
