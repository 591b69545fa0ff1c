public import Base
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
  public mutating func name(_ name: StaticString) {
    if bytes.last != UInt8(ascii: "{") { bytes.append(UInt8(ascii: ",")) }
    bytes.append(UInt8(ascii: "\""))
    append(name)
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
  }

  public mutating func value(_ value: Bool) { append(value ? "true" : "false") }

  public mutating func value(_ value: some FixedWidthInteger) {
    guard let small = Int64(exactly: value) else { return bytes.append(contentsOf: String(value).utf8) }
    MessageLine.append(small, to: &bytes)
  }

  public mutating func plain(_ value: ULID) {
    bytes.append(UInt8(ascii: "\""))
    value.write(to: &bytes)
    bytes.append(UInt8(ascii: "\""))
  }

  public mutating func plain(_ value: Timestamp) {
    bytes.append(UInt8(ascii: "\""))
    value.write(to: &bytes)
    bytes.append(UInt8(ascii: "\""))
  }

  /// Text that holds nothing to be escaped, such as a word of ours.
  public mutating func plain(_ value: String) {
    bytes.append(UInt8(ascii: "\""))
    bytes.append(contentsOf: value.utf8)
    bytes.append(UInt8(ascii: "\""))
  }

  public mutating func value(_ value: String) { Self.append(value, quotedTo: &bytes) }

  /// A string as the encoder writes it. What needs no escape is copied in one piece: that is nearly all there ever is.
  static func append(_ text: String, quotedTo bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { text in
      let raw = UnsafeRawBufferPointer(text)
      var (start, index) = (0, 0)
      while index < text.count {
        if index + 8 <= text.count, unsafe isPlain(raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
        {
          index += 8
          continue
        }
        let byte = unsafe text[index]
        if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
          unsafe bytes.append(contentsOf: text[start..<index])
          escape(byte, to: &bytes)
          start = index + 1
        }
        index += 1
      }
      unsafe bytes.append(contentsOf: text[start...])
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Whether none of eight bytes needs an escape. May say no where that is not so, next to a byte that does.
  private static func isPlain(_ eight: UInt64) -> Bool {
    let (ones, highs): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
    let (quotes, slashes) = (eight ^ (ones &* 0x22), eight ^ (ones &* 0x5C))
    let found = (eight &- ones &* 0x20) & ~eight | (quotes &- ones) & ~quotes | (slashes &- ones) & ~slashes
    return found & highs == 0
  }

  private static func escape(_ byte: UInt8, to bytes: inout [UInt8]) {
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

  private mutating func append(_ text: StaticString) { MessageLine.append(text, to: &bytes) }

  /// What is rare enough for the encoder.
  public mutating func encoded(_ value: some Encodable) {
    do {
      bytes.append(contentsOf: try JSONText.encoder().encode(value))
    } catch {
      failure = failure ?? error
    }
  }
}
