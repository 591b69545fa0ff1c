import Base
import Model
import SQLite
import Testing

@testable import Store

@Suite struct ChangeTests {
  private let folder = TemporaryFolder()

  private func open() async throws -> Vault {
    try await Vault.open(folder.path, owner: someone, environment())
  }

  /// Reads all pages from `since` on, checking what every page promises.
  private func replay(_ vault: Vault, since: Int64 = 0, limit: Int) async throws -> [Change] {
    var (items, position): ([Change], Int64) = ([], since)
    while true {
      let from = position
      let page = try await vault.read { try $0.changes(since: from, limit: limit) }
      #expect(page.items.allSatisfy { $0.change > from })
      #expect(page.items.map(\.change) == page.items.map(\.change).sorted())
      if page.items.count > limit { #expect(Set(page.items.map(\.change)).count == 1) }
      items += page.items
      guard let next = page.next else {
        #expect(page.latest >= (items.last?.change ?? 0))
        return items
      }
      #expect(next == page.items.last?.change)
      try #require(next > from)
      position = next
    }
  }

  @Test func `an empty vault has no changes`() async throws {
    let vault = try await open()
    let page = try await vault.read { try $0.changes(since: 0, limit: 50) }
    #expect(page == ChangePage(items: [], latest: 0))
    await vault.close()
  }

  @Test func `one operation is one change, and its members come together`() async throws {
    let vault = try await open()
    _ = try await vault.write {
      try $0.apply(
        SettingsPatch(user: .set(UserPersona(name: "Ada")), defaults: .set(ChatSettings()), reuse: true))
    }
    _ = try await vault.write { try $0.apply(SettingsPatch(reuse: false)) }
    let page = try await vault.read { try $0.changes(since: 0, limit: 50) }
    #expect(page.items.map(\.id) == ["defaults", "user", "reuse"])
    #expect(page.items.map(\.change) == [1, 1, 2])
    #expect(page.items.allSatisfy { $0.kind == "settings" && $0.deleted == nil })
    #expect(try await vault.read { try $0.changes(since: 1, limit: 50) }.items.map(\.id) == ["reuse"])
    #expect(try await vault.read { try $0.changes(since: 2, limit: 50) }.items.isEmpty)
    // A page of one still brings the whole first change.
    let small = try await vault.read { try $0.changes(since: 0, limit: 1) }
    #expect(small.items.count == 2 && small.next == 1 && small.latest == 2)
    await vault.close()
  }

  @Test func `an operation on many rows takes as many changes as pages`() async throws {
    let vault = try await open()
    try await vault.write { transaction in
      for number in 0..<(Ledger.rowsPerChange * 2 + 1) {
        try transaction.bury(kind: "note", id: "n\(number)")
      }
    }
    let items = try await replay(vault, limit: 200)
    #expect(items.count == Ledger.rowsPerChange * 2 + 1)
    #expect(items.map(\.change).max() == 3)
    #expect(items.allSatisfy { $0.deleted == true && $0.kind == "note" })
    await vault.close()
  }

  @Test func `what was buried and came back is deleted no more`() async throws {
    let vault = try await open()
    try await vault.write { try $0.bury(kind: "note", id: "a") }
    try await vault.write { try $0.unbury(kind: "note", id: "a") }
    #expect(try await replay(vault, limit: 10).isEmpty)
    await vault.close()
  }

  @Test func `pages of any size bring exactly what an independent model has`() async throws {
    let seed = UInt64.random(in: .min ... .max)
    print("seed \(seed)")
    var random = RandomSource.seeded(seed)
    let vault = try await open()
    var model: [String: Change] = [:]
    var counter: Int64 = 0
    for _ in 0..<300 {
      if Bool.random(using: &random) {
        let patch = SettingsPatch(
          user: Bool.random(using: &random)
            ? .set(UserPersona(name: "\(Int.random(in: 0...1, using: &random))")) : .clear,
          reuse: Bool.random(using: &random))
        let members = try await vault.write { try $0.apply(patch) }.members
        if !members.isEmpty { counter += 1 }
        for member in members {
          model["settings/\(member)"] = Change(kind: "settings", id: member, change: counter)
        }
      } else {
        let ids = (0..<Int.random(in: 1...30, using: &random)).map { _ in
          Int.random(in: 0...99, using: &random)
        }
        try await vault.write { transaction in
          for id in ids { try transaction.bury(kind: "note", id: "\(id)") }
        }
        counter += 1
        for id in ids {
          model["note/\(id)"] = Change(kind: "note", id: "\(id)", change: counter, deleted: true)
        }
      }
    }
    let expected = model.values.sorted { ($0.change, $0.kind, $0.id) < ($1.change, $1.kind, $1.id) }
    for limit in [1, 2, 7, 50, 1000] {
      let since = Int64.random(in: 0...counter, using: &random)
      #expect(try await replay(vault, limit: limit) == expected, "seed \(seed) limit \(limit)")
      #expect(
        try await replay(vault, since: since, limit: limit) == expected.filter { $0.change > since },
        "seed \(seed) limit \(limit) since \(since)")
    }
    await vault.close()
  }

  @Test func `every visible table has an index for its changes`() async throws {
    let vault = try await open()
    let plans = try await vault.read { snapshot in
      try VisibleTable.all.flatMap { table in
        try snapshot.rows(Query("EXPLAIN QUERY PLAN " + table.after.text), .integer(0), .integer(10)) { row in
          row.text(3)
        }
      }
    }
    #expect(!plans.isEmpty)
    #expect(plans.filter { $0.contains("(change>?)") }.count == VisibleTable.all.count, "\(plans)")
    #expect(plans.allSatisfy { !$0.contains("SCAN") && !$0.contains("TEMP B-TREE") }, "\(plans)")
    await vault.close()
  }
}
