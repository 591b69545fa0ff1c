import Base
import Glibc
import Model
import TestSupport
import Testing

extension EndToEnd {
  /// Clients that come, go and come back at random while a reply streams.
  @Suite struct ScheduleTests {
    @Test func `whoever listens, however they come and go, ends with the stored text`() throws {
      let schedules = Extent.of("SCHEDULES", share: 20)
      let seed = Extent.of("SEED", share: Int.random(in: 0...Int(Int32.max)))
      var random = RandomSource.seeded(UInt64(seed))
      let talk = try Conversation()
      var (restarts, listeners, interrupted) = (0, 0, 0)
      for schedule in 1...schedules {
        var run = Schedule(talk, number: schedule, random)
        try run.run()
        random = run.random
        #expect(run.faults.isEmpty, "schedule \(schedule), seed \(seed): \(run.faults)")
        restarts += run.restarts
        listeners += run.listenersSeen
        if run.wasInterrupted { interrupted += 1 }
      }
      figure(
        "\(schedules) schedules, seed \(seed): \(listeners) listeners, \(restarts) restarts, \(interrupted) replies "
          + "interrupted by one; every text equal to the stored one")
    }
  }
}

/// One reply and the clients around it.
private struct Schedule {
  private let talk: Conversation
  private let number: Int
  var random: RandomSource
  private(set) var faults: [String] = []
  private(set) var restarts = 0
  private(set) var listenersSeen = 0
  private(set) var wasInterrupted = false

  private struct Listener {
    var client: LineClient
    var shown = Shown()
  }
  private var listeners: [Listener] = []
  private var turn = ""

  init(_ talk: Conversation, number: Int, _ random: RandomSource) {
    self.talk = talk
    self.number = number
    self.random = random
  }

  mutating func run() throws {
    let pieces = (0..<Int.random(in: 20...300, using: &random)).map {
      "\(["né ", "日本", "😀 ", "so "][$0 % 4])\($0) "
    }
    talk.upstream.answer(.reply(pieces, perSecond: Int.random(in: 300...4000, using: &random)))
    let sender = try talk.daemon.lines()
    let sent = try sender.ask("message.send", talk.line("Line \(number).")).result
    turn = try #require(sent?["turn"]?["id"]?.string)
    let reply = try #require(sent?["replyId"]?.string)
    add(sender)
    for _ in 0..<Int.random(in: 0...8, using: &random) { try act() }
    if listeners.isEmpty { try attach() }
    let over = try talk.daemon.lines().ask("turn.wait", "{\"turn\":\"\(turn)\"}").result
    let stored = Array((over?["reply"]?.text ?? "").utf8)
    if over?["turn"]?["finish"] == "interrupted" {
      wasInterrupted = true
    } else {
      check(stored == Array(pieces.joined().utf8), "the stored text is not what the model said")
    }
    // A turn cut short before its first byte has no message.
    check(try talk.stored(reply)?.text ?? "" == over?["reply"]?.text ?? "", "history and turn.wait disagree")
    for index in listeners.indices { try finish(index, stored) }
  }

  private mutating func act() throws {
    let pause = ContinuousClock.now + .microseconds(Int.random(in: 0...15_000, using: &random))
    for index in listeners.indices.shuffled(using: &random).prefix(1) {
      let turn = turn
      var shown = listeners[index].shown
      _ = try listeners[index].client.read(until: pause) { shown.take($0, of: turn) }
      listeners[index].shown = shown
    }
    switch Int.random(in: 0...9, using: &random) {
    case 0...3: try attach()
    case 4...5: try follow()
    case 6...8 where !listeners.isEmpty:
      let left = listeners.remove(at: Int.random(in: 0..<listeners.count, using: &random))
      faults += left.shown.faults
      left.client.close()
    case 9 where restarts == 0: try restart()
    default: break
    }
  }

  private mutating func add(_ client: LineClient) {
    listeners.append(Listener(client: client))
    listenersSeen += 1
  }

  private mutating func attach() throws {
    let client = try talk.daemon.lines()
    let from = Int.random(in: 0...200, using: &random)
    guard let answer = try client.ask("turn.attach", "{\"turn\":\"\(turn)\",\"from\":\(from)}").result else {
      return check(false, "no attach")
    }
    check((answer["from"]?.integer ?? .max) <= from, "attached behind what was asked for")
    add(client)
  }

  private mutating func follow() throws {
    let client = try talk.daemon.lines()
    let answer = try client.ask("chat.follow", "{\"chat\":\"\(talk.chat)\"}").result
    // Once the turn is over, nothing of it is left to follow.
    if answer?["turn"]?["id"]?.string == turn { add(client) } else { client.close() }
  }

  /// Everybody does what long-lived clients do: connects again, and asks for the rest of what they show.
  private mutating func restart() throws {
    restarts += 1
    try talk.daemon.restart()
    for index in listeners.indices {
      let turn = turn
      var shown = listeners[index].shown
      while let message = try? listeners[index].client.json() { shown.take(message, of: turn) }
      faults += shown.faults
      check(shown.begins <= 1 && shown.ends <= 1, "a stream began or ended twice")
      shown.reconnected()
      let client = try talk.daemon.lines()
      let asked = try client.ask("turn.attach", "{\"turn\":\"\(turn)\",\"from\":\(shown.next)}").result
      // The end was orderly, so all that was shown was stored.
      check(
        asked?["from"]?.integer == Int64(shown.next) && asked?["reset"] == nil,
        "shown and not stored: \(String(describing: asked))")
      listeners[index] = Listener(client: client, shown: shown)
    }
  }

  private mutating func finish(_ index: Int, _ stored: [UInt8]) throws {
    let turn = turn
    var shown = listeners[index].shown
    try listeners[index].client.read(while: { shown.end == nil }) { shown.take($0, of: turn) }
    // What comes behind the end must not be another one.
    try listeners[index].client.call("ping", id: 99)
    var isAnswered = false
    try listeners[index].client.read(while: { !isAnswered }) { message in
      shown.take(message, of: turn)
      if message["id"] == 99 { isAnswered = true }
    }
    faults += shown.faults
    check(shown.bytes == Array(stored.dropFirst(shown.start)), "listener \(index) shows something else")
    check(shown.begins == 1 && shown.ends == 1, "\(shown.begins) begins, \(shown.ends) ends")
    check(
      shown.end?["reply"]?.text ?? "" == String(decoding: stored, as: UTF8.self),
      "stream.end has another text")
    listeners[index].client.close()
  }

  private mutating func check(_ isRight: Bool, _ what: String) { if !isRight { faults.append(what) } }
}
