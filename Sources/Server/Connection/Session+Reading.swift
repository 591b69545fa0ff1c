import Base
import Posix
import Wire

/// Bytes to lines to messages.
extension Session {
  /// Reads what is there, but not for ever: other connections have their turn.
  func read() {
    for _ in 0..<4 {
      let room = server.limits.maxWaitingBytes - waiting.bytes
      switch server.scratch.read(from: socket, atMost: max(4096, room), { bytes in self.take(bytes) }) {
      case .bytes(let count):
        if !isOpen || isClosing || !mayReadOn || count < server.scratch.size { return }
      case .end:
        endInput()
        return
      case .wouldBlock: return
      case .failed:
        close()
        return
      }
    }
  }

  private var mayReadOn: Bool {
    waiting.bytes < waitingLimit && outbox.unread + batchBytes < unreadLimit
  }

  private func take(_ bytes: borrowing Span<UInt8>) {
    // The owner's connections together hold too much: an unfinished line is what can be refused.
    if account.isExhausted, splitter.heldBytes > 64 << 10 {
      splitter.discard()
      answer(.tooMuchHeld(limit: server.limits.maxOwnerBytes), id: nil)
    }
    // A loop rather than callbacks: a handler may ask what this connection holds, or end it, between two lines.
    var at = 0
    while let piece = splitter.next(in: bytes, from: &at) {
      switch piece {
      case .line(let range): receive(bytes.extracting(range))
      case .joined(let line): receive(line.span)
      case .tooLong: answer(.lineTooLong(limit: server.limits.maxLineBytes), id: nil)
      }
    }
    flushSoon()
  }

  /// A last line without its newline counts: a shell's `printf` forgets it, and half a request is no JSON.
  private func endInput() {
    inputEnded = true
    var lines = splitter
    splitter = LineSplitter(limit: lines.limit)
    lines.finish { line in self.receive(line) }
    flush()
  }

  private func receive(_ line: borrowing Span<UInt8>) {
    guard isOpen, !isClosing else { return }
    let (depth, maxIDBytes) = (server.limits.maxDepth, server.limits.maxIDBytes)
    do throws(Envelope.Fault) {
      if Envelope.isBatch(line) {
        acceptBatch(try Envelope.scanBatch(line, depth: depth), line)
      } else {
        accept(try Envelope.scanMessage(line, depth: depth, maxIDBytes: maxIDBytes), line, in: nil)
      }
    } catch {
      refuse(error, in: nil)
    }
  }

  private func acceptBatch(_ entries: [Range<Int>], _ line: borrowing Span<UInt8>) {
    let limits = server.limits
    guard !entries.isEmpty else {
      return answer(.invalidRequest("A batch needs at least one entry."), id: nil)
    }
    guard entries.count <= limits.maxBatch else {
      return answer(.batchTooLarge(limit: limits.maxBatch), id: nil)
    }
    let batch = BatchReply(entries: entries.count, limit: limits.maxLineBytes)
    for (index, range) in entries.enumerated() {
      let entry = line.extracting(range)
      do throws(Envelope.Fault) {
        accept(
          try Envelope.scanMessage(entry, depth: limits.maxDepth - 1, maxIDBytes: limits.maxIDBytes), entry,
          in: (batch, index))
      } catch {
        refuse(error, in: (batch, index))
      }
    }
  }

  private func refuse(_ fault: Envelope.Fault, in batch: (BatchReply, Int)?) {
    switch fault {
    case .parse: answer(.parse, id: nil, in: batch)
    case .invalid(let id, let why): answer(.invalidRequest(why), id: id, in: batch)
    }
  }

  private func accept(_ envelope: Envelope, _ line: borrowing Span<UInt8>, in batch: (BatchReply, Int)?) {
    switch envelope.kind {
    case .response:
      return answer(.invalidRequest("The daemon asks nothing, so it takes no replies."), id: nil, in: batch)
    case .request(let id):
      guard inFlight.isEmpty || !inFlight.contains(id) else {
        return answer(.duplicateID(id), id: nil, in: batch)
      }
      if let (batch, _) = batch {
        inFlight.insert(id)
        batch.ids.append(id)
      }
      place(envelope, id: id, line, in: batch)
    case .notification:
      place(envelope, id: nil, line, in: batch)
    }
  }

  /// A batch that has begun goes on; a new one needs room for its replies.
  private func mayBegin(_ batch: (BatchReply, Int)?) -> Bool {
    batchBytes == 0 || outbox.unread + batchBytes < unreadLimit || batch?.0.heldBytes ?? 0 > 0
  }

  /// Starts a call now, or lets it wait its turn.
  private func place(
    _ envelope: Envelope, id: RequestID?, _ line: borrowing Span<UInt8>, in batch: (BatchReply, Int)?
  ) {
    if waiting.isEmpty && mayStart && mayBegin(batch) || server.routes.mayOvertake(envelope, line) {
      start(envelope, id: id, line, in: batch)
    } else {
      if let id { inFlight.insert(id) }
      let copy = unsafe line.withUnsafeBufferPointer { unsafe Array($0) }
      waiting.append(.init(bytes: copy, id: id, batch: batch))
    }
  }
}
