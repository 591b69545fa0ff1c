/// How often things are measured, and in what order: all of them in every round, the order turning about from one to the next, so
/// that neither a slow drift of the machine nor who comes after whom falls on one of them.
///
/// Warm-up rounds come first and are thrown away: caches fill, connections are made, pools grow.
struct Rounds {
  let count: Int
  var warmUps = 0

  /// `keep` is called with what `measure` found, by the item's place in the list; not in a warm-up.
  func alternate<Item, Found>(
    _ items: [Item], measure: (_ item: Item) throws -> Found,
    keep: (_ index: Int, _ found: Found) throws -> Void
  ) rethrows {
    for round in -warmUps..<count {
      for index in order(of: items.indices, in: round) {
        let found = try measure(items[index])
        if round >= 0 { try keep(index, found) }
      }
    }
  }

  /// The same for what has to wait.
  func alternate<Item, Found>(
    _ items: [Item], measure: (_ item: Item) async throws -> Found,
    keep: (_ index: Int, _ found: Found) throws -> Void
  ) async rethrows {
    for round in -warmUps..<count {
      for index in order(of: items.indices, in: round) {
        let found = try await measure(items[index])
        if round >= 0 { try keep(index, found) }
      }
    }
  }

  private func order(of places: Range<Int>, in round: Int) -> [Int] {
    round.isMultiple(of: 2) ? Array(places) : places.reversed()
  }
}
