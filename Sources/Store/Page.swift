/// A piece of a list and where the next piece begins, which only this room understands; nil at the end.
package struct Page<Item: Sendable>: Sendable {
  package let items: [Item]
  package let next: Int64?

  /// From items that were made of the first `limit` of `found` ones.
  init(_ items: [Item], of found: Int, limit: Int, position: (Int) -> Int64) {
    self.items = items
    next = found > limit && limit > 0 ? position(limit - 1) : nil
  }

  /// From one item more than the limit; `position` gives the place of the item with that index.
  init(_ found: [Item], limit: Int, position: (Int) -> Int64) {
    items = Array(found.prefix(limit))
    next = found.count > limit && limit > 0 ? position(limit - 1) : nil
  }
}
