import FoundationEssentials
import Testing
import Wire

/// Holds a value to its exact JSON, both ways.
func checkCoding<Value: Codable & Equatable>(
  _ value: Value, _ json: String, at location: SourceLocation = #_sourceLocation
) throws {
  #expect(String(decoding: JSONText.bytes(value), as: UTF8.self) == json, sourceLocation: location)
  let decoded = try JSONDecoder().decode(Value.self, from: Data(json.utf8))
  #expect(decoded == value, sourceLocation: location)
}
