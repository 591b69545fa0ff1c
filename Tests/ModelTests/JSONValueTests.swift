import FoundationEssentials
import Model
import Testing

@Suite struct JSONValueTests {
  private func decode(_ text: String) throws -> JSONValue {
    try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
  }

  private func encode(_ value: JSONValue) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  @Test(arguments: [
    "null", "true", "false", "0", "-7", "9223372036854775807", "-9223372036854775808", "0.5", "\"\"",
    "\"a\\n\\\"é漢👩‍🚀/\"", "[]", "[null,[1,[2.5]],\"x\"]", "{}", "{\"a\":{\"b\":[{}]},\"c\":null}",
  ])
  func `what comes in goes out the same`(text: String) throws {
    #expect(try encode(try decode(text)) == text)
  }

  @Test func `integers and numbers are told apart by what they hold`() throws {
    #expect(try decode("1") == .integer(1))
    #expect(try decode("1.5") == .number(1.5))
    #expect(try decode("9223372036854775808") == .number(9_223_372_036_854_775_808))
    #expect(try decode("true") == .bool(true))
    #expect(try decode("\"1\"") == .string("1"))
  }

  @Test func `literals and accessors`() {
    let value: JSONValue = ["a": [1, 2.5, "x", true, nil], "b": ["c": "d"]]
    #expect(value["a"]?.array == [.integer(1), .number(2.5), .string("x"), .bool(true), .null])
    #expect(value["b"]?["c"]?.string == "d")
    #expect(value["a"]?.array?.first?.integer == 1)
    #expect(value["none"] == nil && value.string == nil && value.array == nil && value.integer == nil)
    #expect(value.object?.count == 2)
  }
}
