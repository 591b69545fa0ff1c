import Base
import Engine
import Glibc
import Model
import TestSupport
import Testing

@testable import Store

/// What is kept for its time, found again, counted and copied.
@Suite struct KeepingTests {
  private let mira = EngineHouse.mira
  private let time = Lock(Timestamp(milliseconds: 1_800_000_000_000))

  private var wallClock: WallClock {
    let time = time
    return WallClock { time.withLock { $0 } }
  }
  private func move(days: Int) { time.withLock { $0 = $0 + .seconds(days * 86_400) } }

  private func house(_ backups: BackupPlan = BackupPlan()) async throws -> EngineHouse {
    let house = try await EngineHouse(wallClock: wallClock, backups: backups)
    _ = try await house.engine.companions.create(
      persona: Persona(name: "Ada"), handle: "ada", tags: [], of: mira, recording: nil,
      origin: EngineHouse.origin)
    return house
  }

  private func say(_ house: EngineHouse, _ text: String) async throws -> Message {
    var request = SendRequest(to: .companion("ada"), text: text)
    request.respond = false
    let sent = try await house.engine.turns.perform(
      .send(request), of: mira, recording: nil, origin: EngineHouse.origin)
    guard case .fresh(let sent) = sent else { throw EngineError.fault("replayed") }
    return try #require(sent.message)
  }

  private func delete(_ house: EngineHouse) async throws {
    _ = try await house.engine.companions.delete(
      "ada", ifRevision: nil, of: mira, recording: nil, origin: EngineHouse.origin)
  }

  // MARK: Search

  private func search(
    _ house: EngineHouse, _ words: String, _ order: SearchOrder = .recent, _ cursor: String? = nil,
    of owner: Owner = EngineHouse.mira
  ) async throws(EngineError) -> SearchDesk.Page {
    try await house.engine.search.search(
      words, chat: nil, companion: nil, order: order, cursor: cursor, limit: 2, of: owner)
  }

  @Test func `what was said a moment ago is found, with the place where it was said`() async throws {
    let house = try await house()
    let far = String(repeating: "waves and waves ", count: 30)
    let message = try await say(house, far + "then a Lighthouse appears " + far)
    for order in SearchOrder.allCases {
      let page = try await search(house, "lightho", order)
      let match = try #require(page.matches.first)
      #expect(match.message.id == message.id && page.matches.count == 1 && !page.indexing)
      #expect(match.excerpt.utf8.count <= 320)
      let bytes = Array(match.excerpt.utf8)
      let marked = match.highlights.map { String(decoding: bytes[$0.from..<$0.to], as: UTF8.self) }
      #expect(marked == ["Lightho"])
      #expect(Array(message.text.utf8)[match.from..<match.from + bytes.count].elementsEqual(bytes))
      #expect(page.ranked == (order == .best ? 1 : nil))
    }
    #expect(try await search(house, "lightho", of: EngineHouse.jon).matches.isEmpty)
    await house.vaults.close()
  }

  @Test func `pages go on where the last one ended, and a cursor belongs to its order`() async throws {
    let house = try await house()
    for number in 1...5 { _ = try await say(house, "wave \(number)") }
    for order in SearchOrder.allCases {
      var (texts, cursor) = ([String](), String?.none)
      repeat {
        let page = try await search(house, "wave", order, cursor)
        texts += page.matches.map(\.message.text)
        cursor = page.next
      } while cursor != nil
      #expect(texts == (1...5).reversed().map { "wave \($0)" }, "\(order)")
    }
    let next = try #require(try await search(house, "wave", .best).next)
    for cursor in [next, "r", "r-1", "rzzzzzzzzzzzzzzzzzz", "x", ""] {
      let refused = await failure { () throws(EngineError) in
        _ = try await search(house, "wave", .recent, cursor)
      }
      #expect(refused == "invalid", "\(cursor)")
    }
    let many = (0...32).map { "w\($0)" }.joined(separator: " ")
    #expect(await failure { () throws(EngineError) in _ = try await search(house, many) } == "invalid")
    #expect(try await search(house, "?!").matches.isEmpty)
    await house.vaults.close()
  }

  @Test func `a long message is cut from the result, its excerpt is not`() async throws {
    let house = try await house()
    _ = try await say(
      house, String(repeating: "é ", count: 4000) + "pearl" + String(repeating: "東", count: 4000))
    let match = try #require(try await search(house, "pearl").matches.first)
    #expect(match.cut == true && match.message.parts.isEmpty && match.excerpt.contains("pearl"))
    #expect(match.excerpt.unicodeScalars.allSatisfy { $0 != "\u{FFFD}" })
    await house.vaults.close()
  }

  // MARK: Trash

