import Base
import FoundationEssentials
import Model
import Testing

@testable import Wire

/// What is written by hand is the encoder's text, to the byte.
@Suite struct WrittenJSONTests {
  @Test func `every character is escaped as the encoder escapes it`() throws {
    for scalar in (0...0x2FF).compactMap({ Unicode.Scalar($0 as UInt32) }) + ["\u{2028}", "👋", "\u{FFFF}"] {
      let text = "a\(Character(scalar))z"
      var json = JSONWriter()
      json.value(text)
      #expect(json.bytes == JSONText.bytes(text), "U+\(String(scalar.value, radix: 16))")
    }
  }

  @Test(arguments: [Int64.min, -1, 0, 7, .max])
  func `whole numbers are written whole`(_ number: Int64) {
    var json = JSONWriter()
    json.value(number)
    #expect(json.bytes == JSONText.bytes(number))
  }

  @Test func `a message with everything and a message with nothing are the encoder's`() throws {
    for message in [Self.bare, Self.full] {
      var json = JSONWriter()
      json.value(message)
      #expect(
        String(decoding: json.bytes, as: UTF8.self)
          == String(decoding: JSONText.bytes(message), as: UTF8.self))
    }
  }

  @Test func `random pages and replies to sends are the encoder's`() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var random = RandomSource.seeded(seed)
    for _ in 0..<300 {
      let messages = (0..<Int.random(in: 0...4, using: &random)).map { _ in Self.message(&random) }
      let page = ChatHistory.Result(
        messages: messages, leaf: messages.last?.id, tip: messages.first?.id, stale: .random(using: &random),
        more: .random(using: &random))
      #expect(try ChatHistory.bytes(of: page) == JSONText.bytes(page), "seed \(seed)")
      let turn = Bool.random(using: &random) ? MessageSend.example.result.turn : nil
      let sent = MessageSend.Result(
        message: Self.message(&random), turn: turn, replyId: turn?.replyId,
        stale: Bool.random(using: &random) ? .init(tip: Self.bare.id) : nil,
        reply: Bool.random(using: &random) ? Self.message(&random) : nil)
      #expect(try MessageSend.bytes(of: sent) == JSONText.bytes(sent), "seed \(seed)")
    }
  }

  @Test func `events about messages and chats are the encoder's`() throws {
    var chat = MessageCreated.example.chat
    var chosen = ChatSettings()
    (chosen.model, chosen.maxTokens) = ("home/gemma", 300)
    for settings in [ChatSettings(), chosen] {
      for head in [nil, Self.bare.id] {
        (chat.settings, chat.head, chat.turn, chat.title) = (settings, head, head, "a / \n title")
        for cut in [nil, true] {
          let message = MessageCreated.Payload(message: Self.full, chat: chat, cut: cut)
          #expect(try message.writtenJSON() == JSONText.bytes(message))
          let created = ChatCreated.Payload(chat: chat, cut: cut)
          #expect(try created.writtenJSON() == JSONText.bytes(created))
        }
      }
    }
  }

  @Test func `what has no JSON is refused as the encoder refuses it`() {
    var message = Self.bare
    message.parts = [.other(.number(.infinity))]
    let page = ChatHistory.Result(messages: [message], leaf: nil, tip: nil, stale: false, more: false)
    #expect(throws: (any Error).self) { try ChatHistory.bytes(of: page) }
  }

  @Test func `a method without a hand of its own is written by the encoder`() throws {
    let result = Hello.example.result
    #expect(try Hello.bytes(of: result) == JSONText.bytes(result))
  }

  private static let bare = Message(
    id: ULID(high: 1, low: 2), chat: ULID(high: 3, low: .max), role: .user, parts: [],
    createdAt: Timestamp(milliseconds: 0), change: 1)

  private static var full: Message {
    var message = bare
    message.parent = ULID(high: .max, low: 0)
    (message.role, message.status, message.finish) = (.assistant, .partial, .length)
    message.author = "an \"author\" / \\ \u{7F}"
    message.companion = message.id
    message.turn = message.chat
    message.parts = [
      .text("line\none\u{1F}"), .reasoning("why"), .image(message.id), .suggestedPrompt("next"),
      .context(kind: "file", title: nil, text: "t"), .description(image: nil, text: "d"),
      .other(.object(["type": .string("new"), "a": .integer(1)])),
    ]
    message.state = SceneState(
      outfit: [Garment(name: "hat", slot: .head, layer: .outer)], location: "here",
      at: Timestamp(milliseconds: 1_700_000_000_001))
    message.siblings = Message.Siblings(index: 3, count: 12)
    message.images = [message.id, message.chat]
    message.model = "home/gemma"
    message.usage = Usage(promptTokens: 1, completionTokens: 2, cachedTokens: 3, estimated: true)
    (message.hidden, message.mark) = (true, "⭐️")
    message.editedAt = Timestamp(milliseconds: 1_700_000_000_000)
    (message.revision, message.change) = (.max, .min)
    return message
  }

  /// Each member of the full one there or not.
  private static func message(_ random: inout RandomSource) -> Message {
    var message = bare
    let full = full
    func maybe<Value>(_ path: WritableKeyPath<Message, Value>, _ random: inout RandomSource) {
      if Bool.random(using: &random) { message[keyPath: path] = full[keyPath: path] }
    }
    maybe(\.parent, &random)
    maybe(\.author, &random)
    maybe(\.companion, &random)
    maybe(\.parts, &random)
    maybe(\.finish, &random)
    maybe(\.turn, &random)
    maybe(\.state, &random)
    maybe(\.images, &random)
    maybe(\.model, &random)
    maybe(\.usage, &random)
    maybe(\.hidden, &random)
    maybe(\.mark, &random)
    maybe(\.editedAt, &random)
    maybe(\.siblings, &random)
    maybe(\.role, &random)
    maybe(\.status, &random)
    return message
  }
}
