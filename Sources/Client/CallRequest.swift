public import FoundationEssentials
public import Wire

/// A call that is to be made: its name, its params as JSON text, and whether it may be sent twice.
public struct CallRequest: Sendable {
  public let method: String
  let params: Data?
  let takesKey: Bool
  let hasKey: Bool
  let onlyReads: Bool

  /// Whether a lost connection may be answered by sending it again. By default that is so for calls that only read, and
  /// for calls that carry a `key` (one is made up for calls that take one), because the daemon then does the thing once.
  public var repeats = true
  /// Whether a result that came as `{download, bytes}` is fetched and handed over as if it had come whole.
  public var followsDownloads = true

  /// A call of a declared method.
  public init<M: Method>(_ type: M.Type, _ params: M.Params, key: String? = nil) throws(ClientError) {
    let text: Data
    do {
      text = try JSONText.encoder().encode(params)
    } catch {
      throw .unusableParams("\(M.name) has a value that JSON cannot hold, such as infinity.")
    }
    method = M.name
    onlyReads = M.access == .reads
    takesKey = M.takesKey
    hasKey = key != nil
    self.params = key.map { Self.insert(key: $0, into: text) } ?? text
  }

  /// A call of any method, known to this client or not. `params` is the text of a JSON object.
  public init(method: String, params: Data?) throws(ClientError) {
    let keyed: KeyProbe?
    if let params {
      keyed = try Self.probe(params)
    } else {
      keyed = nil
    }
    let declared = Catalogue.methods.first { $0.name == method }
    self.method = method
    // A line break would end the line. Between tokens a space means the same; within a string it is no JSON.
    self.params = params.map(Self.onOneLine)
    hasKey = keyed?.hasKey ?? false
    onlyReads = declared?.access == .reads
    takesKey = declared?.takesKey ?? false
  }

  /// The params as they go out. A key is written in front of the other members.
  func params(withKey key: String) -> Data { Self.insert(key: key, into: params ?? Data("{}".utf8)) }

  private static func insert(key: String, into object: Data) -> Data {
    guard let brace = object.firstIndex(of: UInt8(ascii: "{")) else { return object }
    var text = Array("{\"key\":".utf8)
    JSONText.append(key, quotedTo: &text)
    let rest = object[(brace + 1)...]
    let isEmpty = rest.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == UInt8(ascii: "}")
    if !isEmpty { text.append(UInt8(ascii: ",")) }
    return Data(text) + rest
  }

  private static func onOneLine(_ text: Data) -> Data {
    let bytes = text.span
    for index in bytes.indices where bytes[index] == 0x0A || bytes[index] == 0x0D {
      return Data(text.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 })
    }
    return text
  }

  private static func probe(_ params: Data) throws(ClientError) -> KeyProbe {
    do {
      return try JSONDecoder().decode(KeyProbe.self, from: params)
    } catch {
      throw .unusableParams("they must be one JSON object, such as {\"limit\": 10}.")
    }
  }
}

/// Looks only for the member `key`; anything but an object fails.
private struct KeyProbe: Decodable {
  let hasKey: Bool
  private enum CodingKeys: String, CodingKey { case key }
  init(from decoder: any Decoder) throws {
    hasKey = try decoder.container(keyedBy: CodingKeys.self).contains(.key)
  }
}

/// What a call answered: the JSON text of its result.
public struct Reply: Hashable, Sendable {
  public let method: String
  public let json: Data

  public init(method: String, json: Data) {
    self.method = method
    self.json = json
  }

  public func decoded<M: Method>(as type: M.Type) throws(ClientError) -> M.Result {
    do {
      return try JSONDecoder().decode(M.Result.self, from: json)
    } catch {
      throw .unexpectedResult(method: method, detail: Self.detail(error))
    }
  }

  /// Where the value and the type part ways, in a few words.
  static func detail(_ error: any Error) -> String {
    switch error {
    case DecodingError.keyNotFound(let key, let context):
      "\(path(context.codingPath + [key])) is missing"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
      DecodingError.dataCorrupted(let context):
      "\(path(context.codingPath)) is of another kind"
    default: "it cannot be read"
    }
  }

  private static func path(_ keys: [any CodingKey]) -> String {
    keys.reduce(into: "result") { text, key in
      if let index = key.intValue { text += "[\(index)]" } else { text += ".\(key.stringValue)" }
    }
  }
}
