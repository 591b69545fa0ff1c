/// What ties a reply to its request: a string of at most 128 bytes, or an integer that fits 53 bits. `"1"` and `1` differ.
public enum RequestID: Hashable, Sendable {
  case number(Int64)
  case string(String)

  /// The largest integer that every JSON reader keeps exact.
  public static let largest: Int64 = (1 << 53) - 1
}

extension RequestID: CustomStringConvertible {
  public var description: String {
    switch self {
    case .number(let number): String(number)
    case .string(let string): string
    }
  }
}

extension RequestID: Codable {
  public init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let number = try? value.decode(Int64.self) {
      self = .number(number)
    } else {
      self = .string(try value.decode(String.self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    switch self {
    case .number(let number): try value.encode(number)
    case .string(let string): try value.encode(string)
    }
  }
}
