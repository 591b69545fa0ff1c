import Base
import Model
import Testing

@testable import Engine

@Suite struct LoreScanTests {
  private func scan(
    _ entries: [JSONValue], _ lines: [String], book more: [String: JSONValue] = [:], replies: Int = 5,
    earlier: Int = 0,
    seed: UInt64 = 1, budget: Int = 1_000
  ) -> [String] {
    var members = more
    members["entries"] = .array(entries)
    let book = LoreBook(.object(members)) { $0 }
    var scan = LoreScan(
      book: book, lines: lines, replies: replies, earlierLines: earlier, seed: seed,
      budget: book.budget ?? budget)
    return scan.run { $0.content }.map(\.text)
  }

  private func entry(_ content: String, _ keys: [String] = ["key"], _ more: [String: JSONValue] = [:])
    -> JSONValue
  {
    var members: [String: JSONValue] = [
      "keys": .array(keys.map { .string($0) }), "content": .string(content), "enabled": true,
      "insertion_order": 100,
    ]
    members.merge(more) { $1 }
    return .object(members)
  }

  private func own(_ members: [String: JSONValue]) -> [String: JSONValue] { ["extensions": .object(members)] }

  @Test func `constant ones always come, others when a key was said, switched-off ones never`() {
    let entries = [
      entry("always", [], ["constant": true]), entry("called"), entry("not called", ["other"]),
      entry("off", ["key"], ["enabled": false]), entry(" ", ["key"]),
    ]
    #expect(scan(entries, ["Mira: a KEY here"]) == ["always", "called"])
    #expect(scan(entries, ["Mira: nothing"]) == ["always"])
  }

  @Test func `as many lines are looked at as book and entry say, and no key reaches over a line's end`() {
    let lines = ["one key", "two", "three"]
    #expect(scan([entry("x")], lines).isEmpty)
    #expect(scan([entry("x")], lines, book: ["scan_depth": 3]) == ["x"])
    #expect(scan([entry("x", ["key"], own(["scan_depth": 3]))], lines) == ["x"])
    #expect(scan([entry("@@scan_depth 3\nx")], lines) == ["x"])
    #expect(scan([entry("x", ["a b"])], ["a", "b"]).isEmpty)
    #expect(scan([entry("x", ["key"])], lines, book: ["scan_depth": 0]).isEmpty)
  }

  @Test func `further keys count as SillyTavern counts them, when they are asked for`() {
    func told(_ logic: Int64, _ text: String) -> Bool {
      let more: [String: JSONValue] = ["selective": true, "secondary_keys": ["s", "t"]]
      return !scan(
        [entry("x", ["key"], more.merging(own(["selectiveLogic": .integer(logic)])) { $1 })], [text]
      ).isEmpty
    }
    let texts = ["key", "key s", "key s t"]
    #expect(texts.map { told(0, $0) } == [false, true, true])
    #expect(texts.map { told(1, $0) } == [true, true, false])
    #expect(texts.map { told(2, $0) } == [true, false, false])
    #expect(texts.map { told(3, $0) } == [false, false, true])
    #expect(scan([entry("x", ["key"], ["secondary_keys": ["s"]])], ["key"]) == ["x"])
  }

  @Test func `they are told in their order`() {
    let entries = [
      entry("c", ["key"], ["insertion_order": 3]), entry("a", ["key"], ["insertion_order": 1]),
      entry("b2", ["key"], ["insertion_order": 2]), entry("b3", ["key"], ["insertion_order": 2]),
    ]
    #expect(scan(entries, ["key"]) == ["a", "b2", "b3", "c"])
  }

  @Test func `what does not fit goes by priority, constants last of all`() {
    // Ten tokens each, as they are counted.
    func text(_ name: String) -> String { name + String(repeating: ".", count: 29) }
    let entries = [
      entry(text("a"), ["key"], ["priority": 1, "insertion_order": 1]),
      entry(text("b"), ["key"], ["priority": 9, "insertion_order": 2]),
      entry(text("c"), [], ["constant": true, "insertion_order": 3]),
      entry(text("d"), ["key"], ["priority": 5, "insertion_order": 4]),
    ]
    func told(_ budget: Int) -> String {
      scan(entries, ["key"], budget: budget).map { String($0.prefix(1)) }.joined()
    }
    #expect(told(40) == "abcd" && told(39) == "bcd" && told(29) == "bc" && told(19) == "c" && told(9) == "")
    #expect(scan(entries, ["key"], book: ["token_budget": 20], budget: 1_000).count == 2)
  }

  @Test func `found lore calls further lore, where the book says so`() {
    let entries = [
      entry("the tower", ["key"]), entry("the stair", ["tower"]), entry("the bell", ["stair"]),
      entry("never", ["stair"], own(["exclude_recursion": true])),
      entry("late", ["key"], own(["delay_until_recursion": true])),
      entry("silent tower door", ["key"], own(["prevent_recursion": true])), entry("behind", ["door"]),
    ]
    #expect(scan(entries, ["key"]) == ["the tower", "silent tower door"])
    let all = scan(entries, ["key"], book: ["recursive_scanning": true])
    #expect(all == ["the tower", "the stair", "the bell", "late", "silent tower door"])
  }

  @Test func `a ring of entries that call each other comes to its end, each told once`() {
    let entries = (0..<50).map { entry("word\($0 + 1) word\($0)", ["word\($0)"]) }
    let told = scan(entries, ["word0"], book: ["recursive_scanning": true])
    #expect(told.count == 5 && Set(told).count == 5)
  }

