import Base
import Model
import Posix
import Testing

@testable import Server

/// What the ring of an owner's events keeps, and what it does not do before somebody asks.
@Suite struct EventRingTests {
  private let owner = Owner(uid: 1)
  private let ids = ULIDMaker()
  private let now = Timestamp(milliseconds: 1_800_000_000_000)

  private func chat(_ title: String = "A chat") -> Chat {
    Chat(
      id: ids.make(), companion: ids.make(), version: 1, title: title, revision: 1, createdAt: now,
      updatedAt: now,
      change: 1)
  }

  private func message(_ text: String) -> Message {
    Message(id: ids.make(), chat: ids.make(), role: .user, parts: [.text(text)], createdAt: now, change: 1)
  }

  private func event(_ subject: Event.Subject) -> TranslatedEvent {
    TranslatedEvent(Event(owner: owner, subject))
  }

  @Test @Loop func `an event of a message is written for its first reader, and once`() throws {
    let ring = EventRing(limits: Limits())
    let translated = event(.messageCreated(message("hello"), in: chat()))
    ring.append(translated, origin: nil)
    let entry = try #require(ring.entry(from: 1))
    #expect(!entry.isWritten)
    #expect(ring.line(of: entry) == translated.line(seq: 1, maxBytes: .max))
    #expect(ring.entry(from: 1)?.isWritten == true)
    #expect(ring.line(of: entry) == translated.line(seq: 1, maxBytes: .max))
  }

  @Test @Loop func `what carries much is written at once, so that it is not kept whole`() throws {
    var picture = message("hello")
    picture.images = [ids.make()]
    var chosen = chat()
    chosen.settings.model = "home/gemma"
    let ring = EventRing(limits: Limits())
    for subject: Event.Subject in [
      .messageCreated(message(String(repeating: "a", count: 4096)), in: chat("1")),
      .messageCreated(picture, in: chat()), .chatUpdated(chosen),
    ] {
      ring.append(event(subject), origin: nil)
      #expect(try #require(ring.entry(from: ring.seq)).isWritten)
    }
  }

  @Test @Loop func `events that nobody has read count against the ring's bytes`() {
    var limits = Limits()
    limits.eventRingBytes = 64 << 10
    let ring = EventRing(limits: limits)
    let text = String(repeating: "a", count: 4000)
    for _ in 0..<100 { ring.append(event(.messageCreated(message(text), in: chat())), origin: nil) }
    #expect(ring.evicted >= 100 - 16 && ring.evicted < 100)
  }

  @Test @Loop func `whoever follows a chat is given that chat's events alone`() throws {
    let ring = EventRing(limits: Limits())
    let chats = [chat("1"), chat("2"), chat("3")]
    for number in 0..<30 { ring.append(event(.chatHead(chats[number % 3])), origin: nil) }
    var limits = Limits()
    limits.eventRing = 4
    let small = EventRing(limits: limits)
    for number in 0..<30 { small.append(event(.chatUpdated(chats[number % 3])), origin: nil) }
    for (ring, expected) in [(ring, Array(stride(from: UInt64(2), through: 29, by: 3))), (small, [29])] {
      var found: [UInt64] = []
      var position: UInt64 = 1
      while let entry = ring.entry(from: position, about: [chats[1].id]) {
        found.append(entry.seq)
        position = entry.seq + 1
      }
      #expect(found == expected)
    }
    #expect(
      ring.entry(from: 1, about: [])?.seq == nil && ring.entry(from: 31, about: [chats[0].id])?.seq == nil)
  }

  @Test @Loop func `a ring that is packed tells the same, and goes on`() throws {
    var limits = Limits()
    limits.eventRing = 50
    let (packed, plain) = (EventRing(limits: limits), EventRing(limits: limits))
    let turn = Turn(
      id: ids.make(), chat: ids.make(), companion: nil, kind: .reply, startedAt: now, model: "m")
    for number in 0..<120 {
      let subject: Event.Subject =
        switch number % 3 {
        case 0: .messageCreated(message("line \(number)"), in: chat())
        case 1: .chatHead(chat("title \(number)"))
        default: .turnStarted(turn)
        }
      for ring in [packed, plain] { ring.append(event(subject), origin: nil) }
      if number % 40 == 39 { packed.pack(connected: number < 100) }
      let first = plain.evicted + 1
      for seq in first...plain.seq {
        let entries = try (#require(packed.entry(from: seq)), #require(plain.entry(from: seq)))
        #expect(entries.0.seq == entries.1.seq && packed.line(of: entries.0) == plain.line(of: entries.1))
      }
      #expect(packed.evicted == plain.evicted)
    }
  }

  @Test @Loop func `an event passes whoever follows other chats, and nobody else`() throws {
    let (mine, other) = (ids.make(), ids.make())
    var cursor = EventCursor()
    let follow = Subscription(following: mine, from: 1)
    cursor.add(follow)
    #expect(!cursor.pass([other], from: 1, to: 3), "its call is not answered yet")
    follow.isActive = true
    #expect(!cursor.pass([other, mine], from: 1, to: 3) && follow.next == 1)
    #expect(cursor.pass([other], from: 1, to: 3) && follow.next == 4)
    #expect(!cursor.pass([other], from: 9, to: 9), "something before that is not considered yet")
    let all = Subscription(id: "s1", topics: [""], chats: nil, companions: nil, from: 4)
    all.isActive = true
    cursor.add(all)
    #expect(!cursor.pass([other], from: 4, to: 4))
    #expect(follow.next == 4 && all.next == 4)
  }
}
