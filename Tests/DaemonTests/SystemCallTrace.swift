import FoundationEssentials
import Glibc
import TestSupport

/// What strace wrote down: requests read, replies written, and syncs between them, in the order of the kernel.
struct SystemCallTrace {
  enum Event: Equatable {
    /// A read returned the line of a `settings.set` with this id.
    case request(Int)
    /// The write of this reply began.
    case reply(Int)
    case syncBegan(Int32, file: String)
    /// A sync returned 0.
    case synced(Int32, file: String)
    case syncFailed(Int32, file: String)
  }

  private(set) var events: [Event] = []

  static let options = [
    "-f", "-y", "-s", "96", "-e", "trace=read,recvfrom,write,sendto,fdatasync,fsync",
  ]

  init(of path: String) throws {
    var begun: [Int32: String] = [:]
    for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
      guard let thread = line.prefix(while: { $0 != " " }).wholeMatch(of: /\d+/).flatMap({ Int32($0.output) })
      else { continue }
      if line.contains("sync(") {
        let file = line.firstMatch(of: /<([^>]*)>/).map { String($0.1) } ?? ""
        events.append(.syncBegan(thread, file: file))
        if line.contains("<unfinished") { begun[thread] = file } else { end(thread, file, line) }
      } else if line.contains("sync resumed>"), let file = begun.removeValue(forKey: thread) {
        end(thread, file, line)
      } else if line.contains("read(") || line.contains("read resumed>") || line.contains("recvfrom") {
        // Several lines may have come in one read.
        for match in line.matches(of: /\\"id\\":(\d+),\\"method\\":\\"settings.set/) {
          if let id = Int(match.1) { events.append(.request(id)) }
        }
      } else if line.contains("sendto(") || line.contains("write(") {
        for match in line.matches(of: /\{\\"id\\":(\d+),\\"jsonrpc/) {
          if let id = Int(match.1) { events.append(.reply(id)) }
        }
      }
    }
  }

  private mutating func end(_ thread: Int32, _ file: String, _ line: Substring) {
    events.append(line.hasSuffix("= 0") ? .synced(thread, file: file) : .syncFailed(thread, file: file))
  }

  /// Ids whose reply was begun without a sync of the log that began after the request was read and had returned.
  var unsynced: [Int] {
    var asked: [Int: Int] = [:]
    var wrong: [Int] = []
    var answered: Set<Int> = []
    // Of the last sync of the log that returned: where it began.
    var lastBegin = -1
    var open: [Int32: Int] = [:]
    for (place, event) in events.enumerated() {
      switch event {
      case .request(let id): asked[id] = place
      case .syncBegan(let thread, let file) where file.hasSuffix("-wal"): open[thread] = place
      case .synced(let thread, let file) where file.hasSuffix("-wal"):
        if let begin = open.removeValue(forKey: thread) { lastBegin = max(lastBegin, begin) }
      case .reply(let id):
        guard let read = asked[id], answered.insert(id).inserted else { continue }
        if lastBegin < read { wrong.append(id) }
      default: break
      }
    }
    return wrong
  }

  var requests: Int { events.count { if case .request = $0 { true } else { false } } }
  var replies: Int { events.count { if case .reply = $0 { true } else { false } } }

  /// Syncs of any file that returned between the first request and the last reply.
  var syncs: Int {
    let first = events.firstIndex { if case .request = $0 { true } else { false } } ?? 0
    let last = events.lastIndex { if case .reply = $0 { true } else { false } } ?? 0
    guard first < last else { return 0 }
    return events[first..<last].count { if case .synced = $0 { true } else { false } }
  }
}