  @Test func `chance is the same for the same place, and has its share`() {
    let entries = [entry("x", ["key"], own(["probability": 30, "useProbability": true]))]
    let told = (0..<1_000).map { !scan(entries, ["key"], seed: UInt64($0)).isEmpty }
    #expect((200...400).contains(told.count { $0 }))
    #expect(told == (0..<1_000).map { !scan(entries, ["key"], seed: UInt64($0)).isEmpty })
    #expect(scan([entry("x", ["key"], own(["probability": 0]))], ["key"]).isEmpty)
    #expect(scan([entry("x", ["key"], own(["probability": 0, "useProbability": false]))], ["key"]) == ["x"])
  }

  @Test func `one of a group comes`() {
    let group = (1...3).map {
      entry("g\($0)", ["key"], own(["group": "g", "group_weight": .integer(Int64($0 == 2 ? 0 : 50))]))
    }
    let winners = Set((0..<100).flatMap { scan(group, ["key"], seed: UInt64($0)) })
    #expect(winners == ["g1", "g3"])
    let loud = group + [entry("first", ["key"], own(["group": "g", "group_override": true]))]
    #expect(scan(loud, ["key"]) == ["first"])
  }

  @Test func `some stay for a while, rest for a while, or come once`() {
    let lines = ["key", "a", "b", "c", "d", "e"]
    func told(_ own: [String: JSONValue], _ content: String = "x") -> [Bool] {
      (1...lines.count).map { count in
        !scan([entry(content, ["key"], self.own(own))], Array(lines.prefix(count)), book: ["scan_depth": 1])
          .isEmpty
      }
    }
    #expect(told([:]) == [true, false, false, false, false, false])
    #expect(told(["sticky": 2]) == [true, true, true, false, false, false])
    #expect(told([:], "@@keep_activate_after_match\nx") == [true, true, true, true, true, true])
    func again(_ own: [String: JSONValue], _ content: String = "x") -> [Bool] {
      (1...4).map { count in
        !scan(
          [entry(content, ["key"], self.own(own))], [String](repeating: "key", count: count),
          book: ["scan_depth": 1]
        ).isEmpty
      }
    }
    #expect(again(["cooldown": 2]) == [true, false, false, true])
    #expect(again([:], "@@dont_activate_after_match\nx") == [true, false, false, false])
    #expect(scan([entry("x", ["key"], own(["delay": 3]))], ["key", "key"]).isEmpty)
    #expect(scan([entry("x", ["key"], own(["delay": 3]))], ["key", "key"], earlier: 1) == ["x"])
  }

  @Test func `instructions at the head of an entry are followed and never told`() {
    #expect(scan([entry("@@activate\n@@unknown 7\nx", [])], ["-"]) == ["x"])
    #expect(scan([entry("@@dont_activate\nx")], ["key"]).isEmpty)
    #expect(scan([entry("@@exclude_keys no, never\nx")], ["key, never"]).isEmpty)
    #expect(scan([entry("@@additional_keys yes\nx")], ["key"]).isEmpty)
    #expect(scan([entry("@@additional_keys yes\nx")], ["key yes"]) == ["x"])
    #expect(scan([entry("@@activate_only_after 6\nx")], ["key"]).isEmpty)
    #expect(scan([entry("@@activate_only_every 5\nx")], ["key"]) == ["x"])
    #expect(scan([entry("@@activate_only_every 2\nx")], ["key"]).isEmpty)
    // A fallback holds only where the line above is not known.
    #expect(scan([entry("@@mystery 1\n@@@dont_activate\nx")], ["key"]).isEmpty)
    #expect(scan([entry("@@scan_depth 2\n@@@dont_activate\nx")], ["key"]) == ["x"])
    #expect(LoreDecorators.read("@@depth 3\n@@depth 9\nx").number("depth") == 3)
    #expect(LoreDecorators.read("no @@depth 3").text == "no @@depth 3")
  }

  @Test func `patterns are what the third version says, and what SillyTavern means`() {
    let regex: [String: JSONValue] = ["use_regex": true]
    #expect(scan([entry("x", ["k.y"], regex)], ["key"]) == ["x"])
    #expect(scan([entry("x", ["k.y", "("], regex)], ["key"]).isEmpty)
    #expect(scan([entry("x", ["nothing"], ["use_regex": true, "constant": true])], ["key"]).isEmpty)
    // With members of SillyTavern's, plain keys are plain, and constants are constant.
    let tavern = regex.merging(own(["selectiveLogic": 0])) { $1 }
    #expect(scan([entry("x", ["k.y"], tavern)], ["key"]).isEmpty)
    #expect(scan([entry("x", ["/k.y/"], tavern)], ["key"]) == ["x"])
    #expect(scan([entry("x", ["-"], tavern.merging(["constant": true]) { $1 })], ["key"]) == ["x"])
  }

  @Test func `a book made to take for ever ends soon`() {
    let evil = (0..<2_000).map {
      entry("x\($0)", ["/(a|a)*(a|b|aa)+[^a]$/", String(repeating: "a", count: 200) + "b"])
    }
    let lines = [String](repeating: String(repeating: "a", count: 200_000), count: 2)
    let time = ContinuousClock().measure {
      #expect(scan(evil, lines, book: ["recursive_scanning": true]).isEmpty)
    }
    #expect(time < .seconds(20), "\(time)")
  }

  @Test func `a book of nonsense is an empty one`() {
    for value in [
      "x", 7, [], .null, ["entries": "x"], ["entries": [1, ["keys": 7, "content": 8], ["content": "x"]]],
    ] as [JSONValue] {
      #expect(LoreBook(value) { $0 }.entries.isEmpty)
    }
  }
}
