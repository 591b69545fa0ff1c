import HTTP

/// What a server said went wrong, in whichever of their shapes.
struct ServerError: Sendable, Hashable {
  var status: Int?
  var message: String
  var type: String = ""
  var code: String = ""
  /// The member of the request it complains about.
  var parameter: String = ""
  var retryAfter: Duration?

  /// An error among the events of an answer, or instead of them; nil when the JSON is none.
  init?(in json: LooseJSON) {
    if let error = json["error"], !error.isNull, error.bool != false, error.bytes?.isEmpty != true {
      self.init(error, around: json)
    } else if let error = json["choices"]?.array?.first?["error"], !error.isNull {
      self.init(error, around: json)
    } else if json["object"]?.string == "error" || json["type"]?.string == "error" {
      self.init(json, around: json)
    } else if json["choices"] == nil, json["message"]?.isObject != true,
      let detail = json["detail"] ?? json["errors"] ?? json["msg"], !detail.isNull
    {
      self.init(detail, around: json)
    } else if json["choices"] == nil, json["role"] == nil, let message = json["message"]?.string {
      self.init(message: message)
      code = json["code"]?.word ?? ""
    } else {
      return nil
    }
  }

  init(message: String, status: Int? = nil) {
    self.message = message
    self.status = status
  }

  /// The body of an answer whose status already says that it is an error.
  init(status: Int, body: [UInt8], head: HTTPHead) {
    if let json = LooseJSON(body.span), let error = ServerError(in: json.array?.first ?? json) {
      self = error
    } else {
      message = Excerpt.of(body)
    }
    if message.isEmpty { message = "status \(status) without a word" }
    self.status = status
  }

  private init(_ error: LooseJSON, around json: LooseJSON) {
    if let text = error.string {
      self.init(message: text)
    } else if let items = error.array {
      // Validation errors, each with a place and a sentence.
      let sentences = items.prefix(4).map { item in
        let place = item["loc"]?.array?.compactMap(\.word).joined(separator: ".") ?? ""
        let sentence = item["msg"]?.string ?? item["message"]?.string ?? item.string ?? ""
        return place.isEmpty ? sentence : "\(place): \(sentence)"
      }
      self.init(message: sentences.joined(separator: "; "))
      parameter = items.first?["loc"]?.array?.last?.string ?? ""
    } else {
      self.init(message: error["message"]?.string ?? error["msg"]?.string ?? error["detail"]?.string ?? "")
      type = error["type"]?.string ?? ""
      code = error["code"]?.word ?? ""
      parameter = error["param"]?.string ?? ""
      if let raw = error["metadata"]?["raw"]?.string { message += " (\(raw))" }
      if message.isEmpty { message = type.isEmpty ? code : type }
    }
    if code.isEmpty { code = json["code"]?.word ?? json["status_code"]?.word ?? "" }
    if let number = Int(code), (400..<600).contains(number) { status = number }
    if message.isEmpty { message = "an error without a word" }
  }

  /// Whether the words speak of the member as a name, not in passing.
  func names(_ member: String) -> Bool {
    if parameter == member || parameter.hasSuffix(".\(member)") { return true }
    let text = message.lowercased()
    for (open, close) in [("'", "'"), ("\"", "\""), ("`", "`"), ("‘", "’"), ("\\\"", "\\\"")]
    where text.contains(open + member + close) { return true }
    // A word with an underscore is nobody's English.
    guard member.contains("_") || member == "temperature" else { return false }
    return text.split { !($0.isLetter || $0.isNumber || $0 == "_") }.contains { $0 == member }
  }
}

extension LooseJSON {
  /// A code as text, be it a string or a number.
  fileprivate var word: String? { string ?? integer.map { String($0) } }
}

/// A few words of what should not have come, for a person to recognise it by.
enum Excerpt {
  static func of(_ bytes: [UInt8]) -> String {
    var text = ""
    var isInTag = false
    for character in String(decoding: bytes.prefix(4096), as: UTF8.self) {
      if character == "<" {
        isInTag = true
        if text.last?.isWhitespace == false { text.append(" ") }
      } else if character == ">" {
        isInTag = false
      } else if !isInTag, !(character.isWhitespace && text.last?.isWhitespace ?? true) {
        text.append(character.isWhitespace ? " " : character)
      }
    }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text.prefix(200))
  }
}
