import FoundationEssentials
import SQLite

// JSON in columns: members sorted, so that equal values are equal texts.

func encoded(_ value: some Encodable) throws(StoreError) -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  do {
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  } catch {
    // A number that JSON has no form for (NaN) is the only way here.
    throw .body(error)
  }
}

/// Whether two values are the same bytes. `==` takes letters for equal that are written in different ways (an accent of its own, or one
/// with its letter), and an edit that changes only that is an edit.
func areSame<Value: Encodable & Equatable>(_ one: Value, _ other: Value) throws(StoreError) -> Bool {
  guard one == other else { return false }
  return try encoded(one).utf8.elementsEqual(encoded(other).utf8)
}

func encoded(_ value: (some Encodable)?) throws(StoreError) -> Value {
  guard let value else { return .null }
  return .text(try encoded(value))
}

/// Nil stays nil, so that a column that is NULL costs nothing.
func decoded<Value: Decodable>(_ bytes: [UInt8]?) throws(StoreError) -> Value? {
  guard let bytes else { return nil }
  let value: Value = try decoded(bytes)
  return value
}

func decoded<Value: Decodable>(_ bytes: [UInt8]) throws(StoreError) -> Value {
  do {
    return try JSONDecoder().decode(Value.self, from: Data(bytes))
  } catch {
    throw .corrupt("a stored \(Value.self) cannot be read")
  }
}
