import Base
import Wire

extension Limits {
  /// How many items a page has when a caller asks for so many.
  func page(_ asked: Int?) throws(RPCError) -> Int {
    let limit = asked ?? pageDefault
    guard (1...pageMaximum).contains(limit) else {
      throw .invalidParams(path: "params.limit", expected: "1 to \(pageMaximum)")
    }
    return limit
  }

  /// Words that lists are filtered by, and where a page begins: short, whoever sends them.
  func check(query: String?, cursor: String?) throws(RPCError) {
    if let query, query.utf8.count > 1024 {
      throw .tooLarge("params.query", limit: 1024)
    }
    if let cursor, cursor.utf8.count > 1024 {
      throw .invalidParams(path: "params.cursor", expected: "the next of the page before")
    }
  }
}
