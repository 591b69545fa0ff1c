import Base
import FoundationEssentials
import Model
import SQLite
import Testing

@testable import Store

/// Pictures as rows: what they belong to, where they are told of, and their way into the trash and back.
@Suite struct ImageTests {
  private func shown(_ cast: Cast) async throws -> [ULID] {
    try await cast.vault.read { try $0.images(limit: 100).items.map(\.image.id) }
  }

  private func changes(_ cast: Cast, since: Int64) async throws -> [Change] {
    try await cast.vault.read { try $0.changes(since: since, limit: 500).items }
  }

  private func latest(_ cast: Cast) async throws -> Int64 { try await cast.vault.read { try $0.change() } }

  @Test func `a picture is read back as it was stored`() async throws {
    let cast = try await Cast.open()
    let line = try await cast.say("Look.")
    let image = try await PictureStand(cast).add([1, 2]) { image in
      image.message = line.id
      (image.prompt, image.negative, image.seed) = ("a harbour", "rain", "18446744073709551615")
      image.params = ["steps": 20]
      image.provider = "forge/dream"
      image.placeholder = true
    }
    let stored = try await cast.vault.read { try $0.storedImage(image.id) }
    #expect(stored.image == image)
    #expect(image.message == line.id && image.chat == cast.chat && image.companion == cast.companion)
    #expect(image.seed == "18446744073709551615" && image.params == ["steps": 20])
    #expect(image.placeholder == true && image.bytes == 2 && image.originalBytes == 100)
    let described = try await cast.vault.write {
      try $0.keep(description: "Boats.", by: "eye", of: image.id)
    }
    #expect(described.description == "Boats." && described.change > image.change)
    await cast.vault.close()
  }

  @Test func `a message tells of its pictures in the order they came, and changes with each`() async throws {
    let cast = try await Cast.open()
    let line = try await cast.say("Look.")
    var change = line.change
    var images: [ULID] = []
    for number in 1...3 as ClosedRange<UInt8> {
      images.append(try await PictureStand(cast).add([number]) { $0.message = line.id }.id)
      let now = try await cast.vault.read { try $0.message(line.id) }
      #expect(now.images == images && now.change > change && now.revision == line.revision)
      change = now.change
    }
    let entry = cast.ids.make()
    let gone = images[1]
    _ = try await cast.vault.write { try $0.delete(image: gone, entry: entry) }
    #expect(try await cast.vault.read { try $0.message(line.id).images } == [images[0], images[2]])
    try await cast.vault.write { try $0.restore(entry) }
    #expect(try await cast.vault.read { try $0.message(line.id).images } == images)
    await cast.vault.close()
  }

  @Test func `pictures follow what they belong to into the trash and back, however the two overlap`()
    async throws
  {
    let cast = try await Cast.open()
    let line = try await cast.say("Look.")
    let ofMessage = try await PictureStand(cast).add([1]) { $0.message = line.id }.id
    let ofChat = try await PictureStand(cast).add([2]).id
    let ofCompanion = try await PictureStand(cast).add([3]) { $0.chat = nil }.id
    let free = try await PictureStand(cast).add([4]) { ($0.chat, $0.companion) = (nil, nil) }.id
    let all = [free, ofCompanion, ofChat, ofMessage]
    #expect(try await shown(cast) == all)
    let entries = (0..<4).map { _ in cast.ids.make() }
    _ = try await cast.vault.write { try $0.delete(image: ofMessage, entry: entries[0]) }
    try await cast.vault.write { try $0.delete(message: line.id, children: nil, entry: entries[1]) }
    try await cast.vault.write { try $0.delete(chat: cast.chat, entry: entries[2]) }
    #expect(try await shown(cast) == [free, ofCompanion])
    try await cast.vault.write { try $0.delete(companion: cast.companion, entry: entries[3]) }
    #expect(try await shown(cast) == [free])
    // A picture cannot come back before its message.
    let blocked = await cast.refusal(RestoreBlocked.self) { try $0.restore(entries[0]) }
    #expect(blocked != nil)
    try await cast.vault.write { try $0.restore(entries[3]) }
    #expect(try await shown(cast) == [free, ofCompanion])
    try await cast.vault.write { try $0.restore(entries[2]) }
    #expect(try await shown(cast) == [free, ofCompanion, ofChat])
    try await cast.vault.write { try $0.restore(entries[1]) }
    #expect(try await shown(cast) == [free, ofCompanion, ofChat])
    try await cast.vault.write { try $0.restore(entries[0]) }
    #expect(try await shown(cast) == all)
    await cast.vault.close()
  }

