package import Base
package import Model
import SQLite

/// Tokens by day (UTC), model, chat and purpose: one row however many requests.
enum UsageTable {
  static let add = Query(
    """
    INSERT INTO usage (day, model, chat, purpose, requests, prompt, completion, cached, estimated)
    VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?)
    ON CONFLICT (day, model, chat, purpose) DO UPDATE SET requests = requests + 1,
      prompt = prompt + excluded.prompt, completion = completion + excluded.completion,
      cached = cached + excluded.cached,
      estimated = max(estimated, excluded.estimated)
    """)
  private static let tokens = "sum(prompt), sum(completion), sum(cached), max(estimated) FROM usage"
  /// A turn asks for one reply, however often it asks for something else besides.
  private static let sums = "sum(iif(purpose = 'reply', requests, 0)), \(tokens)"
  static let byModel = Query("SELECT model, \(sums) WHERE day >= ? GROUP BY model ORDER BY model")
  static let byDay = Query("SELECT day, \(sums) WHERE day >= ? GROUP BY day ORDER BY day")
  static let byChat = Query("SELECT chat, \(sums) WHERE day >= ? AND chat != x'' GROUP BY chat ORDER BY chat")
  static let byPurpose = Query(
    "SELECT purpose, sum(requests), \(tokens) WHERE day >= ? GROUP BY purpose ORDER BY purpose")
}

private let dayMilliseconds: Int64 = 86_400_000

extension Transaction {
  package func add(
    _ usage: Usage, model: String, chat: ULID?, for purpose: UsagePurpose = .reply
  ) throws(StoreError) {
    try run(
      UsageTable.add, .integer(now.milliseconds / dayMilliseconds), .text(model),
      chat.map { .ulid($0) } ?? .bytes([]), .text(purpose.rawValue), .integer(usage.promptTokens),
      .integer(usage.completionTokens), .integer(usage.cachedTokens ?? 0), .bool(usage.estimated))
  }
}

extension Reading {
  /// Sums since the beginning of a day, or of time.
  package func usage(since: Timestamp? = nil, by grouping: UsageGrouping) throws(StoreError) -> [UsageSum] {
    let query =
      switch grouping {
      case .model: UsageTable.byModel
      case .chat: UsageTable.byChat
      case .day: UsageTable.byDay
      case .purpose: UsageTable.byPurpose
      }
    return try rows(query, .integer((since?.milliseconds ?? 0) / dayMilliseconds)) { row in
      let name =
        switch grouping {
        case .model, .purpose: row.text(0)
        case .chat: row.ulid(0).description
        case .day: String(Timestamp(milliseconds: row.integer(0) * dayMilliseconds).description.prefix(10))
        }
      return UsageSum(
        name: name, turns: Int(row.integer(1)),
        usage: Usage(
          promptTokens: Int(row.integer(2)), completionTokens: Int(row.integer(3)),
          cachedTokens: Int(row.integer(4)), estimated: row.bool(5)))
    }
  }
}
