import Base
import FoundationEssentials
import HTTP
import Model
import Posix
import TestSupport
import Testing

@testable import Providers

@Suite struct OfflineTests {
  init() { Loop.start() }

  private static let stage = ChatRequest.Stage(
    companion: "Ines", user: "Sam", description: "A bookbinder in Porto. She likes coffee.",
    personality: "warm",
    outfit: ["linen blouse", "canvas apron"], location: "the workshop", action: "sewing a signature", hour: 9)

  /// The reply to the last of the lines; every earlier line was answered as well.
  private func reply(_ lines: String..., stage: ChatRequest.Stage? = stage, seed: UInt64 = 1) -> String {
    var messages: [ChatRequest.Message] = []
    var reply = ""
    for (index, line) in lines.enumerated() {
      messages.append(.init(.user, line))
      let request = ChatRequest(messages, stage: stage)
      reply = OfflineCompanion(request, random: .seeded(seed &+ UInt64(index))).answer()
      messages.append(.init(.assistant, reply))
    }
    return reply
  }

  private func analysis(_ line: String, _ reply: String) throws -> JSONValue {
    let request = ChatRequest(
      [
        .init(.system, "…"), .init(.user, line), .init(.assistant, reply),
        .init(.system, "Describe the scene."),
      ],
      wantsJSON: true, task: .analysis)
    let text = OfflineCompanion(request, random: .seeded(1)).answer()
    return try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
  }

