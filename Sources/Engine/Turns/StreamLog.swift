package import Base

/// What a turn has produced so far: two texts that only grow. A listener is an offset into them; nothing is kept per listener.
///
/// Lives on the loop's executor. Offsets are UTF-8 bytes, and always stand at the beginning of a scalar, because only whole
/// scalars are appended.
package final class StreamLog {
  package enum Kind: Hashable, Sendable { case text, reasoning }

  package let turn: ULID
  /// Bytes of the text that were there before this turn: a continued message begins with its old text.
  package let base: Int
  private var text: [UInt8]
  private var reasoning: [UInt8] = []
  /// Nothing more comes; what the log holds is what was stored.
  package private(set) var isClosed = false

  package init(turn: ULID, continuing old: String = "") {
    self.turn = turn
    text = Array(old.utf8)
    base = text.count
  }

  package func append(_ piece: String, to kind: Kind) {
    precondition(!isClosed, "a log that is closed does not grow")
    switch kind {
    case .text: text.append(contentsOf: piece.utf8)
    case .reasoning: reasoning.append(contentsOf: piece.utf8)
    }
  }

  package func close() { isClosed = true }

  /// One past the last byte.
  package func next(of kind: Kind) -> Int { bytes(of: kind).count }

  package func whole(_ kind: Kind) -> String { String(decoding: bytes(of: kind), as: UTF8.self) }

  /// The scalar's beginning at or before `offset`, within the log.
  package func rounded(_ offset: Int, in kind: Kind) -> Int {
    let bytes = bytes(of: kind)
    var place = min(max(0, offset), bytes.count)
    while place > 0, place < bytes.count, bytes[place] & 0xC0 == 0x80 { place -= 1 }
    return place
  }

  /// What follows `offset`, at most `limit` bytes of whole scalars. `offset` must be a scalar's beginning.
  package func piece(from offset: Int, limit: Int, of kind: Kind) -> (text: String, next: Int) {
    let bytes = bytes(of: kind)
    let end = offset + limit < bytes.count ? rounded(offset + limit, in: kind) : bytes.count
    return (String(decoding: bytes[offset..<end], as: UTF8.self), end)
  }

  private func bytes(of kind: Kind) -> [UInt8] { kind == .text ? text : reasoning }
}
