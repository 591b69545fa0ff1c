public import FoundationEssentials
import Model

extension JSONText {
  /// Reads a call's parameters, or says in the contract's words which member does not fit and what was expected there.
  ///
  /// The bytes must have passed the scanner. A number that does not fit its type is a fault without a place in the library's
  /// eyes; then the parameters are searched for it by the type's schema. Only failures pay for that.
  public static func params<Value: Decodable>(
    _ type: Value.Type, from bytes: Data, with decoder: JSONDecoder = JSONDecoder()
  ) throws(RPCError) -> Value {
    do {
      return try decoder.decode(type, from: bytes)
    } catch let fault as DecodingError {
      if let value = try? decoder.decode(LooseJSON.self, from: bytes), let misfit = misfit(value, type) {
        throw misfit
      }
      throw RPCError(decoding: fault, of: type)
    } catch let error as RPCError {
      throw error
    } catch {
      throw .invalidParams(path: "params", expected: "an object as the method describes it")
    }
  }

  private static func misfit(_ value: LooseJSON, _ type: any Decodable.Type) -> RPCError? {
    let book = SchemaBook()
    return book.misfit(value, SchemaBook.object(book.members(of: type), title: nil), at: "params")
  }
}

/// JSON in which a number may be one that no type of ours holds.
private enum LooseJSON: Decodable {
  case number(Double?)
  case array([LooseJSON])
  case object([String: LooseJSON])
  case other

  init(from decoder: any Decoder) throws {
    if let object = try? decoder.container(keyedBy: AnyKey.self) {
      var members: [String: LooseJSON] = [:]
      for key in object.allKeys { members[key.stringValue] = try object.decode(LooseJSON.self, forKey: key) }
      self = .object(members)
    } else if var array = try? decoder.unkeyedContainer() {
      var items: [LooseJSON] = []
      while !array.isAtEnd { items.append(try array.decode(LooseJSON.self)) }
      self = .array(items)
    } else {
      let value = try decoder.singleValueContainer()
      let isOther =
        value.decodeNil() || (try? value.decode(Bool.self)) != nil || (try? value.decode(String.self)) != nil
      self = isOther ? .other : .number(try? value.decode(Double.self))
    }
  }
}

extension SchemaBook {
  /// The first number, in the order of declaration, that the schema has no room for.
  fileprivate func misfit(_ value: LooseJSON, _ schema: JSONValue, at path: String) -> RPCError? {
    let schema = resolved(schema)
    switch value {
    case .number(let number):
      let types = schema["type"]?.array ?? schema["type"].map { [$0] } ?? ["number"]
      if types.contains("number") {
        return number == nil ? .invalidParams(path: path, expected: "number that fits 64 bits") : nil
      }
      guard types.contains("integer") else { return nil }
      let minimum = schema["minimum"]?.integer.map(Double.init) ?? -0x1p63
      let maximum = schema["maximum"]?.integer.map(Double.init) ?? 0x1p63
      guard let number, number == number.rounded(), number >= minimum, number < 0x1p63, number <= maximum
      else {
        return .invalidParams(path: path, expected: integerWords(schema))
      }
      return nil
    case .array(let items):
      let inner = schema["items"] ?? [:]
      return items.enumerated().lazy.compactMap { self.misfit($1, inner, at: "\(path)[\($0)]") }.first
    case .object(let members):
      let known = schema["properties"]?.object ?? [:]
      // Where the schema is empty anything may stand, but its numbers must still be numbers of ours.
      let isAnything = schema.object?.isEmpty == true
      let rest = isAnything ? JSONValue.object([:]) : schema["additionalProperties"]
      return members.sorted { $0.key < $1.key }.lazy.compactMap { name, member in
        (known[name] ?? rest).flatMap { self.misfit(member, $0, at: "\(path).\(name)") }
      }.first
    case .other: return nil
    }
  }

  private func integerWords(_ schema: JSONValue) -> String {
    switch (schema["minimum"]?.integer, schema["maximum"]?.integer) {
    case (let low?, let high?): "integer from \(low) to \(high)"
    case (let low?, nil): "integer from \(low) on"
    default: "integer"
    }
  }
}
