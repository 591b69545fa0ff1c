import Testing

@testable import Picture

@Suite struct DecodeBudgetTests {
  /// Until so many stand in line.
  private func line(_ budget: DecodeBudget, of count: Int) async {
    while budget.waiting != count { await Task.yield() }
  }

  @Test func `what is free is given at once, and what is given back is free`() async {
    let budget = DecodeBudget(bytes: 100)
    let one = await budget.take(60)
    let two = await budget.take(40)
    #expect(budget.free == 0)
    one?.giveBack()
    one?.giveBack()
    #expect(budget.free == 60)
    two?.giveBack()
    #expect(budget.free == 100)
  }

  @Test func `a share that is forgotten goes back too`() async {
    let budget = DecodeBudget(bytes: 100)
    await { _ = await budget.take(60) }()
    #expect(budget.free == 100)
  }

  @Test func `at the limit there is no wait, one byte more waits, in order`() async {
    let budget = DecodeBudget(bytes: 100)
    let first = await budget.take(50)
    let second = await budget.take(50)
    // A large one, and behind it a small one that would fit as soon as anything is free.
    let large = Task { await budget.take(80) }
    await line(budget, of: 1)
    let small = Task { await budget.take(1) }
    await line(budget, of: 2)
    first?.giveBack()
    #expect(budget.waiting == 2 && budget.free == 50)
    second?.giveBack()
    let shares = await [large.value, small.value]
    #expect(shares.allSatisfy { $0 != nil } && budget.free == 19)
  }

  @Test func `more than there is takes all there is`() async {
    let budget = DecodeBudget(bytes: 100)
    let all = await budget.take(1000)
    #expect(all != nil && budget.free == 0)
  }

  @Test func `who is cancelled leaves the line, and those behind move up`() async {
    let budget = DecodeBudget(bytes: 100)
    let held = await budget.take(50)
    let large = Task { await budget.take(80) }
    await line(budget, of: 1)
    let small = Task { await budget.take(30) }
    await line(budget, of: 2)
    large.cancel()
    #expect(await large.value == nil)
    let share = await small.value
    #expect(share != nil && budget.free == 20 && budget.waiting == 0)
    held?.giveBack()
    let gone = Task {
      while !Task.isCancelled { await Task.yield() }
      return await budget.take(1)
    }
    gone.cancel()
    #expect(await gone.value == nil)
    #expect(budget.free == 70)
    share?.giveBack()
    #expect(budget.free == 100)
  }
}
