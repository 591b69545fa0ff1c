import Testing

@testable import companion_bench

@Suite struct RoundsTests {
  @Test func `everything is measured in every round, the order turning about`() {
    var order = ""
    var kept: [[String]] = [[], [], []]
    Rounds(count: 3).alternate(["a", "b", "c"]) { item in
      order += item
      return item
    } keep: { index, found in
      kept[index].append(found)
    }
    #expect(order == "abccbaabc")
    #expect(kept == [["a", "a", "a"], ["b", "b", "b"], ["c", "c", "c"]])
  }

  @Test func `what warms up is measured and thrown away`() {
    var measured = 0
    var kept: [Int] = []
    Rounds(count: 2, warmUps: 3).alternate([0]) { _ in
      measured += 1
      return measured
    } keep: { _, found in
      kept.append(found)
    }
    #expect(measured == 5 && kept == [4, 5])
  }

  @Test func `the first round that counts begins with the first, however many warmed up`() {
    for warmUps in 0...3 {
      var kept: [Int] = []
      Rounds(count: 1, warmUps: warmUps).alternate([10, 20]) {
        $0
      } keep: { _, found in
        kept.append(found)
      }
      #expect(kept == [10, 20])
    }
  }

  @Test func `with an even number of rounds everybody is first and last equally often`() {
    var firsts = [0, 0]
    var place = 0
    Rounds(count: 10).alternate([0, 1]) { item in
      if place.isMultiple(of: 2) { firsts[item] += 1 }
      place += 1
    } keep: { _, _ in
    }
    #expect(firsts == [5, 5])
  }

  @Test func `what has to wait is measured in the same order`() async {
    var order = ""
    await Rounds(count: 2, warmUps: 1).alternate(["a", "b"]) { item in
      await Task.yield()
      order += item
    } keep: { _, _ in
    }
    #expect(order == "baabba")
  }

  @Test func `a failure ends the run`() {
    struct Failure: Error {}
    var measured = 0
    #expect(throws: Failure.self) {
      try Rounds(count: 5).alternate([0, 1]) { _ in
        measured += 1
        if measured == 3 { throw Failure() }
      } keep: { _, _ in
      }
    }
    #expect(measured == 3)
  }
}
