import Base
import Model
import Posix

/// The last events of one owner, in order. A listener is a position in it; it keeps nothing per listener.
///
/// An event about a state replaces its predecessor about the same thing, here and at once: who has not been sent the
/// older one yet needs only the newer. That leaves holes in `seq`, and keeps a storm of one thing at the size of one event.
@Loop
final class EventRing {
  final class Entry {
    let seq: UInt64
    let translated: TranslatedEvent
    /// The call that caused it, whose reply goes first.
    let origin: Origin?
    fileprivate var isLive = true
    private var encoded: [UInt8]?

    fileprivate init(seq: UInt64, _ translated: TranslatedEvent, origin: Origin?) {
      self.seq = seq
      self.translated = translated
      self.origin = origin
    }

    /// The notification line, encoded for the first listener and shared by all.
    @Loop func line(maxBytes: Int) -> [UInt8] {
      if let encoded { return encoded }
      let line = translated.line(seq: seq, maxBytes: maxBytes)
      encoded = line
      return line
    }
  }

  private let limits: Limits
  private var entries: [Entry] = []
  private var head = 0
  private var live = 0
  private var latest: [String: Entry] = [:]
  /// The number of the newest event; the first is 1.
  private(set) var seq: UInt64 = 0
  /// Events up to this one have left the ring without being replaced: who was not there has lost them.
  private(set) var evicted: UInt64 = 0

  init(limits: Limits) { self.limits = limits }

  /// The event's number.
  @discardableResult
  func append(_ translated: TranslatedEvent, origin: Origin?) -> UInt64 {
    seq += 1
    let entry = Entry(seq: seq, translated, origin: origin)
    if let key = entry.translated.replaces {
      if let older = latest[key] {
        older.isLive = false
        live -= 1
      }
      latest[key] = entry
    }
    entries.append(entry)
    live += 1
    while live > limits.eventRing { evictOldest() }
    compactIfMostlyHoles()
    return seq
  }

  /// The first live entry at or after `position`.
  func entry(from position: UInt64) -> Entry? {
    // Whoever keeps up asks for the newest, or for what is not there yet.
    if position >= seq { return position == seq ? entries.last.flatMap { $0.isLive ? $0 : nil } : nil }
    var (low, high) = (head, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].seq < position { low = middle + 1 } else { high = middle }
    }
    while low < entries.count {
      if entries[low].isLive { return entries[low] }
      low += 1
    }
    return nil
  }

  private func evictOldest() {
    while head < entries.count {
      let entry = entries[head]
      head += 1
      guard entry.isLive else { continue }
      entry.isLive = false
      live -= 1
      evicted = entry.seq
      if let key = entry.translated.replaces, latest[key] === entry { latest[key] = nil }
      return
    }
  }

  /// Amortised: entries are moved at most once for each that was added since.
  private func compactIfMostlyHoles() {
    guard entries.count > 64, entries.count > 2 * live else { return }
    entries = entries[head...].filter(\.isLive)
    head = 0
  }
}
