import FoundationEssentials
import Model
import Wire

/// A place in a method's parameters where a text or an id stands, as the contract describes it.
struct CallPlace: Hashable {
  let method: String
  /// The names on the way; `[]` is an item of a list.
  let path: [String]
  /// An id by its type, so it names something whatever it is called.
  let isID: Bool

  var name: String { path.last { $0 != "[]" } ?? "" }
  var description: String { "\(method) \(path.joined(separator: "."))" }
}

/// What a text in parameters can mean.
enum PlaceMeaning: Hashable {
  /// Something of a vault: somebody else's must be nothing at all.
  case names(Household.Kind)
  /// A place in a list of this method.
  case cursor
  /// Words, settings, and what is the same for everybody.
  case nothing

  /// Nil for a place that nobody has thought about yet.
  static func of(_ place: CallPlace) -> PlaceMeaning? {
    if let special = special[place.description] { return special }
    if let kind = kinds[place.name] { return .names(kind) }
    if place.isID { return nil }
    if place.name == "cursor" { return .cursor }
    return words.contains(place.name) ? .nothing : nil
  }

  private static let special: [String: PlaceMeaning] = [
    "call.cancel id": .names(.call),
    "events.subscribe since": .names(.sequence),
    // Not shown to anybody yet, so that every id is as good as nobody's.
    "message.send images.[]": .nothing,
  ]

  private static let kinds: [String: Household.Kind] = [
    "after": .message, "backup": .backup, "before": .message, "chat": .chat, "chats": .chat,
    "companion": .companion, "companions": .companionID, "download": .download, "folder": .folder,
    "header": .image, "image": .image, "images": .image, "job": .job, "mask": .image, "portrait": .image,
    "source": .image,
    "leaf": .message, "message": .message, "root": .message, "subscription": .subscription,
    "trash": .trash, "turn": .turn, "upload": .upload,
  ]

  private static let words: Set<String> = [
    "action", "appearance", "checkpoint", "client", "context", "data", "defaults", "extra", "fields",
    "handle", "hires", "instruction",
    "location", "loras", "model", "negative", "provider", "sampler", "scheduler", "seed", "styles", "vae",
    "name", "note", "outfit", "persona", "picture", "prompt", "query", "rating", "roleplay", "scenario",
    "settings", "tagline", "tags", "text", "title", "topics", "user",
  ]
}

/// The contract's methods with their places, read from the document that clients read.
struct CallBook {
  struct Call {
    let name: String
    let isForAdmins: Bool
    /// The parameters of the documented example.
    let example: [String: JSONValue]
    let places: [CallPlace]
  }

  let calls: [Call]

  init() {
    let document = OpenRPCDocument.build(version: "0")
    calls = (document["methods"]?.array ?? []).map { method in
      let name = method["name"]?.string ?? ""
      let example = (method["examples"]?.array?.first?["params"]?.array ?? []).map { member in
        (member["name"]?.string ?? "", member["value"] ?? .null)
      }
      var places: [CallPlace] = []
      for member in method["params"]?.array ?? [] {
        // The idempotency key is looked up in the caller's own vault, and has a test of its own.
        guard let parameter = member["name"]?.string, parameter != "key" else { continue }
        Self.collect(&places, of: name, at: [parameter], member["schema"] ?? .null)
      }
      return Call(
        name: name, isForAdmins: method["x-scope"] == "admin",
        example: Dictionary(example, uniquingKeysWith: { first, _ in first }), places: places)
    }
  }

  /// Objects count as one place, by their own name: what stands in them is content.
  private static func collect(
    _ places: inout [CallPlace], of method: String, at path: [String], _ schema: JSONValue
  ) {
    if let items = schema["items"] {
      return collect(&places, of: method, at: path + ["[]"], items)
    }
    let types = schema["type"].map { type in type.array ?? [type] } ?? []
    let isScalar =
      !types.isEmpty && types.allSatisfy { ["integer", "number", "boolean", "null"].contains($0) }
    if isScalar || schema["enum"] != nil || schema["format"] == "date-time" { return }
    places.append(CallPlace(method: method, path: path, isID: schema["title"] == "ULID"))
  }
}

extension JSONValue {
  init(parsing line: String) throws {
    self = try JSONDecoder().decode(JSONValue.self, from: Data(line.utf8))
  }

  /// The same with this value in place of what is there, and with the objects and lists on the way.
  func setting(_ value: JSONValue, at path: ArraySlice<String>) -> JSONValue {
    guard let name = path.first else { return value }
    if name == "[]" { return .array([JSONValue.null.setting(value, at: path.dropFirst())]) }
    var members = object ?? [:]
    members[name] = (members[name] ?? .null).setting(value, at: path.dropFirst())
    return .object(members)
  }

  func removing(_ name: String) -> JSONValue { .object((object ?? [:]).filter { $0.key != name }) }

  var encoded: String { String(decoding: JSONText.bytes(self), as: UTF8.self) }

  /// A text as it is, anything else as JSON.
  var plain: String { string ?? encoded }

  /// As text, with nothing left of these names: two answers that are equal so differ in nothing else.
  func anonymous(_ names: [String]) -> String {
    names.sorted { $0.utf8.count > $1.utf8.count }.reduce(encoded) { $0.replacing($1, with: "•") }
  }
}
