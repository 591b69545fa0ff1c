public import Model

/// JSON schemas derived from Swift types, so that nobody writes a member's name and type a second time.
///
/// A type is made to decode from a decoder that records what it asks for and answers with made-up values. Named types land in
/// `named` and are referred to; the parameters and results of methods stand where they are used. Not for hot paths, and
/// not to be shared between threads: make one, ask it, read `named`.
public final class SchemaBook {
  /// One member of an object, in the order of its declaration.
  public struct Member: Hashable, Sendable {
    public let name: String
    public let schema: JSONValue
    public let isRequired: Bool
    /// Nil where nobody documented it, which a test refuses.
    public let text: String?
  }

  /// Object schemas by type name, as they go under `components.schemas`.
  public private(set) var named: [String: JSONValue] = [:]
  /// The same types' members, for pages.
  public private(set) var membersByName: [String: [Member]] = [:]
  /// Texts of types about members they do not have. Empty, or a test fails.
  public private(set) var strayTexts: [String] = []

  public init() {}

  public static let prefix = "#/components/schemas/"

  /// The schema of a member of this type: spelled out for scalars and lists, a reference for objects.
  public func schema(of type: any Decodable.Type) -> JSONValue {
    if let described = type as? any SchemaDescribed.Type { return described.schema(in: self) }
    if let words = words(of: type) { return ["type": "string", "enum": .array(words.map { .string($0) })] }
    let name = Self.name(of: type)
    if named[name] == nil {
      named[name] = .null  // A type that holds itself finds this and refers to it.
      let members = members(of: type)
      membersByName[name] = members
      named[name] = Self.object(members, title: name)
    }
    return ["$ref": .string(Self.prefix + name)]
  }

  /// The schema of a method's parameters or result: an object's members are spelled out unless the type is a named value.
  public func outerSchema(of type: any Decodable.Type) -> JSONValue {
    let name = Self.name(of: type)
    let isAnonymous = ["Params", "Result", "Payload"].contains { name.hasSuffix("." + $0) }
    return isAnonymous || type == Empty.self ? Self.object(members(of: type), title: nil) : schema(of: type)
  }

  public static func object(_ members: [Member], title: String?) -> JSONValue {
    var schema: [String: JSONValue] = ["type": "object"]
    if let title { schema["title"] = .string(title) }
    if !members.isEmpty {
      schema["properties"] = .object(
        Dictionary(uniqueKeysWithValues: members.map { ($0.name, $0.describedSchema) }))
    }
    let required = members.filter(\.isRequired).map { JSONValue.string($0.name) }
    if !required.isEmpty { schema["required"] = .array(required) }
    return .object(schema)
  }

  /// What an object type asks for when it is decoded; empty for types that are no objects.
  public func members(of type: any Decodable.Type) -> [Member] {
    if type is any SchemaDescribed.Type || words(of: type) != nil { return [] }
    let record = SchemaRecord()
    probe(type, into: record)
    let texts = (type as? any Documented.Type)?.fields ?? [:]
    let names = Set(record.members.map(\.name))
    strayTexts += texts.keys.filter { !names.contains($0) }.sorted().map { "\(Self.name(of: type)).\($0)" }
    return record.members.map {
      Member(name: $0.name, schema: $0.schema, isRequired: $0.isRequired, text: texts[$0.name])
    }
  }

  private func probe<T: Decodable>(_ type: T.Type, into record: SchemaRecord) {
    do {
      _ = try T(from: SchemaProbe(book: self, record: record))
    } catch {
      preconditionFailure("\(T.self) refuses made-up values (\(error)); let it conform to SchemaDescribed")
    }
  }

  /// A made-up value of the type, for decoders that need one to go on.
  func sample<T: Decodable>(of type: T.Type) throws -> T {
    if let described = type as? any SchemaDescribed.Type, let sample = described.sample as? T {
      return sample
    }
    if let choices = type as? any (CaseIterable & RawRepresentable).Type, let first = first(of: choices) as? T
    {
      return first
    }
    return try T(from: SchemaProbe(book: self, record: SchemaRecord()))
  }

  private func first<T: CaseIterable>(of type: T.Type) -> Any? { T.allCases.first }

  /// The raw values of an enumeration of words; nil for other types.
  private func words(of type: any Any.Type) -> [String]? {
    func rawValues<T: CaseIterable & RawRepresentable>(_ type: T.Type) -> [String]? {
      let words = T.allCases.compactMap { $0.rawValue as? String }
      return words.isEmpty ? nil : words
    }
    return (type as? any (CaseIterable & RawRepresentable).Type).flatMap { rawValues($0) }
  }

  /// `Hello.Limits`: the type's name without its module's.
  public static func name(of type: any Any.Type) -> String {
    let full = String(reflecting: type)
    return full.firstIndex(of: ".").map { String(full[full.index(after: $0)...]) } ?? full
  }
}

extension SchemaBook.Member {
  /// With the member's text beside it.
  public var describedSchema: JSONValue {
    guard let text, case .object(var members) = schema else { return schema }
    members["description"] = .string(text)
    return .object(members)
  }
}