  @Test func `mirrors what was said, turned round`() {
    #expect(
      reply("I lost my keys at the station yesterday.").contains("ou lost your keys at the station yesterday")
    )
    #expect(reply("Well, I was looking at you.").contains("ou were looking at me"))
    #expect(Listening.mirror("Did I lose my keys?") == nil)
  }

  @Test func `knows what it wears, where it is, what it does and what time it is`() {
    #expect(reply("What are you wearing?").contains("linen blouse and canvas apron"))
    #expect(reply("Where are we?").contains("n the workshop"))
    #expect(reply("What are you doing?").contains("sewing a signature"))
    #expect(reply("What time is it?").contains("9 in the morning"))
    #expect(reply("Who are you?").contains("Ines"))
  }

  @Test func `remembers the person, and the scene without being told it`() {
    #expect(reply("My name is Alex and I love rain", "Hm.", "What's my name?").contains("Alex"))
    #expect(
      reply("My name is Alex and I love rain", "Hm.", "Do you remember what I love?").contains(
        "you love rain"))
    #expect(reply("Let's go to the beach", "Where are we?", stage: nil).contains("t the beach"))
    #expect(reply("Do you remember my dog?", stage: nil).contains("don't think you have told me"))
  }

  @Test func `says honestly what it is`() {
    for line in ["Are you an AI?", "Are you real?", "are you human"] {
      #expect(reply(line).contains("offline companion"))
    }
    #expect(reply("日本語で話してください").contains("English"))
  }

  @Test func `the same seed says the same, and others say other things`() {
    let lines = (0..<20).map { reply("I had a long day.", seed: $0) }
    #expect(lines == (0..<20).map { reply("I had a long day.", seed: $0) })
    #expect(Set(lines).count > 6)
  }

  @Test func `does not repeat itself within a few lines`() {
    let seed = UInt64.random(in: 0 ... .max)
    var messages: [ChatRequest.Message] = []
    var replies: [String] = []
    for index in 0..<6 {
      messages.append(.init(.user, "Why is that so, number \(index)?"))
      replies.append(OfflineCompanion(ChatRequest(messages), random: .seeded(seed &+ UInt64(index))).answer())
      messages.append(.init(.assistant, replies[index]))
    }
    for (index, reply) in replies.enumerated().dropFirst() {
      #expect(reply != replies[index - 1], "seed \(seed)")
    }
  }

  @Test func `every line of every kind is filled in completely`() {
    let lines = [
      "Hi", "bye", "thanks", "sorry", "yes", "no", "you look lovely", "I love you", "who are you",
      "how are you", "what are you wearing",
      "where are we", "what are you doing", "what time is it", "do you remember me", "are you real",
      "let's go to the lake",
      "put on your coat", "take off your hat", "I'm tired", "I'm hungry", "why?", "come here", "It rained.",
      "日本", "...",
      "tell me a story", "I saw a red dress", "",
    ]
    for line in lines {
      for seed in 0..<30 {
        for stage in [Self.stage, nil] {
          let reply = reply(line, stage: stage, seed: UInt64(seed))
          #expect(
            !reply.isEmpty && !reply.contains("{") && !reply.contains("}") && !reply.contains("  "),
            "\(line): \(reply)")
        }
      }
    }
  }

  @Test(arguments: [
    ("Put on your red coat", "*puts on the red coat* There.", ["red coat"], []),
    ("It's warm here.", "*takes off the grey wool scarf and lays it aside*", [], ["grey wool scarf"]),
    ("Rain!", "*slips into the yellow raincoat*", ["yellow raincoat"], []),
    ("Rain!", "*slips the raincoat off*", [], ["raincoat"]),
    ("I take off my coat", "*smiles*", [], []),
    ("Nice dress", "Your blue dress suits you.", [], []),
    ("So?", "*changes into a simple black dress and kicks off the boots*", ["simple black dress"], ["boots"]),
  ])
  func `an analysis tells clothes put on and taken off`(
    line: String, reply: String, add: [String], remove: [String]
  ) throws {
    let outfit = try analysis(line, reply)["outfit"]
    #expect((outfit?["add"]?.array ?? []).compactMap(\.string) == add)
    #expect((outfit?["remove"]?.array ?? []).compactMap(\.string) == remove)
    if add.isEmpty, remove.isEmpty { #expect(outfit == .null) }
  }

  @Test(
    arguments: [
      ("Let's go to the beach", "*comes along to the beach* I like it here.", "the beach"),
      ("Shall we?", "*walks into the old kitchen*", "the old kitchen"),
      ("I went to the museum.", "So you went to the museum.", nil),
      ("Here we are in the garden.", "It is lovely.", "the garden"),
      ("Let's go to the beach", "No, not today.", nil),
      ("Hm", "*sits down at the corner café*", "the corner café"),
    ] as [(String, String, String?)])
  func `an analysis tells where they are now`(line: String, reply: String, place: String?) throws {
    #expect(try analysis(line, reply)["location"]?.string == place)
  }

  @Test func `an analysis tells what the companion is busy with, and no gestures`() throws {
    #expect(
      try analysis("?", "*pours two cups of tea and smiles* Here.")["action"]?.string
        == "pouring two cups of tea")
    #expect(try analysis("?", "*smiles warmly* Hello.")["action"] == .null)
    #expect(
      try analysis("?", "*She sets the cups on a tray.*")["action"]?.string == "setting the cups on a tray")
    #expect(try analysis("?", "No beat at all.") == ["outfit": nil, "location": nil, "action": nil])
  }

  @Test @Loop func `is there with no configuration, streams at a pace, and says what it is`() async {
    let time = ManualTiming()
    let pool = ProviderPool(
      seams: ProviderSeams(client: HTTPClient(timing: time.timing), timing: time.timing, random: .seeded(7)))
    #expect((try? pool.models(named: "offline"))?.map(\.id) == ["offline/companion"])
    #expect((try? pool.models(named: "offline"))?.first?.isOffline == true)
    let heard = Heard()
    heard.start(ChatRequest([.init(.user, "I lost my keys at the station.")]), on: pool, model: "offline")
    time.advance(by: .milliseconds(400))
    let early = heard.text
    #expect(!early.isEmpty && !heard.ended.hasHappened)
    time.advance(by: .seconds(20))
    #expect(heard.finish == ReplyEnd(.stop) && heard.text.hasPrefix(early) && heard.texts.count > 5)
    #expect(heard.started == ["offline/companion"] && heard.usage != nil && time.pending.isEmpty)
  }

  @Test @Loop func `keeps to the tokens it was given, to stop strings, and stops when told`() async {
    let time = ManualTiming()
    let pool = ProviderPool(
      seams: ProviderSeams(client: HTTPClient(timing: time.timing), timing: time.timing, random: .seeded(7)))
    var request = ChatRequest([.init(.user, "I lost my keys at the station.")], maxTokens: 4)
    let short = Heard()
    short.start(request, on: pool, model: "offline/companion")
    time.advance(by: .seconds(20))
    #expect(short.finish?.reason == .length && short.text.split(separator: " ").count <= 3)

    request.maxTokens = nil
    request.sampling.stop = ["keys"]
    let stopped = Heard()
    stopped.start(request, on: pool, model: "offline/companion")
    time.advance(by: .seconds(20))
    #expect(stopped.finish?.reason == .stop && !stopped.text.contains("keys"))

    let cancelled = Heard()
    cancelled.start(request, on: pool, model: "offline/companion")
    time.advance(by: .milliseconds(400))
    cancelled.cancel()
    #expect(cancelled.finish == ReplyEnd(.cancelled) && time.pending.isEmpty)
  }
}
