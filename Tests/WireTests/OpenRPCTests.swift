import FoundationEssentials
import Model
import Testing

@testable import Wire

@Suite struct OpenRPCTests {
  private let document = OpenRPCDocument.build(version: "1.0.0")

  @Test func `the document fits the OpenRPC meta-schema`() throws {
    let schema = try json(openRPCMetaSchema)
    #expect(SchemaValidator(root: schema).faults(document, schema) == [])
  }

  private static let wrongMembers: [(String, JSONValue)] = [
    ("openrpc", "2.0.0"), ("methods", ["no object"]), ("info", ["title": "companiond"]), ("surprise", 1),
    ("components", ["errors": ["parse_error": ["code": "1", "message": ""]]]),
  ]

  @Test(arguments: wrongMembers)
  func `a document that does not fit is noticed`(member: String, value: JSONValue) throws {
    let schema = try json(openRPCMetaSchema)
    var members = try #require(document.object)
    members[member] = value
    #expect(SchemaValidator(root: schema).faults(.object(members), schema) != [])
  }

  @Test func `the document is the same each time it is built`() {
    let bytes = JSONText.bytes(document)
    for _ in 0..<5 { #expect(JSONText.bytes(OpenRPCDocument.build(version: "1.0.0")) == bytes) }
    #expect(bytes.count < 8 << 20)
  }

  @Test func `the document names every method, notification and topic`() {
    func names(_ list: JSONValue?) -> [String] { list?.array?.compactMap { $0["name"]?.string } ?? [] }
    #expect(names(document["methods"]) == Catalogue.methods.map { $0.name })
    let others = document["x-notifications"]
    #expect(names(others?["notifications"]) == Catalogue.notifications.map { $0.name })
    #expect(names(others?["topics"]) == Catalogue.topics.map { $0.name })
  }

  @Test func `every example of the document fits the schema beside it`() throws {
    let validator = SchemaValidator(root: document)
    var checked = 0
    for method in document["methods"]?.array ?? [] {
      let name = method["name"]?.string ?? "?"
      for example in method["examples"]?.array ?? [] {
        let given = example["params"]?.array ?? []
        for parameter in method["params"]?.array ?? [] {
          let value = given.first { $0["name"] == parameter["name"] }?["value"]
          #expect(value != nil || parameter["required"] == false, "\(name): a required parameter lacks")
          guard let value, let schema = parameter["schema"] else { continue }
          #expect(validator.faults(value, schema) == [], "\(name)")
          checked += 1
        }
        let result = try #require(example["result"]?["value"])
        let schema = try #require(method["result"]?["schema"])
        #expect(validator.faults(result, schema) == [], "\(name)")
        checked += 1
      }
    }
    for kind in document["x-notifications"]?["notifications"]?.array ?? [] {
      let members = kind["params"]?.array ?? []
      for example in kind["examples"]?.array ?? [] {
        for member in members {
          guard let name = member["name"]?.string, let value = example["value"]?[name] else {
            #expect(member["required"] == false)
            continue
          }
          #expect(validator.faults(value, try #require(member["schema"])) == [])
          checked += 1
        }
      }
    }
    for topic in document["x-notifications"]?["topics"]?.array ?? [] {
      for example in topic["examples"]?.array ?? [] {
        #expect(validator.faults(try #require(example["value"]), try #require(topic["data"])) == [])
        checked += 1
      }
    }
    #expect(checked > 40)
  }

  @Test func `every reference leads somewhere`() {
    let validator = SchemaValidator(root: document)
    func visit(_ value: JSONValue) {
      if let reference = value["$ref"] {
        let faults = validator.faults(.null, ["$ref": reference])
        #expect(!faults.contains { $0.contains("no schema") }, "\(reference)")
      }
      value.object?.values.forEach(visit)
      value.array?.forEach(visit)
    }
    visit(document["components"] ?? .null)
    let schemas = document["methods"]?.array?.flatMap {
      ($0["params"]?.array ?? []) + [$0["result"] ?? .null]
    }
    visit(.array(schemas ?? []))
    for method in document["methods"]?.array ?? [] {
      for error in method["errors"]?.array ?? [] {
        let name = error["$ref"]?.string?.split(separator: "/").last.map(String.init) ?? ""
        #expect(document["components"]?["errors"]?[name] != nil)
      }
    }
  }

  @Test func `every example decodes into its type and encodes back equal`() throws {
    func roundTrip<T: Codable>(_ value: T, _ place: String) throws {
      let bytes = JSONText.bytes(value)
      let again = try JSONDecoder().decode(T.self, from: Data(bytes))
      #expect(JSONText.bytes(again) == bytes, "\(place)")
    }
    for method in Catalogue.methods {
      func check<M: Method>(_ method: M.Type) throws {
        try roundTrip(M.example.params, M.name)
        try roundTrip(M.example.result, M.name)
      }
      try check(method)
    }
    for kind in Catalogue.notifications {
      func check<N: Wire.Notification>(_ kind: N.Type) throws { try roundTrip(N.example, N.name) }
      try check(kind)
    }
    for topic in Catalogue.topics {
      func check<T: Topic>(_ topic: T.Type) throws { try roundTrip(T.example, T.name) }
      try check(topic)
    }
  }

  @Test func `a method that takes a key says so, and that it may be answered again`() {
    let method = document["methods"]?.array?.first { $0["name"] == "settings.set" }
    #expect(method?["x-key"] == true)
    #expect(method?["params"]?.array?.contains { $0["name"] == "key" } == true)
    #expect(method?["result"]?["schema"]?["properties"]?["replayed"]?["type"] == "boolean")
    let reading = document["methods"]?.array?.first { $0["name"] == "settings.get" }
    #expect(reading?["params"]?.array?.isEmpty == true)
  }

  @Test func `a member that may be cleared may be null`() {
    let method = document["methods"]?.array?.first { $0["name"] == "settings.set" }
    let user = method?["params"]?.array?.first { $0["name"] == "user" }
    #expect(user?["schema"]?["oneOf"]?.array?.last == ["type": "null"])
    let reuse = method?["params"]?.array?.first { $0["name"] == "reuse" }
    #expect(reuse?["schema"] == ["type": "boolean"])
  }
}
