import Base
import FoundationEssentials
import Wire

/// Lines on their way out, and the ends of connections.
extension ClientSession {
  /// Puts a call of the user on the wire: itself, or the next piece of a result that it already has the beginning of.
  mutating func transmit(_ number: Int64, _ actions: inout [Action]) {
    guard closing == nil, var call = calls[number] else { return }
    guard call.assembly == nil else {
      calls[number]?.isSent = true
      askForPiece(of: number, &actions)
      return
    }
    let line = MessageLine.request(call.method, id: .number(number), params: call.params)
    let limit = min(options.maxLineBytes, greeting?.limits.maxLineBytes ?? .max)
    guard line.count - 1 <= limit else {
      finish(number, .failure(.requestTooLong(bytes: line.count - 1, limit: limit)), &actions)
      return
    }
    call.isSent = true
    call.sendings += 1
    calls[number] = call
    actions.append(.send(Data(line)))
  }

  /// A call of the session's own. Its parameters are ours, so they always encode.
  mutating func sendInternal<M: Method>(
    _ type: M.Type, _ params: M.Params, as purpose: OpenCall.Purpose, _ actions: inout [Action]
  ) {
    guard closing == nil, let text = try? JSONText.encoder().encode(params) else { return }
    let number = takeNumber()
    var call = OpenCall(method: M.name, params: nil, purpose: purpose)
    call.isSent = true
    calls[number] = call
    actions.append(.send(Data(MessageLine.request(M.name, id: .number(number), params: text))))
  }

  mutating func finish(
    _ number: Int64, _ outcome: Swift.Result<Reply, ClientError>, _ actions: inout [Action]
  ) {
    calls[number] = nil
    actions.append(.reply(CallToken(number: number), outcome))
  }

  // MARK: Ends

  /// The peer broke the contract. There is no going on: a daemon that does so once does it again.
  mutating func fail(_ fault: ProtocolFault, _ actions: inout [Action]) {
    close(.fault(fault), &actions)
  }

  /// Closes when the daemon has said that it will, and it owes us nothing more. Waiting for it would only cost time.
  mutating func leaveIfQuiet(_ actions: inout [Action]) {
    guard let closing, !calls.values.contains(where: { $0.isSent && $0.purpose != .aside }) else { return }
    actions.append(.disconnect)
    lose(ConnectionLoss(closing: closing), &actions)
  }

  mutating func lose(_ loss: ConnectionLoss, _ actions: inout [Action]) {
    let reconnects = options.reconnect.attempts != 0 && loss.closing?.reason != .forbidden
    lastFailure = .disconnected(loss)
    abandoned = []
    connection += 1
    splitter = LineSplitter(limit: options.maxLineBytes)
    closing = loss.closing
    feed.connectionLost()
    streams.connectionLost()
    for number in calls.keys.sorted() {
      guard let call = calls[number] else { continue }
      guard call.purpose == .user else {
        calls[number] = nil
        continue
      }
      guard call.isSent else { continue }
      let again = call.assembly != nil || (call.mayRepeat && call.sendings < options.maxSendings)
      if again, reconnects {
        calls[number]?.isSent = false
      } else {
        finish(number, .failure(.connectionLost(loss)), &actions)
      }
    }
    if reconnects {
      actions.append(.news(.lost(loss)))
      scheduleConnect(&actions)
    } else {
      close(lastFailure, isConnected: false, &actions)
    }
  }

  mutating func scheduleConnect(_ actions: inout [Action]) {
    if let most = options.reconnect.attempts, attempt >= most {
      close(lastFailure, isConnected: false, &actions)
      return
    }
    phase = .connecting
    let chance = Double(options.random.next() >> 11) / Double(1 << 53)
    var delay = options.reconnect.delay(before: attempt, chance: chance)
    // The daemon may know better when it will be back, but does not get to keep us away.
    if attempt == 0, let wanted = closing?.retryMs {
      delay = max(delay, .milliseconds(min(max(wanted, 0), longestRequestedPause)))
    }
    attempt += 1
    actions.append(.connect(after: delay))
  }

  mutating func close(_ reason: ClientError, isConnected: Bool? = nil, _ actions: inout [Action]) {
    let connected = isConnected ?? (phase == .greeting || phase == .ready)
    lastFailure = reason
    if connected { actions.append(.disconnect) }
    phase = .closed
    connection += 1
    splitter = LineSplitter(limit: options.maxLineBytes)
    for number in calls.keys.sorted() where calls[number]?.purpose == .user {
      finish(number, .failure(reason), &actions)
    }
    calls = [:]
    actions.append(.news(.closed(reason)))
  }
}

/// Ten seconds, in milliseconds.
private let longestRequestedPause: Int64 = 10_000

extension RandomSource {
  /// An idempotency key: 24 characters, 120 bits of chance.
  func key() -> String {
    let digits = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    var text: [UInt8] = []
    for _ in 0..<2 {
      var bits = next()
      for _ in 0..<12 {
        text.append(digits[Int(bits & 31)])
        bits >>= 5
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
