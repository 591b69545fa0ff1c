import Base
import Model
import Posix
import Wire

/// The start and the end of calls.
extension Session {
  var mayStart: Bool { runningTasks < server.limits.maxRunningCalls && outbox.unread < unreadLimit }

  /// Whether the next line may start. A batch that has replies already goes on to its end, since only that sets them free; a
  /// new one waits while there are too many of such replies.
  private var mayStartNext: Bool {
    mayStart && (outbox.unread + batchBytes < unreadLimit || waiting.first?.batch?.0.heldBytes ?? 0 > 0)
  }

  /// Starts what waits, as far as there is room.
  func startWaiting() {
    // A call that ends at once comes back here; the loop below goes on for it.
    guard !isStartingWaiting else { return }
    isStartingWaiting = true
    defer { isStartingWaiting = false }
    while isOpen, !isClosing, mayStartNext, let line = waiting.popFirst() {
      let span = line.bytes.span
      // It was scanned on arrival; scanning again costs less than keeping what was found.
      if let envelope = try? Envelope.scanMessage(span, depth: .max) {
        start(envelope, id: line.id, span, in: line.batch)
      }
    }
  }

  func start(
    _ envelope: Envelope, id: RequestID?, _ line: borrowing Span<UInt8>, in batch: (BatchReply, Int)?
  ) {
    guard let route = server.routes.find(envelope, line) else {
      let name = JSONText.string(line, envelope.method, escaped: envelope.methodIsEscaped)
      return answerOrDrop(server.routes.unknown(name), id: id, in: batch)
    }
    if route.scope == .admin, !identity.isAdmin {
      return answerOrDrop(.forbidden(method: route.name), id: id, in: batch)
    }
    if server.isStopping, !route.overtakes {
      return answerOrDrop(.stopping(retryMs: 1000), id: id, in: batch)
    }
    let params: Range<Int>?
    switch envelope.params {
    case .absent: params = nil
    case .object(let range): params = range
    case .array: return answerOrDrop(.invalidParams(path: "params", expected: "an object"), id: id, in: batch)
    }
    server.calls.add()
    let call = Call(number: server.nextCall(), slot: slot(id, batch), session: self, server: server)
    let data = params.map { JSONText.data(line, $0) }
    switch route.body {
    case .immediate(let handler): finish(call, handler(data, call), of: route)
    case .task(let prepare):
      let work: Route.Work
      do {
        work = try prepare(data, call)
      } catch {
        return finish(call, .failed(call.translate(error)), of: route)
      }
      if let id { inFlight.insert(id) }
      running[call.number] = call
      runningTasks += 1
      // What was decoded may hold as much as the line did, for as long as the handler waits.
      call.heldBytes = params?.count ?? 0
      callBytes += call.heldBytes
      // Begins on the spot, so calls begin in the order of their lines.
      call.task = Loop.begin {
        let outcome = await work()
        call.server.handlerEnded(call, outcome, of: route)
      }
    }
  }

  private func slot(_ id: RequestID?, _ batch: (BatchReply, Int)?) -> Call.Slot {
    if let (batch, index) = batch { return .entry(batch, index, id) }
    return id.map { .single($0) } ?? .notification
  }

  /// A handler that waited has come back; its place is free. A cancelled call has had its answer and held its place until now:
  /// otherwise there could be as many handlers as a peer starts and takes back.
  func handlerEnded(_ call: Call, _ outcome: Route.Outcome, of route: Route) {
    runningTasks -= 1
    callBytes -= call.heldBytes
    takenBack[call.number] = nil
    finish(call, outcome, of: route)
    if !waiting.isEmpty || call.heldBytes > 0 { flushSoon() }
  }