  @Test func `what has lain in the trash for 30 days goes by itself, not a day before`() async throws {
    let house = try await house()
    _ = try await say(house, "kept")
    try await delete(house)
    move(days: 29)
    await house.engine.housekeeping.pass()
    #expect(try await house.engine.trash.list(of: mira, cursor: nil, limit: 9).items.count == 1)
    // A clock set back destroys nothing early, and nothing late.
    move(days: -400)
    await house.engine.housekeeping.pass()
    move(days: 401)
    await house.engine.housekeeping.begin()
    #expect(try await isTidied(house))
    let rows = try await house.engine.upkeep.stats(of: mira).rows
    #expect(rows["companions"] == 0 && rows["messages"] == 0 && rows["trash"] == 0)
    await house.engine.housekeeping.end()
    await house.vaults.close()
  }

  /// The pass runs by itself; a busy machine may let it wait.
  private func isTidied(_ house: EngineHouse) async throws -> Bool {
    let deadline = ContinuousClock.now + .seconds(30)
    while try await !house.engine.trash.list(of: mira, cursor: nil, limit: 9).items.isEmpty {
      guard ContinuousClock.now < deadline else { return false }
      await Task.yield()
    }
    return true
  }

  @Test func `a vault that is opened long after the beginning is tidied then, not a day later`() async throws
  {
    let earlier = try await house()
    try await delete(earlier)
    await earlier.vaults.close()
    move(days: 31)
    let house = try await EngineHouse(in: earlier.folder, wallClock: wallClock)
    await house.engine.housekeeping.begin()
    #expect(house.vaults.all.isEmpty)
    #expect(try await isTidied(house))
    await house.engine.housekeeping.end()
    await house.vaults.close()
  }

  @Test func `emptying the trash takes a commit for each entry, once, and is answered alike when repeated`()
    async throws
  {
    let house = try await house()
    let vault = try await house.vaults.vault(for: mira)
    for number in 1...5 {
      let line = try await say(house, "wave \(number)")
      let entry = ULIDMaker().make()
      try await vault.write { try $0.delete(message: line.id, children: .delete, entry: entry) }
    }
    _ = try await vault.indexWaiting(atMost: .max)
    let recording = Recording<Int>(
      key: "k", method: "trash.purge", fingerprint: [1], encode: { Array("\($0)".utf8) })
    let before = vault.metrics.syncedCommits.count
    guard
      case .recorded(let first, replayed: false) = try await house.engine.trash.purgeAll(
        of: mira, recording: recording)
    else { return unexpected("not recorded") }
    #expect(vault.metrics.syncedCommits.count - before >= 5)
    let line = try await say(house, "kept")
    let entry = ULIDMaker().make()
    try await vault.write { try $0.delete(message: line.id, children: .delete, entry: entry) }
    guard
      case .recorded(let second, replayed: true) = try await house.engine.trash.purgeAll(
        of: mira, recording: recording)
    else { return unexpected("not replayed") }
    #expect(first == second && String(decoding: first, as: UTF8.self) == "5")
    #expect(try await house.engine.trash.list(of: mira, cursor: nil, limit: 9).items.map(\.id) == [entry])
    await house.vaults.close()
  }

  private func unexpected(_ what: Comment) { Issue.record(what) }

  @Test func `purging one entry or all of them is for good`() async throws {
    let house = try await house()
    try await delete(house)
    let entry = try #require(try await house.engine.trash.list(of: mira, cursor: nil, limit: 9).items.first)
    let stranger = await failure { () throws(EngineError) in
      _ = try await house.engine.trash.purge(entry.id, of: EngineHouse.jon, recording: nil)
    }
    #expect(stranger == "notFound")
    _ = try await house.engine.trash.purge(entry.id, of: mira, recording: nil)
    let again = await failure { () throws(EngineError) in
      _ = try await house.engine.trash.restore(entry.id, of: mira, recording: nil, origin: EngineHouse.origin)
    }
    #expect(again == "notFound")
    for _ in 1...3 {
      _ = try await house.engine.companions.create(
        persona: Persona(name: "Ada"), handle: "ada", tags: [], of: mira, recording: nil,
        origin: EngineHouse.origin)
      try await delete(house)
    }
    guard case .fresh(3) = try await house.engine.trash.purgeAll(of: mira, recording: nil) else {
      Issue.record("not all of them")
      return
    }
    #expect(try await house.engine.upkeep.stats(of: mira).rows["companions"] == 0)
    await house.vaults.close()
  }

  // MARK: Usage

  @Test func `usage is summed by model, chat and day, and in all`() async throws {
    let house = try await house()
    let vault = try await house.vaults.vault(for: mira)
    let usage = Usage(promptTokens: 100, completionTokens: 10, cachedTokens: 40, estimated: false)
    let chat = ULIDMaker().make()
    try await vault.write { try $0.add(usage, model: "home/gemma", chat: chat) }
    move(days: 1)
    try await vault.write { try $0.add(usage, model: "cloud/opus", chat: nil) }
    let desk = house.engine.usage
    let models = try await desk.summary(since: nil, by: .model, of: mira)
    #expect(models.sums.map(\.name) == ["cloud/opus", "home/gemma"])
    #expect(models.total.turns == 2 && models.total.usage.promptTokens == 200)
    let chats = try await desk.summary(since: nil, by: .chat, of: mira)
    #expect(chats.sums.map(\.name) == [chat.description] && chats.total.turns == 2)
    let today = try await desk.summary(since: time.withLock { $0 }, by: .day, of: mira)
    #expect(today.sums.map(\.turns) == [1] && today.total.usage.completionTokens == 10)
    #expect(try await desk.summary(since: nil, by: .day, of: EngineHouse.jon).total.turns == 0)
    await house.vaults.close()
  }

