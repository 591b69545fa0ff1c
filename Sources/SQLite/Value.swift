package import Base

/// What a statement's parameter is bound to.
package enum Value: Sendable, Hashable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case bytes([UInt8])
  /// The sixteen bytes of an identifier, without an array on the way.
  case ulid(ULID)

  package static func integer(_ value: Int) -> Value { .integer(Int64(value)) }
  package static func bool(_ value: Bool) -> Value { .integer(value ? Int64(1) : 0) }
  package static func optional(_ value: Int64?) -> Value { value.map { .integer($0) } ?? .null }
  package static func optional(_ value: Double?) -> Value { value.map { .real($0) } ?? .null }
  package static func optional(_ value: ULID?) -> Value { value.map { .ulid($0) } ?? .null }
  package static func optional(_ value: String?) -> Value { value.map { .text($0) } ?? .null }
  package static func optional(_ value: [UInt8]?) -> Value { value.map { .bytes($0) } ?? .null }
}
