import Base
import FoundationEssentials
import Model
import Store
import Testing

@testable import Engine

/// Whole chats in and out.
@Suite struct ChatFileTests {
  private let mira = EngineHouse.mira

  private func house() async throws -> EngineHouse {
    let house = try await EngineHouse()
    _ = try await house.engine.companions.create(
      persona: Persona(name: "Ada"), handle: nil, tags: [], of: mira, recording: nil,
      origin: EngineHouse.origin)
    return house
  }

  private func bring(
    _ text: String, into house: EngineHouse, companion: String? = nil
  ) async throws -> ChatTransferDesk.Imported {
    let recorded = try await house.engine.transfers.import(
      .data(Data(text.utf8)), companion: companion, of: mira, recording: nil, origin: EngineHouse.origin)
    guard case .fresh(let imported) = recorded else { throw EngineError.fault("replayed") }
    return imported
  }

  private func take(
    _ chat: Chat?, _ format: ChatTransferDesk.Format, from house: EngineHouse, leaf: ULID? = nil
  ) async throws -> String {
    let chat = try #require(chat)
    let bytes = try await house.engine.transfers.export(chat.id, format, leaf: leaf, of: mira) {
      Array($0.text.utf8)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A chat without what is another one's each time: ids, and the moments of the rows.
  private func picture(_ chat: Chat?, in house: EngineHouse) async throws -> [String] {
    let chat = try #require(chat)
    var lines: [String] = []
    var rest: ULID? = chat.head
    let history = try await house.engine.chats.history(
      of: chat.id, leaf: rest, before: nil, after: nil, limit: 200, owner: mira)
    for message in history.messages {
      let beside = try await house.engine.messages.siblings(
        of: message.id, cursor: nil, limit: 200, owner: mira
      ).items
      let ways = try beside.map { way in
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let parts = String(decoding: try encoder.encode(way.message.parts), as: UTF8.self)
        return "\(parts) \(way.message.createdAt) \(way.message.model ?? "") \(way.message.mark ?? "") "
          + "\(way.message.state.map { "\($0)" } ?? "")"
      }
      lines.append(
        "\(message.role) \(message.author ?? "") \(message.hidden ?? false) \(message.siblings.index): \(ways)"
      )
      rest = message.id
    }
    #expect(rest != nil)
    return lines + ["\(chat.title) \(chat.mode) \(chat.messages) \(chat.settings)"]
  }

  private let tavern = """
    {"user_name":"Mira","character_name":"Ada","create_date":"2023-6-19 @14h 20m 00s 0ms","chat_metadata":{"note_prompt":"Night.","note_depth":2,"note_interval":1}}
    {"name":"Ada","is_user":false,"is_system":false,"send_date":"June 19, 2023 2:20pm","mes":"Second hello.","swipes":["First hello.","stale text"],"swipe_id":1,"swipe_info":[{"send_date":"June 19, 2023 2:19pm","extra":{"model":"old"}}],"extra":{"model":"new","api":"x","reasoning":"Hm."}}
    {"name":"Mira","is_user":true,"is_system":false,"send_date":"2023-6-19@14h21m05s","mes":"Hi there.","extra":{}}
    {"name":"Ada","is_user":false,"is_system":true,"send_date":1687184500000,"mes":"Hidden.","extra":{"isSmallSys":true}}
    {"name":"System","is_user":false,"is_system":false,"send_date":"1687184501000","mes":"Night falls.","extra":{"type":"narrator"}}
    {"name":"Bea","is_user":false,"send_date":"2023-06-19T14:23:00Z","mes":"I am here too.","swipes":["a",7,null,{"message":"chub"}],"swipe_id":9}
    {"name":"Ada","is_user":false,"send_date":"some day","mes":"Last.","title":"kept","force_avatar":"x.png"}
    not a line
    {"name":"Ada","is_user":false,"mes":""}
    """

  @Test func `a chat of SillyTavern becomes a tree`() async throws {
    let house = try await house()
    let imported = try await bring(tavern, into: house)
    let chat = try #require(imported.chat)
    #expect(imported.companion?.name == "Ada" && imported.messages == 10 && chat.messages == 10)
    #expect(chat.settings.note == AuthorNote(text: "Night.", depth: 2, role: nil, every: 1))
    #expect(chat.settings.user?.name == "Mira" && chat.unread == 0)
    #expect(imported.warnings.count == 2, "\(imported.warnings)")
    let history = try await house.engine.chats.history(
      of: chat.id, leaf: nil, before: nil, after: nil, limit: 50, owner: mira)
    let messages = history.messages
    #expect(
      messages.map(\.text) == [
        "Second hello.", "Hi there.", "Hidden.", "Night falls.", "I am here too.", "Last.",
      ])
    #expect(messages.map(\.role) == [.assistant, .user, .assistant, .narrator, .assistant, .assistant])
    #expect(messages.map { $0.hidden ?? false } == [false, false, true, false, false, false])
    #expect(messages.map(\.author) == [nil, nil, nil, nil, "Bea", nil])
    #expect(messages.map(\.siblings.count) == [2, 1, 1, 1, 4, 1] && messages[0].siblings.index == 1)
    #expect(messages[0].createdAt.description == "2023-06-19T14:20:00.000Z" && messages[0].model == "new")
    #expect(messages[1].createdAt.description == "2023-06-19T14:21:05.000Z")
    #expect(
      messages[2].createdAt.milliseconds == 1_687_184_500_000
        && messages[3].createdAt.milliseconds == 1_687_184_501_000)
    // A date that nobody understands is that of the line before.
    #expect(messages[5].createdAt == messages[4].createdAt)
    #expect(messages[0].parts.first == .reasoning("Hm."))
    let beside = try await house.engine.messages.siblings(
      of: messages[4].id, cursor: nil, limit: 50, owner: mira
    ).items
    #expect(beside.map(\.message.text) == ["a", "7", "chub", "I am here too."])
    #expect(house.told.events.count { if case .chatCreated = $0.subject { true } else { false } } == 1)
  }

