import FoundationEssentials
public import Model

/// The number a program switches on. Unknown ones survive, so that an old client can show a new daemon's error.
public struct ErrorCode: RawRepresentable, Hashable, Sendable, Codable {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }

  public static let parse = ErrorCode(rawValue: -32700)
  public static let invalidRequest = ErrorCode(rawValue: -32600)
  public static let methodNotFound = ErrorCode(rawValue: -32601)
  public static let invalidParams = ErrorCode(rawValue: -32602)
  public static let `internal` = ErrorCode(rawValue: -32603)
  public static let notFound = ErrorCode(rawValue: 1)
  public static let conflict = ErrorCode(rawValue: 2)
  public static let busy = ErrorCode(rawValue: 3)
  public static let rateLimited = ErrorCode(rawValue: 4)
  public static let providerUnavailable = ErrorCode(rawValue: 5)
  public static let providerRefused = ErrorCode(rawValue: 6)
  public static let tooLarge = ErrorCode(rawValue: 7)
  public static let unsupported = ErrorCode(rawValue: 8)
  public static let cancelled = ErrorCode(rawValue: 9)
  public static let stopping = ErrorCode(rawValue: 10)
  public static let storageFull = ErrorCode(rawValue: 11)
  public static let forbidden = ErrorCode(rawValue: 12)
  public static let refused = ErrorCode(rawValue: 13)
  public static let timeout = ErrorCode(rawValue: 14)
  public static let storageFailed = ErrorCode(rawValue: 15)
}

/// What a call answers when it cannot do what was asked: one plain sentence for a person, one stable word for programs.
public struct RPCError: Error, Hashable, Sendable {
  public var code: ErrorCode
  public var message: String
  public var reason: String
  /// Whether the same call may succeed later.
  public var retryable: Bool
  /// Members of `data` beside `reason` and `retryable`.
  public var details: [String: JSONValue]

  public init(
    _ code: ErrorCode, reason: String, _ message: String, retryable: Bool = false,
    details: [String: JSONValue] = [:]
  ) {
    self.code = code
    self.message = message
    self.reason = reason
    self.retryable = retryable
    self.details = details
  }

  /// As it stands behind `"error":`. Values of ours always encode.
  public var encoded: [UInt8] {
    (try? JSONText.encoder().encode(self)).map { Array($0) } ?? Array("null".utf8)
  }
}

extension RPCError: Codable {
  private enum CodingKeys: String, CodingKey { case code, message, data }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    code = try container.decode(ErrorCode.self, forKey: .code)
    message = try container.decode(String.self, forKey: .message)
    details = try container.decodeIfPresent([String: JSONValue].self, forKey: .data) ?? [:]
    reason = details.removeValue(forKey: "reason")?.string ?? ""
    retryable = details.removeValue(forKey: "retryable") == .bool(true)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(code, forKey: .code)
    try container.encode(message, forKey: .message)
    var data = details
    data["reason"] = .string(reason)
    data["retryable"] = .bool(retryable)
    try container.encode(data, forKey: .data)
  }
}
