import HTTP
import Model

/// Reads one answer from its head to its end, however the bytes are cut, and decides what it amounts to. Pure: what the transport
/// reports is one of its inputs, and only decides where the protocol itself has not.
struct AnswerReader {
  /// What a finished answer amounts to.
  enum End {
    case finish(ReplyEnd)
    case failure(ServerError, ProviderError.Cause?)
    case transport(HTTPError)
  }

  private enum Shape {
    /// Not enough has come to tell.
    case undecided([UInt8])
    case events(ServerSentEvents)
    case lines(NDJSON)
    /// One JSON text, where a stream was asked for.
    case whole([UInt8])
    /// Nothing that any of these servers would say.
    case foreign([UInt8])
    /// The body of an error.
    case error([UInt8])
  }

  /// So many events may be no JSON before the answer counts as broken.
  private static let maxSkipped = 10
  private static let maxErrorBytes = 64 << 10

  private var dialect: any DialectReader
  private let framing: Framing
  private var shape: Shape
  private var head = HTTPHead()
  private var assembly: ReplyAssembly
  private var finishWord: String?
  private var isRefused = false
  private var skipped = 0
  /// Set once; nothing that comes later counts.
  private(set) var end: End?
  /// Whether these last bytes brought anything worth waiting for.
  private(set) var madeProgress = false

  var missedThinkingTag: Bool { assembly.missedThinkingTag }
  /// What is to be told of the answer once it is over.
  var notices: [Notice] {
    (skipped > 0 ? [.skippedEvents(skipped)] : []) + (assembly.missedThinkingTag ? [.missedThinkingTag] : [])
  }
  /// The server has given its reason; what may still come is the bill.
  var isComplete: Bool { finishWord != nil }

  init(_ dialect: some Dialect, assembly: ReplyAssembly) {
    self.dialect = dialect.makeReader()
    framing = dialect.framing
    self.assembly = assembly
    shape = .undecided([])
  }

  mutating func take(head: HTTPHead) {
    self.head = head
    if head.status >= 300 { shape = .error([]) }
  }

  mutating func take(_ bytes: borrowing Span<UInt8>, _ events: inout [ReplyEvent]) {
    madeProgress = false
    guard end == nil else { return }
    switch shape {
    case .undecided(let before):
      let all = before + bytes.copied
      if let decided = decide(all) {
        shape = decided
        let told = all.starts(with: Self.byteOrderMark) ? Array(all.dropFirst(3)) : all
        take(told.span, &events)
      } else {
        shape = .undecided(Self.undecided(all))
      }
    case .events(var decoder):
      shape = .undecided([])
      let failed = attempt { try decoder.feed(bytes) { read($0.data, &events) } }
      shape = .events(decoder)
      if failed { fail(.tooLarge, "one event of the answer") }
    case .lines(var decoder):
      shape = .undecided([])
      let failed = attempt { try decoder.feed(bytes) { read($0, &events) } }
      shape = .lines(decoder)
      if failed { fail(.tooLarge, "one line of the answer") }
    case .whole(let before):
      madeProgress = true
      gather(bytes, after: before, limit: .max) { .whole($0) }
    case .foreign(let before): gather(bytes, after: before, limit: 4096) { .foreign($0) }
    case .error(let before): gather(bytes, after: before, limit: Self.maxErrorBytes) { .error($0) }
    }
  }

  /// No more bytes come. `error` is what the transport has to say about that, if anything.
  mutating func finish(_ error: HTTPError?, _ events: inout [ReplyEvent]) {
    if end == nil { readRest(error, &events) }
    if end == nil { judge(error, &events) }
  }

  // MARK: Shapes

  private mutating func gather(
    _ bytes: borrowing Span<UInt8>, after before: consuming [UInt8], limit: Int, _ make: ([UInt8]) -> Shape
  ) {
    guard before.count < limit else { return }
    // So that there is one owner, and appending does not copy.
    shape = .undecided([])
    bytes.append(to: &before)
    shape = make(before)
  }

  private func decide(_ bytes: [UInt8]) -> Shape? {
    if bytes.count < 3, Self.byteOrderMark.starts(with: bytes) { return nil }
    var rest = bytes[...]
    if rest.starts(with: Self.byteOrderMark) { rest = rest.dropFirst(3) }
    guard let place = rest.firstIndex(where: { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 })
    else { return nil }
    let first = rest[place]
    switch first {
    case UInt8(ascii: "<"): return .foreign([])
    case UInt8(ascii: "{"), UInt8(ascii: "["): return framing == .lines ? .lines(NDJSON()) : .whole([])
    default: break
    }
    if framing == .lines { return .foreign([]) }
    if head.contentType == "text/event-stream" || first == UInt8(ascii: ":") {
      return .events(ServerSentEvents())
    }
    // Some leave the type out, or call it plain text.
    let words = ["data:", "event:", "id:", "retry:"].map { Array($0.utf8) }
    let start = rest[
      (rest[..<place].lastIndex { $0 == 0x0A || $0 == 0x0D }.map { $0 + 1 } ?? rest.startIndex)...]
    if words.contains(where: { start.starts(with: $0) }) { return .events(ServerSentEvents()) }
    return words.contains { $0.starts(with: start) } ? nil : .foreign([])
  }

