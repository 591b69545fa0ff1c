package import Base
package import Model
import Store

/// Finding messages again, in any branch of any chat of an owner.
package actor SearchDesk {
  /// Entries that a search makes before it looks; with more missing (a vault that was just brought to this schema), it
  /// says so rather than keep its caller waiting.
  private static let mostEntriesMade = 2048

  private let surroundings: Engine.Surroundings

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe surroundings.executor.asUnownedSerialExecutor()
  }

  init(_ surroundings: Engine.Surroundings) { self.surroundings = surroundings }

  package struct Page: Sendable {
    package var matches: [SearchMatch] = []
    package var next: String?
    /// How many of the newest matches were compared; nil in the order of time.
    package var ranked: Int?
    /// Whether there are older matches that were not compared.
    package var older = false
    /// Whether messages are left that cannot be found yet.
    package var indexing = false
  }

  package func search(
    _ words: String, chat: ULID?, companion: String?, order: SearchOrder, cursor: String?, limit: Int,
    of owner: Owner
  ) async throws(EngineError) -> Page {
    guard let query = SearchQuery(words) else {
      throw .invalid(path: "query", expected: "at most \(SearchQuery.mostTerms) words")
    }
    let row = order == .recent ? try SearchCursor.row(cursor) : nil
    let place = order == .best ? try SearchCursor.place(cursor) : nil
    let isComplete = try await bringUpToDate(owner)
    var page = try await surroundings.reading(owner) { snapshot in
      let id = try companion.map { try snapshot.companion(named: $0).id }
      let scope = SearchScope(chat: chat, companion: id)
      switch order {
      case .recent:
        let found = try snapshot.recentMatches(query, in: scope, before: row, limit: limit)
        return Page(
          matches: found.items.map { Excerpt.match($0, query) },
          next: found.next.map { SearchCursor.text($0) })
      case .best:
        let found = try snapshot.bestMatches(query, in: scope, after: place, limit: limit)
        return Page(
          matches: found.items.map { Excerpt.match($0, query) },
          next: found.next.map { SearchCursor.text($0) },
          ranked: found.ranked, older: found.isWindow)
      }
    }
    page.indexing = !isComplete
    return page
  }

  /// False when entries are missing still: too many for one call, or the disk is full and none can be made.
  private func bringUpToDate(_ owner: Owner) async throws(EngineError) -> Bool {
    let vault = try await surroundings.vault(of: owner)
    do throws(StoreError) {
      return try await vault.indexWaiting(atMost: Self.mostEntriesMade)
    } catch .storageFull {
      return false
    } catch {
      throw EngineError(error)
    }
  }
}
