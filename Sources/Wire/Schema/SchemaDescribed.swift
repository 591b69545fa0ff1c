public import Base
public import FoundationEssentials
public import Model

/// A type whose JSON form cannot be told by watching it decode: scalars, containers, and values with a form of their own.
///
/// A type of the wire whose decoding refuses made-up values conforms too; everything else is watched by `SchemaBook`.
public protocol SchemaDescribed {
  static func schema(in book: SchemaBook) -> JSONValue
  /// Any value, to go on with behind this one.
  static var sample: Self { get }
}

extension String: SchemaDescribed {
  public static func schema(in book: SchemaBook) -> JSONValue { ["type": "string"] }
  public static var sample: String { "" }
}

extension Bool: SchemaDescribed {
  public static func schema(in book: SchemaBook) -> JSONValue { ["type": "boolean"] }
  public static var sample: Bool { false }
}

extension Double: SchemaDescribed {
  public static func schema(in book: SchemaBook) -> JSONValue { ["type": "number"] }
  public static var sample: Double { 0 }
}

extension SchemaDescribed where Self: FixedWidthInteger {
  public static func schema(in book: SchemaBook) -> JSONValue {
    var schema: [String: JSONValue] = ["type": "integer"]
    if !isSigned { schema["minimum"] = 0 }
    // Integers of the wire fit 53 bits; only narrower types say so.
    if bitWidth < 53 { (schema["minimum"], schema["maximum"]) = (.integer(Int64(min)), .integer(Int64(max))) }
    return .object(schema)
  }
  public static var sample: Self { 0 }
}

extension Int: SchemaDescribed {}
extension Int32: SchemaDescribed {}
extension Int64: SchemaDescribed {}
extension UInt32: SchemaDescribed {}

extension Optional: SchemaDescribed where Wrapped: Decodable {
  public static func schema(in book: SchemaBook) -> JSONValue { book.schema(of: Wrapped.self).orNull }
  public static var sample: Wrapped? { nil }
}

extension Array: SchemaDescribed where Element: Decodable {
  public static func schema(in book: SchemaBook) -> JSONValue {
    ["type": "array", "items": book.schema(of: Element.self)]
  }
  public static var sample: [Element] { [] }
}

extension Dictionary: SchemaDescribed where Key == String, Value: Decodable {
  public static func schema(in book: SchemaBook) -> JSONValue {
    ["type": "object", "additionalProperties": book.schema(of: Value.self)]
  }
  public static var sample: [String: Value] { [:] }
}

extension JSONValue: SchemaDescribed {
  /// Whatever it is, it is allowed.
  public static func schema(in book: SchemaBook) -> JSONValue { [:] }
  public static var sample: JSONValue { .null }
}

extension Data: SchemaDescribed {
  public static func schema(in book: SchemaBook) -> JSONValue {
    ["type": "string", "contentEncoding": "base64"]
  }
  public static var sample: Data { Data() }
}

extension ULID: SchemaDescribed {
  public static func schema(in book: SchemaBook) -> JSONValue {
    ["type": "string", "pattern": "^[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}$", "title": "ULID"]
  }
  public static var sample: ULID { ULID(high: 0, low: 0) }
}

extension Timestamp: SchemaDescribed {
  public static func schema(in book: SchemaBook) -> JSONValue { ["type": "string", "format": "date-time"] }
  public static var sample: Timestamp { Timestamp(milliseconds: 0) }
}

extension RequestID: SchemaDescribed {
  public static func schema(in book: SchemaBook) -> JSONValue { ["type": ["integer", "string"]] }
  public static var sample: RequestID { .number(0) }
}

extension ErrorCode: SchemaDescribed {
  public static func schema(in book: SchemaBook) -> JSONValue { ["type": "integer"] }
  public static var sample: ErrorCode { .internal }
}

extension RPCError: SchemaDescribed {
  public static func schema(in book: SchemaBook) -> JSONValue {
    [
      "type": "object", "required": ["code", "message", "data"],
      "properties": [
        "code": ["type": "integer"], "message": ["type": "string"],
        "data": [
          "type": "object", "required": ["reason", "retryable"],
          "properties": ["reason": ["type": "string"], "retryable": ["type": "boolean"]],
        ],
      ],
    ]
  }
  public static var sample: RPCError { .cancelled }
}

extension JSONValue {
  /// The same schema, with `null` allowed too.
  var orNull: JSONValue {
    guard case .object(var members) = self, !members.isEmpty else { return self }
    if let type = members["type"]?.string, members["enum"] == nil {
      members["type"] = [.string(type), "null"]
      return .object(members)
    }
    return ["oneOf": [self, ["type": "null"]]]
  }
}
