import Model

/// What one type asked for.
final class SchemaRecord {
  var members: [(name: String, schema: JSONValue, isRequired: Bool)] = []
  /// Keys whose presence the type looked up first: it tells an absent member from a `null` one.
  var asked: Set<String> = []
}

/// A decoder without a document: notes which members a type asks for, and answers with made-up values.
struct SchemaProbe: Decoder {
  let book: SchemaBook
  let record: SchemaRecord
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(KeyedProbe<Key>(book: book, record: record))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw unwatchable }
  func singleValueContainer() throws -> any SingleValueDecodingContainer { throw unwatchable }

  private var unwatchable: DecodingError {
    .dataCorrupted(.init(codingPath: [], debugDescription: "only types made of named members can be watched"))
  }
}

private struct KeyedProbe<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let book: SchemaBook
  let record: SchemaRecord
  var codingPath: [any CodingKey] { [] }
  var allKeys: [Key] { [] }

  func contains(_ key: Key) -> Bool {
    record.asked.insert(key.stringValue)
    return true
  }

  func decodeNil(forKey key: Key) -> Bool { true }

  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
    note(type, key, isRequired: true)
    return try book.sample(of: type)
  }

  // Every type by name: otherwise the library's own versions would answer, and they ask `contains` first.
  func decodeIfPresent(_ type: Bool.Type, forKey key: Key) -> Bool? { absent(type, key) }
  func decodeIfPresent(_ type: String.Type, forKey key: Key) -> String? { absent(type, key) }
  func decodeIfPresent(_ type: Double.Type, forKey key: Key) -> Double? { absent(type, key) }
  func decodeIfPresent(_ type: Int.Type, forKey key: Key) -> Int? { absent(type, key) }
  func decodeIfPresent(_ type: Int32.Type, forKey key: Key) -> Int32? { absent(type, key) }
  func decodeIfPresent(_ type: Int64.Type, forKey key: Key) -> Int64? { absent(type, key) }
  func decodeIfPresent(_ type: UInt32.Type, forKey key: Key) -> UInt32? { absent(type, key) }
  func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) -> T? { absent(type, key) }

  private func absent<T: Decodable>(_ type: T.Type, _ key: Key) -> T? {
    note(type, key, isRequired: false)
    return nil
  }

  private func note<T: Decodable>(_ type: T.Type, _ key: Key, isRequired: Bool) {
    if record.members.contains(where: { $0.name == key.stringValue }) { return }
    let schema = book.schema(of: type)
    let told = record.asked.contains(key.stringValue) ? schema.orNull : schema
    record.members.append((name: key.stringValue, schema: told, isRequired: isRequired))
  }

  func nestedContainer<Nested>(keyedBy type: Nested.Type, forKey key: Key) throws -> KeyedDecodingContainer<
    Nested
  > {
    throw nesting(key)
  }
  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { throw nesting(key) }
  func superDecoder() throws -> any Decoder { throw nesting(nil) }
  func superDecoder(forKey key: Key) throws -> any Decoder { throw nesting(key) }

  private func nesting(_ key: Key?) -> DecodingError {
    .dataCorrupted(
      .init(
        codingPath: key.map { [$0] } ?? [], debugDescription: "give what is nested here a type of its own"))
  }
}
