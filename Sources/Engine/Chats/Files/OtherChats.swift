import Base
import Model

/// Chats of further programs, each one JSON text: whoever it is by is seen by its members.
enum OtherChats {
  /// Nil when it is none of those that are known.
  static func read(_ document: JSONValue) -> (chat: IncomingChat, lines: [IncomingLine])? {
    if let pairs = document["data_visible"]?.array { return (IncomingChat(), pairs.flatMap(ooba)) }
    if let messages = document["messages"]?.array { return (IncomingChat(), messages.compactMap(agnai)) }
    if let histories = document["histories"]?["histories"]?.array, let first = histories.first {
      return (IncomingChat(), (first["msgs"]?.array ?? []).compactMap(characterAI))
    }
    if let settings = document["savedsettings"], let actions = document["actions"]?.array {
      return kobold(settings, document["prompt"]?.string, actions.compactMap(\.string))
    }
    if let messages = document["data"]?["message"]?.array ?? document["message"]?.array {
      var chat = IncomingChat()
      chat.title = document["data"]?["name"]?.string.flatMap { (1...512).contains($0.utf8.count) ? $0 : nil }
      return (chat, messages.compactMap(risu))
    }
    return nil
  }

  private static func line(
    _ role: Message.Role, _ text: String?, at date: JSONValue? = nil
  ) -> IncomingLine? {
    guard let text = text.map(Coercion.plain), !text.isBlank else { return nil }
    var way = IncomingLine.Way(text: text)
    way.at = ChatDate.read(date)
    return IncomingLine(role: role, ways: [way])
  }

  /// Pairs of what was asked and what was answered; either may be empty.
  private static func ooba(_ pair: JSONValue) -> [IncomingLine] {
    let texts = pair.array ?? []
    return [
      line(.user, texts.first?.string), line(.assistant, texts.count > 1 ? texts[1].string : nil),
    ].compactMap { $0 }
  }

  private static func agnai(_ message: JSONValue) -> IncomingLine? {
    let isUser = message["userId"]?.string != nil
    return line(isUser ? .user : .assistant, message["msg"]?.string, at: message["createdAt"])
  }

  private static func characterAI(_ message: JSONValue) -> IncomingLine? {
    line(
      message["src"]?["is_human"] == true ? .user : .assistant, message["text"]?.string,
      at: message["created"])
  }

  private static func risu(_ message: JSONValue) -> IncomingLine? {
    var result = line(
      message["role"] == "user" ? .user : .assistant, message["data"]?.string, at: message["time"])
    result?.isHidden = message["disabled"] == true || message["isComment"] == true
    if message["isComment"] == true { result?.role = .system }
    if let model = message["generationInfo"]?["model"]?.string, (1...200).contains(model.utf8.count) {
      result?.ways[0].model = model
    }
    return result
  }

  /// One long text in pieces, with marks where each speaker begins.
  private static func kobold(
    _ settings: JSONValue, _ prompt: String?, _ actions: [String]
  ) -> (IncomingChat, [IncomingLine]) {
    var chat = IncomingChat()
    chat.user = settings["chatname"]?.string?.trimmed
    chat.companion = settings["chatopponent"]?.string?.split(separator: "||$||").first.map {
      String($0).trimmed
    }
    var lines: [IncomingLine] = []
    for text in [prompt ?? ""] + actions {
      var rest = text[...]
      var role = lines.isEmpty ? Message.Role.assistant : .user
      var piece = ""
      func end() { if let made = line(role, piece.trimmed) { lines.append(made) } }
      while !rest.isEmpty {
        if let (next, count) = mark(rest) {
          end()
          (role, piece) = (next, "")
          rest = rest.dropFirst(count)
        } else {
          piece.append(rest.removeFirst())
        }
      }
      end()
    }
    return (chat, lines)
  }

  private static func mark(_ text: Substring) -> (Message.Role, Int)? {
    if text.hasPrefix("{{[INPUT]}}") { return (.user, 11) }
    if text.hasPrefix("{{[OUTPUT]}}") { return (.assistant, 12) }
    return nil
  }
}
