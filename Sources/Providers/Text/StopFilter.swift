/// Ends a text before the first stop string in it, and meanwhile holds back what might turn out to be the beginning of one, so
/// that nothing shown is ever taken back.
///
/// The stop string that is complete first counts, as with the servers that stop by themselves; of several complete at the same
/// byte, the longest. How the text was cut into pieces makes no difference.
package struct StopFilter: Sendable {
  private let stops: [[UInt8]]
  private let lastBytes: Set<UInt8>
  private var held: [UInt8] = []
  /// The stop string that ended the text.
  package private(set) var stopped: String?

  /// Empty stop strings are left out.
  package init(_ stops: [String]) {
    self.stops = stops.filter { !$0.isEmpty }.map { Array($0.utf8) }.sorted { $0.count > $1.count }
    lastBytes = Set(self.stops.compactMap(\.last))
  }

  /// What may be shown now; whole characters only. Nothing any more once a stop string was found.
  package mutating func push(_ text: String) -> String {
    guard stopped == nil else { return "" }
    guard !stops.isEmpty else { return text }
    var at = held.count
    held.append(contentsOf: text.utf8)
    while at < held.count {
      if lastBytes.contains(held[at]), let stop = stop(endingAt: at) {
        stopped = String(decoding: stop, as: UTF8.self)
        let kept = String(decoding: held[...(at - stop.count)], as: UTF8.self)
        held = []
        return kept
      }
      at += 1
    }
    let keep = longestBeginning()
    let shown = String(decoding: held[..<(held.count - keep)], as: UTF8.self)
    held.removeFirst(held.count - keep)
    return shown
  }

  /// The text is over: what was held back was no stop string after all.
  package mutating func finish() -> String {
    defer { held = [] }
    return String(decoding: held, as: UTF8.self)
  }

  private func stop(endingAt end: Int) -> [UInt8]? {
    stops.first { $0.count <= end + 1 && held[(end + 1 - $0.count)...end].elementsEqual($0) }
  }

  /// How many of the last bytes are the beginning of a stop string.
  private func longestBeginning() -> Int {
    let longest = (stops.first?.count ?? 1) - 1
    for count in stride(from: min(longest, held.count), to: 0, by: -1) {
      let tail = held[(held.count - count)...]
      if stops.contains(where: { $0.count > count && $0.starts(with: tail) }) { return count }
    }
    return 0
  }
}
