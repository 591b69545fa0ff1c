import FoundationEssentials
import Model
import Testing

@Suite struct PatchTests {
  private struct Holder: Codable, Hashable {
    var name: Patch<String>

    enum CodingKeys: String, CodingKey { case name }
    init(_ name: Patch<String>) { self.name = name }
    init(from decoder: any Decoder) throws {
      name = try decoder.container(keyedBy: CodingKeys.self).decodePatch(String.self, forKey: .name)
    }
    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encodePatch(name, forKey: .name)
    }
  }

  @Test(arguments: [("{}", Patch<String>.keep), (#"{"name":null}"#, .clear), (#"{"name":"x"}"#, .set("x"))])
  func `three states, both ways`(text: String, patch: Patch<String>) throws {
    let holder = try JSONDecoder().decode(Holder.self, from: Data(text.utf8))
    #expect(holder.name == patch)
    #expect(String(decoding: try JSONEncoder().encode(Holder(patch)), as: UTF8.self) == text)
  }

  @Test func `a wrong type is a fault at its member`() {
    #expect {
      try JSONDecoder().decode(Holder.self, from: Data(#"{"name":7}"#.utf8))
    } throws: { fault in
      guard case DecodingError.typeMismatch(_, let context)? = fault as? DecodingError else { return false }
      return context.codingPath.map(\.stringValue) == ["name"]
    }
  }

  @Test func `applies to what is there`() {
    #expect(Patch<String>.keep.applied(to: "old") == "old")
    #expect(Patch<String>.keep.applied(to: nil) == nil)
    #expect(Patch<String>.clear.applied(to: "old") == nil)
    #expect(Patch.set("new").applied(to: "old") == "new")
    #expect(Patch.set("new").applied(to: nil) == "new")
  }
}
