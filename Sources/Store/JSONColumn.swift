import FoundationEssentials

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

func decoded<Value: Decodable>(_ bytes: [UInt8]) throws(StoreError) -> Value {
  do {
    return try JSONDecoder().decode(Value.self, from: Data(bytes))
  } catch {
    throw .corrupt("a stored \(Value.self) cannot be read")
  }
}
