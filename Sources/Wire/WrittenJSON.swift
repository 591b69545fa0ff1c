import FoundationEssentials

/// A value that writes its own JSON, because it is sent where the time of `JSONEncoder` counts. What it writes is the encoder's text
/// to the byte, which tests hold it to.
public protocol WritesJSON: Encodable {
  func write(to json: inout JSONWriter)
}

extension WritesJSON {
  /// Throws when a number such as infinity slipped into it.
  public func writtenJSON() throws -> [UInt8] {
    var json = JSONWriter()
    write(to: &json)
    if let failure = json.failure { throw failure }
    return json.bytes
  }
}

extension Method where Result: WritesJSON {
  public static func bytes(of result: Result) throws -> [UInt8] { try result.writtenJSON() }
}

/// JSON text in the making: members in the order of the alphabet, as the project's encoder puts them.
public struct JSONWriter {
  public private(set) var bytes: [UInt8] = []
  /// Why something in it has no JSON; the text is not to be used then.
  public private(set) var failure: (any Error)?

  public init() { bytes.reserveCapacity(1024) }

  /// An object with the members that `body` writes.
  public mutating func object(_ body: (inout JSONWriter) -> Void) {
    bytes.append(UInt8(ascii: "{"))
    body(&self)
    bytes.append(UInt8(ascii: "}"))
  }

  public mutating func array<Item>(_ items: [Item], _ body: (inout JSONWriter, Item) -> Void) {
    bytes.append(UInt8(ascii: "["))
    for (index, item) in items.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      body(&self, item)
    }
    bytes.append(UInt8(ascii: "]"))
  }

  /// The name of the object's next member, whose value must follow. Names of ours need no escaping.
  public mutating func name(_ name: String) {
    if bytes.last != UInt8(ascii: "{") { bytes.append(UInt8(ascii: ",")) }
    bytes.append(UInt8(ascii: "\""))
    bytes.append(contentsOf: name.utf8)
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
  }

  public mutating func value(_ value: Bool) { bytes.append(contentsOf: (value ? "true" : "false").utf8) }

  public mutating func value(_ value: some FixedWidthInteger) {
    bytes.append(contentsOf: String(value).utf8)
  }

  /// Text that holds nothing to be escaped, such as an identifier or a time.
  public mutating func plain(_ value: some CustomStringConvertible) {
    bytes.append(UInt8(ascii: "\""))
    bytes.append(contentsOf: value.description.utf8)
    bytes.append(UInt8(ascii: "\""))
  }

  public mutating func value(_ value: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in value.utf8 {
      if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
        bytes.append(byte)
      } else {
        escape(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func escape(_ byte: UInt8) {
    bytes.append(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
    case 0x08: bytes.append(UInt8(ascii: "b"))
    case 0x09: bytes.append(UInt8(ascii: "t"))
    case 0x0A: bytes.append(UInt8(ascii: "n"))
    case 0x0C: bytes.append(UInt8(ascii: "f"))
    case 0x0D: bytes.append(UInt8(ascii: "r"))
    default:
      bytes.append(contentsOf: byte < 0x10 ? "u000".utf8 : "u00".utf8)
      bytes.append(contentsOf: String(byte, radix: 16).utf8)
    }
  }

  /// What is rare enough for the encoder.
  public mutating func encoded(_ value: some Encodable) {
    do {
      bytes.append(contentsOf: try JSONText.encoder().encode(value))
    } catch {
      failure = failure ?? error
    }
  }
}