  /// What must be kept of bytes that do not tell yet: the beginning of a mark, or of a word at the beginning of a line. White space
  /// in whole lines says nothing in any shape; kept, every further byte of it would cost another look at all of it.
  private static func undecided(_ bytes: [UInt8]) -> [UInt8] {
    if byteOrderMark.starts(with: bytes) { return bytes }
    let start = (bytes.lastIndex { $0 == 0x0A || $0 == 0x0D }).map { $0 + 1 } ?? 0
    // Longer than any word, a line that begins with so much space begins with none of them.
    return Array(bytes[start...].prefix(mostUndecided))
  }

  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
  private static let mostUndecided = 16

  /// How much is kept of an answer whose shape is not known.
  var undecidedBytes: Int { if case .undecided(let bytes) = shape { bytes.count } else { 0 } }

  private mutating func readRest(_ error: HTTPError?, _ events: inout [ReplyEvent]) {
    switch shape {
    case .events(var decoder):
      shape = .undecided([])
      if attempt({ try decoder.finish { read($0.data, &events) } }) {
        fail(.tooLarge, "one event of the answer")
      }
    case .lines(var decoder):
      shape = .undecided([])
      decoder.finish { read($0, &events) }
    case .whole(let bytes):
      if LooseJSON(bytes.span) != nil {
        read(bytes, &events)
        if end == nil, error == nil || isComplete { complete(&events) }
      } else {
        // JSON texts one after the other, in lines.
        var decoder = NDJSON()
        _ = attempt { try decoder.feed(bytes.span) { read($0, &events) } }
        decoder.finish { read($0, &events) }
      }
    case .foreign(let bytes):
      end = .failure(ServerError(message: Excerpt.of(bytes), status: head.status), .notAnAPI)
    case .error(let bytes):
      var said = ServerError(status: head.status, body: bytes, head: head)
      if head.status < 400, let place = head["location"] { said.message = "moved to \(place)" }
      end = .failure(said, nil)
    case .undecided(let bytes):
      // A few letters that might have become anything.
      if !bytes.trimmed.isEmpty { fail(.notAnAPI, Excerpt.of(bytes)) }
    }
  }

  private mutating func judge(_ error: HTTPError?, _ events: inout [ReplyEvent]) {
    if isComplete { return complete(&events) }
    assembly.finish(&events)
    if let cut = assembly.cut {
      end = .finish(cut)
    } else if assembly.hasShown {
      end = .finish(ReplyEnd(.interrupted, note: error?.detail ?? "the answer ended without an end"))
    } else if let error {
      end = .transport(error)
    } else {
      fail(.malformed, "the answer was empty")
    }
  }

  private mutating func complete(_ events: inout [ReplyEvent]) {
    assembly.finish(&events)
    if let cut = assembly.cut {
      end = .finish(cut)
    } else if let finishWord = finishWord ?? (isRefused ? "refusal" : nil) {
      end = .finish(ReplyEnd(server: finishWord))
    } else {
      end = .finish(ReplyEnd(.stop, note: "the server gave no reason for the end"))
    }
  }

  // MARK: Events

  private mutating func read(_ data: [UInt8], _ events: inout [ReplyEvent]) {
    if data.starts(with: [0x5B, 0x44, 0x4F, 0x4E, 0x45, 0x5D]) || data.trimmed == Array("[DONE]".utf8) {
      if end == nil { complete(&events) }
      return
    }
    read(data.span, &events)
  }

  private mutating func read(_ data: borrowing Span<UInt8>, _ events: inout [ReplyEvent]) {
    guard end == nil else { return }
    guard let json = LooseJSON(data) else {
      skipped += 1
      if skipped > Self.maxSkipped { fail(.malformed, "\(skipped) events that are no JSON") }
      return
    }
    var said: [ServerEvent] = []
    dialect.read(json) { said.append($0) }
    for event in said where end == nil { take(event, &events) }
  }

  private mutating func take(_ event: ServerEvent, _ events: inout [ReplyEvent]) {
    switch event {
    case .text(let bytes):
      madeProgress = true
      assembly.text(bytes, &events)
    case .reasoning(let bytes):
      madeProgress = true
      assembly.reasoning(bytes, &events)
    case .usage(let usage): events.append(.usage(usage))
    case .finish(let word):
      madeProgress = true
      finishWord = isRefused ? "refusal" : word
    case .refused: isRefused = true
    case .done: complete(&events)
    case .error(let error):
      assembly.finish(&events)
      end = .failure(error, nil)
    }
    if end == nil, let cut = assembly.cut { end = .finish(cut) }
  }

  private mutating func fail(_ cause: ProviderError.Cause, _ message: String) {
    end = .failure(ServerError(message: message), cause)
  }

  /// Answers whether it failed.
  private func attempt<Failure: Error>(_ body: () throws(Failure) -> Void) -> Bool {
    do { try body() } catch { return true }
    return false
  }
}

extension Span<UInt8> {
  fileprivate func append(to bytes: inout [UInt8]) {
    unsafe withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
  }
  fileprivate var copied: [UInt8] { unsafe withUnsafeBufferPointer { unsafe Array($0) } }
}

extension [UInt8] {
  fileprivate var trimmed: [UInt8] {
    var rest = self[...]
    while let first = rest.first, first <= 0x20 { rest.removeFirst() }
    while let last = rest.last, last <= 0x20 { rest.removeLast() }
    return Array(rest)
  }
}