  // MARK: Backups

  @Test func `a backup is whole, listed, verified, and opens as a vault of its own`() async throws {
    let house = try await house()
    _ = try await say(house, "to be kept")
    let desk = house.engine.backups
    let backup = try await desk.create(in: nil, of: mira)
    #expect(try await desk.list(of: mira) == [backup] && backup.bytes > 0)
    #expect(backup.folder == house.folder.file("data/1000/backups"))
    #expect(try await desk.list(of: EngineHouse.jon).isEmpty)
    let report = try await desk.verify(nil, of: mira)
    #expect(report.ok && report.problems.isEmpty && report.backup == backup)
    let fresh = house.folder.file("restored")
    #expect(unsafe mkdir(fresh, 0o700) == 0)
    #expect(unsafe rename(backup.folder + "/" + backup.name, fresh + "/companion.db") == 0)
    let vaults = Vaults(fresh, .single(mira), house.environment)
    let restored = try await vaults.vault(for: mira)
    let original = try await house.engine.upkeep.changes(of: mira, since: 0, limit: 200)
    #expect(try await restored.read { try $0.changes(since: 0, limit: 200) } == original)
    await vaults.close()
    await house.vaults.close()
  }

  @Test func `a damaged backup is told apart, and one that is not there is not found`() async throws {
    let house = try await house()
    let desk = house.engine.backups
    let backup = try await desk.create(in: nil, of: mira)
    let path = backup.folder + "/" + backup.name
    let descriptor = unsafe open(path, O_RDWR)
    let noise = [UInt8](repeating: 0xA5, count: 4096)
    for page in 2..<8 { _ = unsafe pwrite(descriptor, noise, noise.count, page * 4096) }
    close(descriptor)
    #expect(try await desk.verify(backup.name, of: mira).ok == false)
    for name in ["companion-1000-other.db", "../companion.db", ""] {
      let missing = await failure { () throws(EngineError) in _ = try await desk.verify(name, of: mira) }
      #expect(missing == "notFound")
    }
    await house.vaults.close()
  }

  @Test func `backups are made under the configured folders only`() async throws {
    let place = try TemporaryFolder()
    #expect(unsafe mkdir(place.file("kept"), 0o700) == 0)
    let house = try await house(BackupPlan(folders: [place.file("kept")]))
    let desk = house.engine.backups
    #expect(try await desk.create(in: nil, of: mira).folder == place.file("kept"))
    move(days: 1)
    let below = try await desk.create(in: place.file("kept/weekly"), of: mira)
    #expect(try await desk.list(of: mira).map(\.name).first == below.name)
    for folder in ["/tmp", place.file("kept/../out"), place.file("keptx"), "kept", "", place.file("")] {
      let refused = await failure { () throws(EngineError) in _ = try await desk.create(in: folder, of: mira)
      }
      #expect(refused == "invalid", "\(folder)")
    }
    await house.vaults.close()
  }

  @Test func `backups go after their time, the newest never, and a crash's half goes too`() async throws {
    let house = try await house()
    let desk = house.engine.backups
    let old = try await desk.create(in: nil, of: mira)
    move(days: 10)
    let newer = try await desk.create(in: nil, of: mira)
    try house.folder.write("half", to: "data/1000/backups/companion-1000-2026-01-01T00-00-00.000Z.db.part")
    try house.folder.write("not ours", to: "data/1000/backups/notes.db")
    move(days: 20)
    await house.engine.housekeeping.pass()
    #expect(try await desk.list(of: mira) == [newer, old])
    move(days: 1)
    await house.engine.housekeeping.pass()
    #expect(try await desk.list(of: mira) == [newer])
    move(days: 4000)
    await house.engine.housekeeping.pass()
    #expect(try await desk.list(of: mira) == [newer])
    let half = house.folder.file("data/1000/backups/companion-1000-2026-01-01T00-00-00.000Z.db.part")
    #expect(unsafe access(half, F_OK) != 0)
    #expect(unsafe access(house.folder.file("data/1000/backups/notes.db"), F_OK) == 0)
    await house.vaults.close()
  }

  @Test func `tidying leaves everything findable`() async throws {
    let house = try await house()
    for number in 1...20 { _ = try await say(house, "wave \(number)") }
    #expect(try await house.engine.upkeep.optimise(mira).rows["messages"] == 20)
    #expect(try await search(house, "wave").matches.map(\.message.text) == ["wave 20", "wave 19"])
    await house.vaults.close()
  }
}
