import Base
import Model
import SQLite
import Testing

@testable import Store

/// The number of unread replies in a chat's row, against counting them.
@Suite struct UnreadTests {
  private static let counted = Query(
    """
    SELECT count(*) FROM messages m JOIN chats c ON c.id = m.chat
    WHERE c.ulid = ? AND m.id > c.read AND m.role = 'assistant' AND m.trash IS NULL
    """)

  private func expectAgreement(_ cast: Cast, _ hint: String) async throws {
    let (kept, counted) = try await cast.vault.read { snapshot in
      (
        try snapshot.chat(cast.chat).unread,
        try snapshot.first(Self.counted, .ulid(cast.chat)) { Int($0.integer(0)) }
      )
    }
    #expect(kept == counted, "\(hint)")
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `what the row keeps is what there is, whatever was done`(seed: UInt64) async throws {
    var random = SplitMix(seed)
    let cast = try await Cast.open()
    var alive: [Message] = []
    var trash: [ULID] = []
    for step in 0..<250 {
      let hint = "seed \(seed), step \(step)"
      let parent = alive.isEmpty ? nil : alive[Int(random.next() % UInt64(alive.count))].id
      switch random.next() % 8 {
      case 0...3:
        let role: Message.Role = random.next() % 4 == 0 ? .user : .assistant
        alive.append(try await cast.say("\(step)", under: parent, role, head: random.next() % 2 == 0))
      case 4:
        guard let parent else { continue }
        _ = try await cast.vault.write { try $0.markRead(cast.chat, upTo: parent) }
      case 5:
        if random.next() % 4 == 0 { _ = try await cast.vault.write { try $0.markRead(cast.chat) } }
      case 6:
        guard let parent else { continue }
        let entry = cast.ids.make()
        let rule: ChildrenRule = random.next() % 2 == 0 ? .delete : .lift
        try await cast.vault.write { try $0.delete(message: parent, children: rule, entry: entry) }
        trash.append(entry)
      default:
        guard !trash.isEmpty else { continue }
        let entry = trash.remove(at: Int(random.next() % UInt64(trash.count)))
        if random.next() % 4 == 0 {
          try? await cast.vault.write { try $0.purge(entry) }
        } else {
          // Refused while what it belongs to is in the trash itself.
          try? await cast.vault.write { try $0.restore(entry) }
        }
      }
      try await expectAgreement(cast, hint)
      alive = try await cast.vault.read { snapshot in
        try snapshot.leaves(of: cast.chat, limit: 1000).items.flatMap { leaf in
          try snapshot.history(of: cast.chat, leaf: leaf.id, limit: 1000).messages
        }
      }
    }
    let entry = cast.ids.make()
    try await cast.vault.write { try $0.delete(chat: cast.chat, entry: entry) }
    try await cast.vault.write { try $0.restore(entry) }
    try await expectAgreement(cast, "seed \(seed), restored")
    await cast.vault.close()
  }

  @Test func `a chat of an earlier build begins with what was unread then`() async throws {
    let cast = try await Cast.open()
    for number in 1...5 { _ = try await cast.say("\(number)", number % 2 == 0 ? .user : .assistant) }
    // As the migration finds it.
    let sql = Migration.m0006Unread.sql
    let fill = Query(
      String(sql[(sql.firstRange(of: "UPDATE")?.lowerBound ?? sql.startIndex)...].prefix { $0 != ";" }))
    let unread = try await cast.vault.write { transaction in
      try transaction.run(Query("UPDATE chats SET unread = 77"))
      try transaction.run(fill)
      return try transaction.chat(cast.chat).unread
    }
    #expect(unread == 3)
    await cast.vault.close()
  }
}

private struct SplitMix: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
