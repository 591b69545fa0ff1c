public import FoundationEssentials
public import Model

/// Bytes of JSON in and out: the few steps that are done by hand because they are hot, and the rest through Foundation.
public enum JSONText {
  /// The text of a string literal's inside. The scanner has checked it, so this cannot fail.
  public static func string(_ line: borrowing Span<UInt8>, _ range: Range<Int>, escaped: Bool) -> String {
    let inside = line.extracting(range)
    if !escaped {
      return unsafe inside.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }
    var bytes: [UInt8] = [UInt8(ascii: "\"")]
    unsafe inside.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    bytes.append(UInt8(ascii: "\""))
    return (try? JSONDecoder().decode(String.self, from: Data(bytes))) ?? ""
  }

  public static func data(_ line: borrowing Span<UInt8>, _ range: Range<Int>) -> Data {
    unsafe line.extracting(range).withUnsafeBufferPointer { unsafe Data(buffer: $0) }
  }

  /// The project's encoding of values: members in a stable order, slashes as they are.
  public static func encoder() -> JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }

  /// The bytes of a value of ours.
  public static func bytes(_ value: some Encodable) -> [UInt8] {
    do {
      return Array(try encoder().encode(value))
    } catch {
      preconditionFailure("\(type(of: value)) does not encode: \(error)")
    }
  }

  /// A value of ours as JSON. Such values always encode; one that does not is a bug that the documents' tests find.
  public static func value(_ value: some Encodable) -> JSONValue {
    do {
      return try JSONDecoder().decode(JSONValue.self, from: encoder().encode(value))
    } catch {
      preconditionFailure("\(type(of: value)) does not encode: \(error)")
    }
  }

  /// A string as the encoder writes it, quotes included.
  public static func append(_ text: String, quotedTo bytes: inout [UInt8]) {
    JSONWriter.append(text, quotedTo: &bytes)
  }

  /// The same bytes as `bytes(_:)` makes of a value, by the value's own hand.
  public static func written(_ value: some WritesJSON) -> [UInt8] {
    do {
      return try value.writtenJSON()
    } catch {
      preconditionFailure("\(type(of: value)) does not encode: \(error)")
    }
  }
}