  @Test func `who reads only the changes knows which pictures are there`() async throws {
    let cast = try await Cast.open()
    let line = try await cast.say("Look.")
    let image = try await PictureStand(cast).add([1]) { $0.message = line.id }.id
    let before = try await latest(cast)
    let entry = cast.ids.make()
    try await cast.vault.write { try $0.delete(message: line.id, children: nil, entry: entry) }
    let gone = try await changes(cast, since: before).filter { $0.kind == "image" }
    #expect(gone.map(\.id) == [image.description] && gone.first?.deleted == true)
    let between = try await latest(cast)
    try await cast.vault.write { try $0.restore(entry) }
    let back = try await changes(cast, since: between).filter { $0.kind == "image" }
    #expect(back.map(\.id) == [image.description] && back.first?.deleted == nil)
    // A chat's tombstone stands for its pictures; they are told again when it comes back.
    let other = cast.ids.make()
    try await cast.vault.write { try $0.delete(chat: cast.chat, entry: other) }
    let meanwhile = try await latest(cast)
    try await cast.vault.write { try $0.restore(other) }
    let again = try await changes(cast, since: meanwhile).filter { $0.kind == "image" }
    #expect(again.map(\.id) == [image.description])
    await cast.vault.close()
  }

  @Test func `a companion shows no portrait that is in the trash, and shows it again after`() async throws {
    let cast = try await Cast.open()
    let image = try await PictureStand(cast).add([1]) { ($0.chat, $0.kind) = (nil, .portrait) }.id
    let companion = cast.companion
    var edit = CompanionEdit()
    (edit.portrait, edit.header) = (.set(image), .set(image))
    let chosen = edit
    let now = try await cast.vault.write { try $0.update(companion: companion, chosen) }
    #expect(now.portrait == image && now.header == image)
    let entry = cast.ids.make()
    _ = try await cast.vault.write { try $0.delete(image: image, entry: entry) }
    let without = try await cast.vault.read { try $0.companion(companion) }
    #expect(without.portrait == nil && without.header == nil && without.change > now.change)
    try await cast.vault.write { try $0.restore(entry) }
    #expect(try await cast.vault.read { try $0.companion(companion).portrait } == image)
    await cast.vault.close()
  }

  @Test func `nothing is stored for what is gone`() async throws {
    let cast = try await Cast.open()
    let line = try await cast.say("Look.")
    let entry = cast.ids.make()
    try await cast.vault.write { try $0.delete(message: line.id, children: nil, entry: entry) }
    await #expect(throws: StoreError.self) {
      _ = try await PictureStand(cast).add([1]) { $0.message = line.id }
    }
    #expect(try await shown(cast).isEmpty)
    #expect(try await cast.vault.read { try $0.pictureBytes() } == 0)
    await cast.vault.close()
  }

  @Test func `a quota is full at its last byte`() async throws {
    let cast = try await Cast.open()
    _ = try await PictureStand(cast).add([1, 2, 3])
    let weight = try await cast.vault.read { try $0.pictureBytes() }
    #expect(weight == 7)
    try await cast.vault.read { try $0.check(pictureQuota: weight + 1) }
    try await cast.vault.read { try $0.check(pictureQuota: 0) }
    await #expect(throws: StoreError.self) {
      try await cast.vault.read { try $0.check(pictureQuota: weight) }
    }
    await cast.vault.close()
  }

  @Test func `a page of a large gallery costs the page, by every filter`() async throws {
    let cast = try await Cast.open()
    _ = try await PictureStand(cast).add([1])
    // Rows alone, as many as a person has after years.
    let count = ProcessInfo.processInfo.environment["COMPANION_CHECK_GALLERY"].flatMap { Int($0) } ?? 20_000
    let chat = cast.chat
    try await cast.vault.write { transaction in
      try transaction.run(
        Query(
          """
          WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(count))
          INSERT INTO images (ulid, companion, chat, kind, file, thumb, mime, width, height, bytes, original, placeholder,
            created, change)
          SELECT randomblob(16), companion, CASE WHEN i % 7 THEN chat END,
            CASE i % 50 WHEN 0 THEN 'portrait' WHEN 1 THEN 'edit' ELSE 'scene' END, file, thumb, mime, width, height, bytes,
            original, 0, created, change FROM n, images WHERE images.id = 1
          """))
    }
    let clock = ContinuousClock()
    var worst = Duration.zero
    for filter in 0..<5 {
      let took = try await cast.vault.read { snapshot in
        // The first prepares the statement.
        try (0..<4).map { _ in
          try clock.measure {
            let page =
              switch filter {
              case 0: try snapshot.images(limit: 50)
              case 1: try snapshot.images(companion: cast.companion, limit: 50)
              case 2: try snapshot.images(companion: cast.companion, kind: .portrait, limit: 50)
              case 3: try snapshot.images(kind: .edit, limit: 50)
              default: try snapshot.images(chat: chat, before: Int64(count / 2), limit: 50)
              }
            #expect(page.items.count == 50 && page.next != nil)
          }
        }.dropFirst().min() ?? .zero
      }
      worst = max(worst, took)
    }
    print("The slowest page of \(count) pictures took \(worst).")
    #expect(worst < .milliseconds(20))
    await cast.vault.close()
  }
}
