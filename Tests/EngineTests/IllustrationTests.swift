import Base
import Engine
import FoundationEssentials
import Model
import Providers
import Store
import TestSupport
import Testing

/// Pictures of what goes on in a chat: those asked for, and those that come by themselves after a reply.
@Suite(.timeLimit(.minutes(2)), .enabled(if: PictureStand.isAsked)) struct IllustrationTests {
  private let mira = EngineHouse.mira

  private func chat(_ stand: PictureStand, _ illustrate: ChatSettings.Illustrate) async throws -> ULID {
    var settings = ChatSettings()
    settings.illustrate = illustrate
    let recorded = try await stand.house.engine.chats.create(
      companion: "ada", title: nil, mode: nil, settings: settings, version: nil, greeting: nil,
      defaults: .none, of: mira, recording: nil, origin: EngineHouse.origin)
    guard case .fresh(let chat) = recorded else { preconditionFailure("a call without a key was replayed") }
    return chat.id
  }

  private func say(_ stand: PictureStand, _ text: String, in chat: ULID) async throws -> Turn {
    let recorded = try await stand.house.engine.turns.perform(
      .send(SendRequest(to: .chat(chat), text: text)), of: mira, recording: nil, origin: EngineHouse.origin)
    guard case .fresh(let sent) = recorded, let turn = sent.turn else {
      preconditionFailure("a line without a key was replayed")
    }
    _ = try await stand.house.engine.turns.waitForReply(turn.id, of: mira)
    return turn
  }

  private func over(_ stand: PictureStand, _ turn: Turn) async throws -> Turn {
    await stand.house.engine.turns.waitForEnd(turn.id, of: mira)
    return try await stand.house.engine.turns.get(turn.id, of: mira)
  }

  private func skipped(_ stand: PictureStand) -> [Job] {
    stand.house.told.events.compactMap { if case .jobSkipped(let job) = $0.subject { job } else { nil } }
  }

  @Test func `each reply gets its picture after the text, and the turn ends with it`() async throws {
    let stand = try await PictureStand()
    let chat = try await chat(stand, .everyReply)
    let turn = try await say(stand, "Good evening.", in: chat)
    let now = try await stand.house.engine.turns.get(turn.id, of: mira)
    #expect(now.phase == .illustrating)
    let placed = await stand.painter.order(1)
    let preview = try await stand.house.engine.turns.picturePreview(chat, at: nil, of: mira)
    await Task { @Loop in
      #expect(preview.request["prompt"]?.string == placed.order.prompt)
      #expect(preview.request["negative"]?.string == placed.order.negative)
      #expect(placed.order.caption?.hasPrefix("Ada") == true)
      placed.paint("scene")
    }.value
    let ended = try await over(stand, turn)
    #expect(ended.phase == .done)
    let reply = try #require(turn.replyId)
    let message = try await stand.house.engine.messages.get(reply, of: mira)
    #expect(message.images.count == 1)
    let image = try await stand.desk.image(message.images[0], of: mira)
    #expect(
      image.kind == .scene && image.message == reply && image.chat == chat
        && image.companion == stand.companion)
    // The picture is told after the text, and before the turn is over.
    let order = stand.house.told.events.compactMap { event -> String? in
      switch event.subject {
      case .streamEnded: "text"
      case .imageCreated: "picture"
      case .turnEnded: "end"
      default: nil
      }
    }
    #expect(order == ["text", "picture", "end"])
    await stand.house.vaults.close()
  }

  @Test func `off is off, and a wish in words is heard where the chat says so`() async throws {
    let stand = try await PictureStand()
    await Task { @Loop in stand.painter.onPlaced = { $0.paint("x") } }.value
    let (off, onRequest) = (try await chat(stand, .off), try await chat(stand, .onRequest))
    for (chat, line, count) in [
      (off, "Send me a selfie.", 0), (onRequest, "Good evening.", 0),
      (onRequest, "Don't send me a selfie.", 0),
      (onRequest, "Show me what you're wearing, please.", 1),
    ] {
      let turn = try await say(stand, line, in: chat)
      #expect(try await over(stand, turn).phase == .done)
      let message = try await stand.house.engine.messages.get(try #require(turn.replyId), of: mira)
      #expect(message.images.count == count, "after “\(line)”")
    }
    await stand.house.vaults.close()
  }

  @Test func `a newer reply's picture takes the place of one that nobody has begun`() async throws {
    let stand = try await PictureStand()
    let chat = try await chat(stand, .everyReply)
    var turns = [try await say(stand, "One.", in: chat)]
    // Begun, so that it stays.
    let first = await stand.painter.order(1)
    for line in ["Two.", "Three."] { turns.append(try await say(stand, line, in: chat)) }
    // The second's never begins: the third has come.
    #expect(try await over(stand, turns[1]).phase == .done)
    await Task { @Loop in first.paint("1") }.value
    let third = await stand.painter.order(2)
    await Task { @Loop in third.paint("3") }.value
    _ = try await over(stand, turns[2])
    var counts: [Int] = []
    for turn in turns {
      counts.append(
        try await stand.house.engine.messages.get(try #require(turn.replyId), of: mira).images.count)
    }
    #expect(counts == [1, 0, 1])
    await stand.house.vaults.close()
  }

  @Test func `over the hour's limit the text comes and the picture is told as skipped`() async throws {
    var limits = Limits()
    limits.picturesPerHour = 1
    let stand = try await PictureStand(limits: limits)
    await Task { @Loop in stand.painter.onPlaced = { $0.paint("x") } }.value
    let chat = try await chat(stand, .everyReply)
    for line in ["One.", "Two."] { _ = try await over(stand, try await say(stand, line, in: chat)) }
    let skipped = skipped(stand)
    #expect(skipped.count == 1)
    #expect(skipped.first?.error?.reason == "rate_limited" && skipped.first?.state == .cancelled)
    #expect(skipped.first?.error?.data["limit"] == "1 pictures an hour")
    await stand.house.vaults.close()
  }

  @Test func `cancelling a turn whose text is there takes back its picture alone`() async throws {
    let stand = try await PictureStand()
    let chat = try await chat(stand, .everyReply)
    let turn = try await say(stand, "One.", in: chat)
    let placed = await stand.painter.order(1)
    let cancelled = try await stand.house.engine.turns.cancel(turn.id, of: mira)
    #expect(cancelled.phase == .done && cancelled.finish == .stop)
    #expect(await Task { @Loop in placed.isCancelled }.value)
    let reply = try #require(turn.replyId)
    #expect(try await !stand.house.engine.messages.get(reply, of: mira).text.isEmpty)
    await stand.house.vaults.close()
  }

  @Test func `a picture for a text that was reworded meanwhile is not kept`() async throws {
    let stand = try await PictureStand()
    let chat = try await chat(stand, .everyReply)
    let turn = try await say(stand, "One.", in: chat)
    let placed = await stand.painter.order(1)
    let reply = try #require(turn.replyId)
    let vault = try await stand.house.vaults.vault(for: mira)
    _ = try await vault.write { try $0.replace(message: reply, by: [.text("Another.")]) }
    await Task { @Loop in placed.paint("old") }.value
    #expect(try await over(stand, turn).phase == .done)
    #expect(try await stand.house.engine.messages.get(reply, of: mira).images.isEmpty)
    await stand.house.vaults.close()
  }

  @Test func `a restart goes on with the picture of a reply`() async throws {
    let first = try await PictureStand()
    let chat = try await chat(first, .everyReply)
    let turn = try await say(first, "One.", in: chat)
    let placed = await first.painter.order(1)
    await Task { @Loop in placed.tell(.accepted(RemoteJob("r-1"))) }.value
    await first.house.engine.turns.interruptAll()
    await first.desk.abandonAll()
    await first.house.vaults.close()
    let second = try await PictureStand(in: first.house.folder)
    let found = await second.painter.order(1)
    #expect(try await second.house.engine.turns.get(turn.id, of: mira).phase == .illustrating)
    await Task { @Loop in
      #expect(found.resuming)
      found.paint("x")
    }.value
    #expect(try await over(second, turn).phase == .done)
    let message = try await second.house.engine.messages.get(try #require(turn.replyId), of: mira)
    #expect(message.images.count == 1)
    await second.house.vaults.close()
  }

  @Test func `a person's own wish goes first, and one that waits is not asked for twice`() async throws {
    let stand = try await PictureStand()
    let chat = try await chat(stand, .everyReply)
    let turns = [try await say(stand, "One.", in: chat), try await say(stand, "Two.", in: chat)]
    let first = await stand.painter.order(1)
    let message = try #require(turns[0].replyId)
    // One is drawn for the first reply already.
    func illustrate(_ message: ULID) async throws -> Job {
      let recorded = try await stand.desk.illustrate(
        message, provider: nil, of: mira, recording: nil, origin: EngineHouse.origin)
      guard case .fresh(let job) = recorded else { preconditionFailure("a call without a key was replayed") }
      return job
    }
    let known = try await illustrate(message)
    #expect(known.state == .running && known.priority == 0)
    let asked = try await stand.imagine("a harbour") { $0.companion = "ada" }[0]
    await Task { @Loop in first.paint("1") }.value
    let second = await stand.painter.order(2)
    await Task { @Loop in second.paint("2") }.value
    let third = await stand.painter.order(3)
    await Task { @Loop in third.paint("3") }.value
    #expect(try await stand.over(asked.id).state == .succeeded)
    for turn in turns { _ = try await over(stand, turn) }
    await stand.house.vaults.close()
  }

  @Test func `a portrait becomes the companion's, drawn by daylight and fully dressed`() async throws {
    let stand = try await PictureStand()
    let recorded = try await stand.desk.portrait(
      "ada", provider: nil, of: mira, recording: nil, origin: EngineHouse.origin)
    guard case .fresh(let job) = recorded else { return }
    let placed = await stand.painter.order(1)
    await Task { @Loop in
      #expect(placed.order.prompt.contains("portrait") && placed.order.prompt.contains("midday"))
      #expect(placed.order.prompt.contains("safe for work"))
      placed.paint("face")
    }.value
    let over = try await stand.over(job.id)
    let companion = try await stand.house.engine.companions.get("ada", of: mira).companion
    #expect(companion.portrait == over.image && companion.portrait != nil)
    await stand.house.vaults.close()
  }

  @Test func `a picture can be made again, and changed where somebody can`() async throws {
    let stand = try await PictureStand()
    await Task { @Loop in stand.painter.onPlaced = { $0.paint("x\($0.order.seed ?? 0)") } }.value
    let job = try await stand.imagine("a harbour") { ($0.seed, $0.steps, $0.companion) = (7, 20, "ada") }[0]
    let image = try #require(try await stand.over(job.id).image)
    let again = try await stand.desk.again(
      image, seed: nil, of: mira, recording: nil, origin: EngineHouse.origin)
    guard case .fresh(let second) = again else { return }
    _ = try await stand.over(second.id)
    let edit = try await stand.desk.edit(
      image, instruction: "make it night", of: mira, recording: nil, origin: EngineHouse.origin)
    guard case .fresh(let third) = edit else { return }
    let edited = try #require(try await stand.over(third.id).image)
    await Task { @Loop in
      let orders = stand.painter.placed.map(\.order)
      #expect(orders[1].prompt == "a harbour" && orders[1].steps == 20 && orders[1].seed != 7)
      #expect(orders[1].negative == orders[0].negative)
      #expect(stand.painter.placed[2].sources?.picture == Array("Px7".utf8))
      #expect(orders[2].prompt == "make it night")
    }.value
    let made = try await stand.desk.image(edited, of: mira)
    #expect(made.kind == .edit && made.params?["source"]?.string == image.description)
    let refused = await failureKind { () async throws(EngineError) in
      _ = try await stand.desk.edit(
        image, instruction: "make her naked", of: mira, recording: nil, origin: EngineHouse.origin)
    }
    #expect(refused == "refused")
    await stand.house.vaults.close()
  }

  @Test func `a person's own picture is taken in up to its limit, and no further`() async throws {
    var limits = Limits()
    limits.maxPictureBytes = 100
    let stand = try await PictureStand(limits: limits)
    func bring(_ bytes: Int, _ first: Character = "P", _ kind: Image.Kind = .upload) async -> String? {
      await failureKind { () async throws(EngineError) in
        let data = [first.asciiValue ?? 0] + [UInt8](repeating: 0x41, count: bytes - 1)
        _ = try await stand.desk.import(
          .data(.init(data)), as: kind, companion: "ada", of: mira, recording: nil, origin: EngineHouse.origin
        )
      }
    }
    #expect(await bring(100) == nil)
    #expect(await bring(101) == "tooLarge")
    #expect(await bring(50, "H") == "unsupported")
    #expect(await bring(50, "P", .scene) == "invalid")
    let page = try await stand.desk.images(.init(), cursor: nil, limit: 10, of: mira)
    #expect(page.items.map(\.kind) == [.upload] && page.items[0].companion == stand.companion)
    #expect(try await stand.files() == (2, 2))
    let exported = try await stand.desk.export(page.items.map(\.id), of: mira)
    #expect(exported[0].name.hasPrefix("ada-upload-") && exported[0].name.hasSuffix(".jpg"))
    let stats = try await stand.desk.stats(of: mira)
    #expect(stats.images == 1 && stats.files == 2 && stats.kinds == ["upload": 1])
    await stand.house.vaults.close()
  }

  @Test func `what is deleted takes its waiting pictures along`() async throws {
    let stand = try await PictureStand()
    _ = try await stand.imagine("busy")
    let chat = try await chat(stand, .everyReply)
    let turn = try await say(stand, "One.", in: chat)
    _ = await stand.painter.order(1)
    // It is queued behind the reply, when that is stored.
    var found: Job?
    while await onLoop({ stand.desk.count }) < 2 { try await Task.sleep(for: .milliseconds(2)) }
    while found == nil {
      let jobs = try await stand.desk.jobs(activeOnly: true, cursor: nil, limit: 9, of: mira).items
      found = jobs.first { $0.kind == .illustrate }
    }
    let job = try #require(found)
    _ = try await stand.house.engine.messages.delete(
      try #require(turn.replyId), children: nil, of: mira, recording: nil, origin: EngineHouse.origin)
    #expect(try await stand.over(job.id).state == .cancelled)
    await stand.house.vaults.close()
  }
}
