import Base
import FoundationEssentials
import Model
import Providers

/// What a job is to make, as its row keeps it. Composed when it is asked for: what is drawn is what a preview would have shown at that
/// moment, and a try after a failure draws the same.
struct PicturePlan: Codable, Sendable, Hashable {
  var order: PictureOrder
  var kind: Image.Kind
  /// The picture to change, and where it may be changed.
  var source: ULID?
  var mask: ULID?
  /// It becomes the companion's portrait.
  var isPortrait: Bool?

  init(_ order: PictureOrder, as kind: Image.Kind) {
    self.order = order
    self.kind = kind
  }

  var text: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Only a number that JSON has no form for could fail, and those are refused before.
    guard let data = try? encoder.encode(self) else { return "{}" }
    return String(decoding: data, as: UTF8.self)
  }

  /// Nil for what a later build has written in another way.
  init?(_ text: String) {
    guard let plan = try? JSONDecoder().decode(PicturePlan.self, from: Data(text.utf8)) else { return nil }
    self = plan
  }

  /// What a picture remembers of its order beside its prompt and its seed.
  var params: JSONValue? {
    guard let data = try? JSONEncoder().encode(order),
      var members = (try? JSONDecoder().decode(JSONValue.self, from: data))?.object
    else { return nil }
    for name in ["prompt", "negative", "seed"] { members[name] = nil }
    members = members.filter { $0.value != .array([]) && $0.value != .object([:]) }
    if let source { members["source"] = .string(source.description) }
    if let mask { members["mask"] = .string(mask.description) }
    return .object(members)
  }

  /// The order that a picture was made with; nil for one that was brought.
  init?(of image: Image) {
    guard let prompt = image.prompt else { return nil }
    var members = image.params?.object ?? [:]
    (source, mask) = (
      members["source"]?.string.flatMap(ULID.init), members["mask"]?.string.flatMap(ULID.init)
    )
    for name in ["source", "mask"] { members[name] = nil }
    for (name, empty) in Self.emptyMembers where members[name] == nil { members[name] = empty }
    members["prompt"] = .string(prompt)
    members["negative"] = .string(image.negative ?? "")
    guard let data = try? JSONEncoder().encode(JSONValue.object(members)),
      let order = try? JSONDecoder().decode(PictureOrder.self, from: data)
    else { return nil }
    self.order = order
    self.order.seed = image.seed.flatMap { UInt64($0) }
    kind = image.kind
  }

  /// Members of an order that are always there.
  private static let emptyMembers: [String: JSONValue] = [
    "loras": .array([]), "styles": .array([]), "extra": .object([:]),
  ]
}