  @Test(arguments: [ChatTransferDesk.Format.jsonl, .json])
  func `what goes out comes in again equal`(_ format: ChatTransferDesk.Format) async throws {
    let house = try await house()
    let first = try await bring(tavern, into: house).chat
    let ids = try await house.engine.chats.history(
      of: try #require(first).id, leaf: nil, before: nil, after: nil, limit: 50, owner: mira
    ).messages.map(\.id)
    _ = try await house.engine.messages.mark(
      ids[1], "here", of: mira, recording: nil, origin: EngineHouse.origin)
    _ = try await house.engine.scenes.set(
      try #require(first).id, leaf: ids[1], .init(outfit: .text("red coat"), location: "the stair"), of: mira,
      recording: nil, origin: EngineHouse.origin)
    let out = try await take(first, format, from: house)
    let imported = try await bring(out, into: house)
    #expect(imported.warnings.isEmpty, "\(imported.warnings)")
    let before = try await picture(house.engine.chats.get(try #require(first).id, of: mira), in: house)
    let after = try await picture(imported.chat, in: house)
    #expect(after == before)
    #expect(before.contains { $0.contains("red coat") && $0.contains("here") })
    // And once more, to the letter where there are no ids in it.
    if format == .jsonl {
      let again = try await take(imported.chat, format, from: house)
      let lines = { (text: String) in text.split(separator: "\n").dropFirst() }
      #expect(lines(again) == lines(out))
    }
  }

  @Test func `the tree keeps its branches, one branch its own`() async throws {
    let house = try await house()
    let text = """
      {"format":"companiond.chat","version":1,"companion":"Ada","title":"Tea","mode":"story","head":"b","messages":[
      {"id":"a","role":"user","parts":[{"type":"text","text":"Hi"}],"createdAt":"2024-01-01T00:00:00Z"},
      {"id":"b","parent":"a","role":"assistant","parts":[{"type":"text","text":"One"}]},
      {"id":"c","parent":"a","role":"assistant","parts":[{"type":"text","text":"Two"}]},
      {"id":"d","parent":"c","role":"user","parts":[{"type":"text","text":"On"}]},
      {"id":"e","parent":"gone","role":"user","parts":[{"type":"text","text":"Lost"}]},
      {"id":"f","role":"nobody","parts":[]}
      ]}
      """
    let imported = try await bring(text, into: house)
    let chat = try #require(imported.chat)
    #expect(
      chat.title == "Tea" && chat.mode == .story && imported.messages == 5 && imported.warnings.count == 2)
    let branch = try await take(chat, .markdown, from: house)
    #expect(
      branch.hasPrefix("# Tea\n\nAda and User, begun ") && branch.contains("\nOne\n")
        && !branch.contains("Two"))
    let leaves = try await house.engine.chats.leaves(of: chat.id, cursor: nil, limit: 10, owner: mira).items
    #expect(Set(leaves.map(\.text)) == ["One", "On", "Lost"])
    let other = try #require(leaves.first { $0.text == "On" })
    let line = try await take(chat, .jsonl, from: house, leaf: other.id)
    #expect(line.contains("\"mes\":\"Two\"") && line.contains("\"swipes\":[\"One\",\"Two\"]"))
  }

