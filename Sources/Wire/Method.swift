public import FoundationEssentials

/// A call's contract on one screen: its name, what goes in, what comes out, and what to tell people about it.
///
/// The handler stands in Server under the same file name, the test in Tests. Everything a client, the OpenRPC document and
/// the protocol page know of a method comes from here.
public protocol Method: Sendable {
  associatedtype Params: Codable & Sendable
  associatedtype Result: Codable & Sendable

  static var name: String { get }
  /// One line, without a full stop.
  static var summary: String { get }
  /// What a user of the method must know beyond the types: effects, order, what happens at limits.
  static var documentation: String { get }
  static var access: MethodAccess { get }
  static var scope: MethodScope { get }
  /// Whether it may start before calls that were sent earlier and still wait.
  static var overtakes: Bool { get }
  /// Whether a result that does not fit into a line is offered as `{download, bytes}`.
  static var mayBeLarge: Bool { get }
  /// Errors it answers beside those that any call may.
  static var errors: [ErrorCode] { get }
  static var example: MethodExample<Params, Result> { get }
  /// The result's JSON. Throws when a number such as infinity slipped into it.
  static func bytes(of result: Result) throws -> [UInt8]
  /// A call's parameters, of bytes that have passed the scanner.
  static func params(from bytes: Data) throws(RPCError) -> Params
}

/// What a call may do to the owner's vault: `reads` changes no row, `writes` does and takes an idempotency `key`, `streams`
/// changes what is sent to this connection.
public enum MethodAccess: String, Codable, Hashable, Sendable, CaseIterable {
  case reads, writes, streams
}

/// Who may call: anybody with a vault, or only those who run the daemon.
public enum MethodScope: String, Codable, Hashable, Sendable, CaseIterable {
  case owner, admin
}

public struct MethodExample<Params: Sendable, Result: Sendable>: Sendable {
  public let params: Params
  public let result: Result

  public init(_ params: Params, _ result: Result) {
    self.params = params
    self.result = result
  }
}

extension Method {
  public static var scope: MethodScope { .owner }
  public static var overtakes: Bool { false }
  public static var mayBeLarge: Bool { false }
  public static var errors: [ErrorCode] { [] }
  public static func bytes(of result: Result) throws -> [UInt8] {
    Array(try JSONText.encoder().encode(result))
  }
  public static func params(from bytes: Data) throws(RPCError) -> Params {
    try JSONText.params(Params.self, from: bytes)
  }
  /// Every method that writes a vault takes `key`.
  public static var takesKey: Bool { access == .writes }
}

/// No members, in either direction.
public struct Empty: Codable, Hashable, Sendable {
  public init() {}
}

/// A message the daemon sends of its own accord.
public protocol Notification: Sendable {
  associatedtype Params: Codable & Sendable
  static var name: String { get }
  static var summary: String { get }
  static var documentation: String { get }
  static var example: Params { get }
}

/// What an `event` can be about.
public protocol Topic: Sendable {
  associatedtype Payload: Codable & Sendable
  static var name: String { get }
  static var summary: String { get }
  /// A later event about the same thing replaces an unsent earlier one.
  static var isState: Bool { get }
  static var example: Payload { get }
}
