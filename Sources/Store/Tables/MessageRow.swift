import Base
import FoundationEssentials
import Model
import SQLite

/// A message with the integer it has inside.
struct StoredMessage: Sendable {
  let row: Int64
  var message: Message
}

extension [StoredMessage] {
  /// A page of messages ends behind this much text, however few they are: it becomes one line, made in one piece on the loop.
  static var mostPageBytes: Int { 4 << 20 }

  /// How many of the first `limit` a page takes; one at least.
  func fitting(_ limit: Int) -> Int {
    var bytes = 0
    var fitting = 0
    while fitting < Swift.min(limit, count) {
      bytes += self[fitting].message.parts.reduce(0) { $0 + $1.bytes }
      if fitting > 0, bytes > Self.mostPageBytes { break }
      fitting += 1
    }
    return fitting
  }
}

extension Part {
  /// Of text, which is what there can be much of.
  fileprivate var bytes: Int {
    switch self {
    case .text(let text), .reasoning(let text), .suggestedPrompt(let text), .context(_, _, let text),
      .description(_, let text):
      text.utf8.count
    case .image, .other: 0
    }
  }
}

extension Reading {
  /// Rows of `MessageTable.columns`. Most messages have no JSON at all, and those cost no decoder.
  func messages(_ query: Query, _ values: Value...) throws(StoreError) -> [StoredMessage] {
    var damaged: StoreError?
    let found = try rows(query, values) { row -> StoredMessage? in
      do throws(StoreError) {
        return try storedMessage(in: row)
      } catch {
        damaged = error
        return nil
      }
    }
    if let damaged { throw damaged }
    return found.compactMap { $0 }
  }

  private func storedMessage(in row: borrowing Row) throws(StoreError) -> StoredMessage {
    guard let role = Message.Role(rawValue: row.text(3)), let status = Message.Status(rawValue: row.text(6))
    else { throw .corrupt("message \(row.ulid(0)) has an unknown role or status") }
    let parts: [Part] = try decoded(row.optionalBytes(8)) ?? [.text(row.text(7))]
    var message = Message(
      id: row.ulid(0), chat: row.ulid(1), parent: row.optionalULID(2), role: role, parts: parts,
      status: status,
      finish: row.optionalText(9).flatMap(Finish.init), turn: row.optionalULID(10),
      siblings: Message.Siblings(index: Int(row.integer(12)), count: Int(row.integer(13))),
      createdAt: Timestamp(milliseconds: row.integer(19)), revision: row.integer(20), change: row.integer(21))
    message.author = row.optionalText(4)
    message.companion = row.optionalULID(5)
    message.state = try decoded(row.optionalBytes(11))
    message.model = row.optionalText(14)
    message.usage = try decoded(row.optionalBytes(15))
    message.hidden = row.bool(16) ? true : nil
    message.mark = row.optionalText(17)
    message.editedAt = row.optionalInteger(18).map { Timestamp(milliseconds: $0) }
    if !row.isNull(23) { message.images = identifiers(inDigits: row.text(23)) }
    return StoredMessage(row: row.integer(22), message: message)
  }
}

/// Identifiers one after another, each as the 32 digits of `hex`.
private func identifiers(inDigits text: String) -> [ULID] {
  let digits = Array(text.utf8)
  return stride(from: 0, to: digits.count - 31, by: 32).compactMap { start in
    let half = { (at: Int) in UInt64(String(decoding: digits[at..<at + 16], as: UTF8.self), radix: 16) }
    guard let high = half(start), let low = half(start + 16) else { return nil }
    return ULID(high: high, low: low)
  }
}
