public import Model

/// The contract as an OpenRPC document, built from the declarations: what `rpc.discover` answers.
public enum OpenRPCDocument {
  /// Always the same bytes for the same version, once encoded with sorted keys.
  public static func build(version: String) -> JSONValue {
    let book = SchemaBook()
    let methods = Catalogue.methods.map { method($0, book) }
    let notifications = Catalogue.notifications.map { notification($0, book) }
    let topics = Catalogue.topics.map { topic($0, book) }
    return [
      "openrpc": "1.3.2",
      "info": [
        "title": "companiond", "version": .string(version),
        "description": .string(introduction),
        "license": ["name": "ISC"],
      ],
      "methods": .array(methods),
      "components": [
        "schemas": .object(book.named),
        "errors": .object(
          Dictionary(uniqueKeysWithValues: ErrorTable.rows.map { ($0.reason, error($0)) })),
      ],
      "x-notifications": ["notifications": .array(notifications), "topics": .array(topics)],
    ]
  }

  private static let introduction = """
    JSON-RPC 2.0 over a Unix stream socket, one UTF-8 JSON text a line. Parameters go by name. Unknown members are \
    ignored in both directions. Notifications and topics stand under x-notifications.
    """

  private static func method<M: Method>(_ method: M.Type, _ book: SchemaBook) -> JSONValue {
    var parameters = book.members(of: M.Params.self).map(descriptor)
    if M.takesKey { parameters.append(descriptor(SharedMember.key)) }
    return [
      "name": .string(M.name), "summary": .string(M.summary), "description": .string(M.documentation),
      "tags": [["name": .string(namespace(M.name))]],
      "paramStructure": "by-name",
      "params": .array(parameters),
      "result": ["name": "result", "required": true, "schema": result(of: method, book)],
      "errors": .array(errors(of: method).map { ["$ref": .string("#/components/errors/\($0.reason)")] }),
      "examples": [example(of: method)],
      "x-access": .string(M.access.rawValue), "x-scope": .string(M.scope.rawValue),
      "x-key": .bool(M.takesKey), "x-overtakes": .bool(M.overtakes),
    ]
  }

  /// `events` of `events.subscribe`; methods without a point are the server's.
  static func namespace(_ name: String) -> String {
    name.firstIndex(of: ".").map { String(name[..<$0]) } ?? "server"
  }

  private static func descriptor(_ member: SchemaBook.Member) -> JSONValue {
    [
      "name": .string(member.name), "description": .string(member.text ?? ""),
      "required": .bool(member.isRequired), "schema": member.schema,
    ]
  }

  /// The result as it may stand on the wire: with `replayed` where a key is taken, or as a download where it may be large.
  static func result<M: Method>(of method: M.Type, _ book: SchemaBook) -> JSONValue {
    var schema = book.outerSchema(of: M.Result.self)
    if M.takesKey, case .object(var members) = schema, case .object(var properties) = members["properties"] {
      properties[SharedMember.replayed.name] = SharedMember.replayed.describedSchema
      members["properties"] = .object(properties)
      schema = .object(members)
    }
    return M.mayBeLarge ? ["anyOf": [schema, book.schema(of: LargeResult.self)]] : schema
  }

  /// What a caller of this method should be ready for, beside what any line may be answered with.
  static func errors<M: Method>(of method: M.Type) -> [ErrorTable.Row] {
    var codes = Set(M.errors)
    if M.Params.self != Empty.self || M.takesKey { codes.insert(.invalidParams) }
    if M.takesKey { codes.formUnion([.conflict, .cancelled, .stopping]) }
    if M.scope == .admin { codes.insert(.forbidden) }
    return ErrorTable.rows.filter { codes.contains($0.code) && $0.code != .invalidRequest }
  }

  private static func error(_ row: ErrorTable.Row) -> JSONValue {
    var data: [String: JSONValue] = ["reason": .string(row.reason), "retryable": .bool(row.retryable)]
    for member in row.members { data[member.name] = .string(member.text) }
    return [
      "code": .integer(Int64(row.code.rawValue)), "message": .string(row.meaning), "data": .object(data),
    ]
  }

  private static func example<M: Method>(of method: M.Type) -> JSONValue {
    let given = JSONText.value(M.example.params).object ?? [:]
    return [
      "name": .string(M.name),
      "params": .array(
        given.sorted { $0.key < $1.key }.map { ["name": .string($0.key), "value": $0.value] }),
      "result": ["name": "result", "value": JSONText.value(M.example.result)],
    ]
  }

  private static func notification<N: Notification>(_ kind: N.Type, _ book: SchemaBook) -> JSONValue {
    [
      "name": .string(N.name), "summary": .string(N.summary), "description": .string(N.documentation),
      "paramStructure": "by-name",
      "params": .array(book.members(of: N.Params.self).map(descriptor)),
      "examples": [["name": .string(N.name), "value": JSONText.value(N.example)]],
    ]
  }

  private static func topic<T: Topic>(_ topic: T.Type, _ book: SchemaBook) -> JSONValue {
    [
      "name": .string(T.name), "summary": .string(T.summary), "state": .bool(T.isState),
      "data": book.outerSchema(of: T.Payload.self),
      "examples": [["name": .string(T.name), "value": JSONText.value(T.example)]],
    ]
  }
}

/// Members that the server adds to many methods alike, and that no method declares.
enum SharedMember {
  static let key = SchemaBook.Member(
    name: "key", schema: ["type": "string", "minLength": 1, "maxLength": 64], isRequired: false,
    text: """
      Makes the call safe to repeat: the same key with the same parameters has one effect within 24 hours, and later calls \
      answer what the first one did.
      """)

  static let replayed = SchemaBook.Member(
    name: "replayed", schema: ["type": "boolean"], isRequired: false,
    text: "True when this is the answer of an earlier call with the same `key`.")
}
