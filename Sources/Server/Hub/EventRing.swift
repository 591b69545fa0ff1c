import Base
import Model
import Posix

/// The last events of one owner, in order. A listener is a position in it; it keeps nothing per listener.
///
/// An event about a state replaces its predecessor about the same thing, here and at once: who has not been sent the
/// older one yet needs only the newer. That leaves holes in `seq`, and keeps a storm of one thing at the size of one event.
/// What is kept is the line as it will be sent, so that the ring's limit in bytes is one of memory; of the kinds that come with every
/// message it is only made for the first who reads it, since most of them nobody ever does, and counted by its likely length till then.
@Loop
final class EventRing {
  struct Entry {
    let seq: UInt64
    fileprivate(set) var about: TranslatedEvent.About
    /// The call that caused it, whose reply goes first.
    let origin: Origin?
    fileprivate var isLive = true
    /// What it counts for against the ring's limit.
    fileprivate var bytes: Int
    fileprivate var text: Text

    var isWritten: Bool { if case .unwritten = text { false } else { true } }
  }

  fileprivate enum Text {
    /// Apart, so that the many that are written are small.
    indirect case unwritten(TranslatedEvent)
    /// Of an event that may be replaced: what is kept among others would stay with them.
    case own([UInt8])
    case shared(LineStore.Piece)
    case gone
  }

  private let limits: Limits
  private var entries: [Entry] = []
  private var head = 0
  private var live = 0
  private var liveBytes = 0
  private var latest: [String: UInt64] = [:]
  private var store = LineStore()
  /// What was read last: an event is read by everybody who listens, one after the other.
  private var lastRead: (seq: UInt64, line: [UInt8])?
  /// The number of the newest event; the first is 1.
  private(set) var seq: UInt64 = 0
  /// Events up to this one have left the ring without being replaced: who was not there has lost them.
  private(set) var evicted: UInt64 = 0

  init(limits: Limits) { self.limits = limits }

  /// The event's number.
  @discardableResult
  func append(_ translated: TranslatedEvent, origin: Origin?) -> UInt64 {
    seq += 1
    var entry = Entry(
      seq: seq, about: translated.about, origin: origin, bytes: 0, text: .unwritten(translated))
    if let likely = translated.likelyBytes { entry.bytes = likely } else { write(translated, of: &entry) }
    if let key = entry.about.replaces {
      if let older = latest[key], let index = index(of: older) { retire(index) }
      latest[key] = seq
    }
    entries.append(entry)
    live += 1
    liveBytes += entry.bytes
    while live > limits.eventRing || liveBytes > limits.eventRingBytes && live > 1 { evictOldest() }
    compactIfMostlyHoles()
    return seq
  }

  /// The notification, encoded once and shared by all listeners. Empty for one that has left the ring meanwhile.
  func line(of entry: Entry) -> [UInt8] {
    if let lastRead, lastRead.seq == entry.seq { return lastRead.line }
    guard let index = index(of: entry.seq) else { return [] }
    writeLive(index)
    let line: [UInt8]
    switch entries[index].text {
    case .own(let bytes): line = bytes
    case .shared(let piece): line = piece.bytes
    case .unwritten, .gone: line = []
    }
    lastRead = (entry.seq, line)
    return line
  }

  /// The first live entry at or after `position`.
  func entry(from position: UInt64) -> Entry? {
    // Whoever keeps up asks for the newest, or for what is not there yet.
    if position >= seq { return position == seq ? entries.last.flatMap { $0.isLive ? $0 : nil } : nil }
    var place = firstIndex(from: position)
    while place < entries.count {
      if entries[place].isLive { return entries[place] }
      place += 1
    }
    return nil
  }

  /// The same of those about one of a few chats: who follows a chat does not look at every event of every other.
  func entry(from position: UInt64, about chats: [ULID]) -> Entry? {
    guard position <= seq else { return nil }
    var place = firstIndex(from: position)
    while place < entries.count {
      if entries[place].isLive, let chat = entries[place].about.chat, chats.contains(chat) {
        return entries[place]
      }
      place += 1
    }
    return nil
  }

  /// Keeps what it keeps in as few pages as it can. When nobody is `connected`, nobody will come back who listened to a turn by its
  /// events here: whoever comes begins behind them.
  func pack(connected: Bool) {
    lastRead = nil
    for index in entries.indices where entries[index].isLive {
      writeLive(index)
      if !connected { entries[index].about.news = nil }
    }
    compact()
  }

  private func writeLive(_ index: Int) {
    guard case .unwritten(let translated) = entries[index].text else { return }
    let before = entries[index].bytes
    write(translated, of: &entries[index])
    liveBytes += entries[index].bytes - before
  }

  private func write(_ translated: TranslatedEvent, of entry: inout Entry) {
    let line = translated.line(seq: entry.seq, maxBytes: limits.maxEventBytes)
    entry.bytes = line.count
    entry.text = entry.about.replaces == nil ? .shared(store.add(line)) : .own(line)
  }

  private func firstIndex(from position: UInt64) -> Int {
    var (low, high) = (head, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].seq < position { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Where a live entry is.
  private func index(of seq: UInt64) -> Int? {
    let index = firstIndex(from: seq)
    return index < entries.count && entries[index].seq == seq && entries[index].isLive ? index : nil
  }

  private func evictOldest() {
    while head < entries.count {
      let index = head
      head += 1
      guard entries[index].isLive else { continue }
      retire(index)
      evicted = entries[index].seq
      if let key = entries[index].about.replaces, latest[key] == evicted { latest[key] = nil }
      return
    }
  }

  private func retire(_ index: Int) {
    live -= 1
    liveBytes -= entries[index].bytes
    (entries[index].isLive, entries[index].text, entries[index].about.news) = (false, .gone, nil)
  }

  /// Amortised: entries are moved at most once for each that was added since.
  private func compactIfMostlyHoles() {
    if entries.count > 64, entries.count > 2 * live { compact() }
  }

  private func compact() {
    var kept: [Entry] = []
    kept.reserveCapacity(live)
    for entry in entries[head...] where entry.isLive { kept.append(entry) }
    (entries, head) = (kept, 0)
  }
}

/// Lines that come and go in order, side by side in a few large pieces of memory: each in one of its own would leave a hole when it goes
/// and hold a page while it stays.
private struct LineStore {
  private static let size = 64 << 10

  final class Block {
    fileprivate var bytes: [UInt8] = []
  }

  struct Piece {
    fileprivate let block: Block
    fileprivate let range: Range<Int>

    var bytes: [UInt8] { Array(block.bytes[range]) }
  }

  private var block = Block()

  /// A block lives as long as one of its lines.
  mutating func add(_ line: [UInt8]) -> Piece {
    if block.bytes.count + line.count > Self.size { block = Block() }
    if block.bytes.isEmpty { block.bytes.reserveCapacity(max(Self.size, line.count)) }
    let start = block.bytes.count
    block.bytes.append(contentsOf: line)
    return Piece(block: block, range: start..<start + line.count)
  }
}