  /// Writes a call's reply; what it caused may follow.
  func finish(_ call: Call, _ outcome: Route.Outcome, of route: Route?) {
    // After the goodbye nothing is said any more.
    guard call.stage != .answered, !isClosing else { return }
    call.stage = .answered
    if !running.isEmpty { running[call.number] = nil }
    let outcome = server.downloads.offerIfTooLarge(outcome, of: route, to: identity.owner)
    switch call.slot {
    case .notification:
      call.afterReply?()
    case .single(let id):
      noLongerInFlight(id)
      outbox.write { bytes in
        write(outcome, id: id, to: &bytes)
        bytes.append(UInt8(ascii: "\n"))
      }
      call.afterReply?()
    case .entry(let batch, let index, let id):
      var reply: [UInt8]?
      if let id {
        var bytes: [UInt8] = []
        write(outcome, id: id, to: &bytes)
        reply = batch.fits(bytes.count) ? bytes : encoded(.tooLarge(limit: Int64(batch.limit)), id: id)
      }
      // Until the whole array is written, this call's notifications wait.
      running[call.number] = call
      batch.origins.append(call.number)
      complete(batch, index, reply)
    }
    flushSoon()
    if !waiting.isEmpty { startWaiting() }
  }

  /// A ping alone on its connection is never in the set, and need not be hashed to know that.
  private func noLongerInFlight(_ id: RequestID) {
    if !inFlight.isEmpty { inFlight.remove(id) }
  }

  private func write(_ outcome: Route.Outcome, id: RequestID, to bytes: inout [UInt8]) {
    switch outcome {
    case .empty: MessageLine.appendEmptyResult(id: id, to: &bytes)
    case .encoded(let result): MessageLine.append(result: result, id: id, to: &bytes)
    case .failed(let error): MessageLine.append(error: error, id: id, to: &bytes)
    }
  }

  private func complete(_ batch: BatchReply, _ index: Int, _ reply: [UInt8]?) {
    let before = batch.heldBytes
    let completion = batch.fill(index, with: reply)
    batchBytes += batch.heldBytes - before
    if case .waiting = completion { return }
    batchBytes -= batch.heldBytes
    inFlight.subtract(batch.ids)
    switch completion {
    case .waiting, .silent: break
    case .line(let line):
      outbox.append(line)
      outbox.append(UInt8(ascii: "\n"))
    }
    for origin in batch.origins {
      running[origin]?.afterReply?()
      running[origin] = nil
    }
    flushSoon()
  }

  /// An error to a request; a notification gets none.
  private func answerOrDrop(_ error: RPCError, id: RequestID?, in batch: (BatchReply, Int)?) {
    if let id {
      if batch == nil { noLongerInFlight(id) }
      answer(error, id: id, in: batch)
    } else if let (batch, index) = batch {
      complete(batch, index, nil)
    }
  }

  /// An error that no handler made.
  func answer(_ error: RPCError, id: RequestID?, in batch: (BatchReply, Int)? = nil) {
    let bytes = encoded(error, id: id)
    if let (batch, index) = batch {
      complete(batch, index, bytes)
    } else {
      outbox.append(bytes)
      outbox.append(UInt8(ascii: "\n"))
    }
    flushSoon()
  }

  private func encoded(_ error: RPCError, id: RequestID?) -> [UInt8] {
    var bytes: [UInt8] = []
    MessageLine.append(error: error, id: id, to: &bytes)
    return bytes
  }

  // MARK: call.cancel

  /// True when the call is taken back: it answers `cancelled` and has no effect.
  func cancel(_ id: RequestID) -> Bool {
    if let line = waiting.remove(id) {
      if line.batch == nil { noLongerInFlight(id) }
      answer(.cancelled, id: id, in: line.batch)
      return true
    }
    guard let call = running.values.first(where: { $0.matches(id) }), call.stage == .open else {
      return false
    }
    call.stage = .cancelled
    call.task?.cancel()
    takenBack[call.number] = call
    finish(call, .failed(.cancelled), of: nil)
    return true
  }
}

extension Call {
  fileprivate func matches(_ id: RequestID) -> Bool {
    switch slot {
    case .single(let own): own == id
    case .entry(_, _, let own): own == id
    case .notification: false
    }
  }
}