  @Test(arguments: [
    (#"{"data_visible":[["Hi","Hello"],["","More"]]}"#, ["Hi", "Hello", "More"]),
    (#"{"messages":[{"userId":"u","msg":"Hi"},{"msg":"Hello"}]}"#, ["Hi", "Hello"]),
    (
      #"{"histories":{"histories":[{"msgs":[{"src":{"is_human":false},"text":"Hello"},{"src":{"is_human":true},"text":"Hi"}]}]}}"#,
      ["Hello", "Hi"]
    ),
    (
      #"{"savedsettings":{"chatname":"Me","chatopponent":"Ada||$||Bea"},"prompt":"Once.","actions":["{{[INPUT]}}Hi{{[OUTPUT]}}Hello"]}"#,
      ["Once.", "Hi", "Hello"]
    ),
    (
      #"{"data":{"message":[{"role":"user","data":"Hi"},{"role":"char","data":"Hello","time":1700000000000}]}}"#,
      ["Hi", "Hello"]
    ),
    (
      #"[{"name":"A","is_user":true,"mes":"Hi"},{"name":"B","is_user":false,"mes":"Hello"}]"#,
      ["Hi", "Hello"]
    ),
    (
      "\u{FEFF}{\"name\":\"Mira\",\"is_user\":true,\"mes\":\"Hi\"}\r\n\r\n{\"name\":\"Ada\",\"mes\":\"Hello\"}",
      ["Hi", "Hello"]
    ),
  ])
  func `chats of further programs come in`(_ text: String, _ texts: [String]) async throws {
    let house = try await house()
    let chat = try #require(try await bring(text, into: house, companion: "ada").chat)
    let history = try await house.engine.chats.history(
      of: chat.id, leaf: nil, before: nil, after: nil, limit: 50, owner: mira)
    #expect(history.messages.map(\.text) == texts)
  }

  @Test(arguments: [
    "", "nonsense", "{}", "[]", "{\"user_name\":\"a\",\"chat_metadata\":{}}",
    #"{"spec":"chara_card_v2","data":{"name":"A"}}"#,
    #"{"format":"companiond.chat","messages":[]}"#, "{\"data_visible\":[]}", "\n\n\n",
  ])
  func `what is no chat is refused and leaves nothing`(_ text: String) async throws {
    let house = try await house()
    await #expect(throws: EngineError.self) { try await bring(text, into: house) }
    #expect(
      try await house.engine.chats.list(companion: nil, of: mira, query: nil, cursor: nil, limit: 10).items
        .isEmpty)
    #expect(try await house.engine.trash.list(of: mira, cursor: nil, limit: 10).items.isEmpty)
  }

  @Test func `without its companion one is made, by the name that the chat has`() async throws {
    let house = try await house()
    let text =
      "{\"user_name\":\"unused\",\"character_name\":\"unused\",\"chat_metadata\":{}}\n"
      + #"{"name":"Zoe","is_user":false,"mes":"Hello."}"#
    let imported = try await bring(text, into: house)
    #expect(imported.companion?.name == "Zoe" && imported.warnings.count == 1)
    #expect(try await bring(text, into: house).companion?.id == imported.companion?.id)
    let looked = try await house.engine.transfers.look(at: .data(Data(text.utf8)), companion: nil, of: mira)
    #expect(looked.companion?.id == imported.companion?.id && looked.messages == 1 && looked.chat == nil)
  }

  @Test func `a long chat is stored in short pieces, whole, in an upload that is then used up`() async throws
  {
    let house = try await house()
    var text = "{\"user_name\":\"Mira\",\"character_name\":\"Ada\",\"chat_metadata\":{}}\n"
    for number in 0..<1_500 {
      text +=
        #"{"name":"x","is_user":\#(number % 2 == 0),"mes":"Line \#(number) \#(String(repeating: "é", count: 500))"}"#
        + "\n"
    }
    let bytes = Data(text.utf8)
    let upload = try await house.engine.uploads.begin(bytes: Int64(bytes.count), for: mira)
    var offset = 0
    while offset < bytes.count {
      let piece = bytes[offset..<min(bytes.count, offset + house.limits.uploadPieceBytes)]
      _ = try await house.engine.uploads.write(Data(piece), to: upload.id, at: Int64(offset), for: mira)
      offset += piece.count
    }
    let source = ImportSource.upload(upload.id)
    // Somebody else's is nothing.
    await #expect(throws: EngineError.self) {
      try await house.engine.transfers.look(at: source, companion: nil, of: EngineHouse.jon)
    }
    let recorded = try await house.engine.transfers.import(
      source, companion: "ada", of: mira, recording: nil, origin: EngineHouse.origin)
    guard case .fresh(let imported) = recorded else { return }
    #expect(imported.messages == 1_500 && imported.chat?.messages == 1_500)
    await #expect(throws: EngineError.self) {
      try await house.engine.transfers.look(at: source, companion: nil, of: mira)
    }
    let found = try await house.engine.search.search(
      "Line 1499", chat: nil, companion: nil, order: .recent, cursor: nil, limit: 10, of: mira)
    #expect(found.matches.count == 1)
    // All of it is told to who synchronises.
    var (seen, since): (Set<String>, Int64?) = ([], 0)
    while let from = since {
      let now = from
      let page = try await house.vaults.vault(for: mira).read { try $0.changes(since: now, limit: 200) }
      for item in page.items where item.kind == "message" && item.deleted != true { seen.insert(item.id) }
      since = page.next
    }
    #expect(seen.count == 1_500)
  }

  @Test(arguments: [
    ("June 19, 2023 2:20pm", "2023-06-19T14:20:00.000Z"),
    ("December 1, 2024 12:05am", "2024-12-01T00:05:00.000Z"),
    ("2024-7-12@01h31m37s", "2024-07-12T01:31:37.000Z"),
    ("2024-6-5 @14h 56m 50s 682ms", "2024-06-05T14:56:50.682Z"),
    ("2024-06-05T14:56:50.682Z", "2024-06-05T14:56:50.682Z"),
    ("2024-06-05T14:56:50+02:00", "2024-06-05T12:56:50.000Z"),
    ("1687184500000", "2023-06-19T14:21:40.000Z"), ("1687184500", "2023-06-19T14:21:40.000Z"),
  ])
  func `dates of all ages are read`(_ text: String, _ expected: String) {
    #expect(ChatDate.read(.string(text))?.description == expected)
  }

  @Test(arguments: [
    "", "yesterday", "2024-13-01T00:00:00Z", "June 31, 2023 2:20pm", "-5", "@ @ @",
    String(repeating: "9", count: 30),
  ])
  func `what is no date is none`(_ text: String) { #expect(ChatDate.read(.string(text)) == nil) }
}
