import Base
import FoundationEssentials
import Model
import Wire

/// Lines as they come in.
extension ClientSession {
  mutating func take(_ line: borrowing Span<UInt8>, _ actions: inout [Action]) {
    let envelope: Envelope
    do throws(Envelope.Fault) {
      guard case .single(let single) = try Envelope.scan(line) else {
        fail(.unexpected("a batch"), &actions)
        return
      }
      envelope = single
    } catch {
      fail(.unreadable(beginning(of: line)), &actions)
      return
    }
    switch envelope.kind {
    case .request:
      fail(.unexpected("a request"), &actions)
    case .notification:
      let method = JSONText.string(line, envelope.method, escaped: envelope.methodIsEscaped)
      var params = Data("{}".utf8)
      if case .object(let range) = envelope.params { params = JSONText.data(line, range) }
      notified(method, params, &actions)
    case .response(let id):
      answered(id, result: envelope.result, error: envelope.error, in: line, &actions)
    }
  }

  private func beginning(of line: borrowing Span<UInt8>) -> String {
    String(decoding: JSONText.data(line, 0..<min(line.count, 80)), as: UTF8.self).printable(limit: 80)
  }

  // MARK: Replies

  private mutating func answered(
    _ id: RequestID?, result: Range<Int>?, error: Range<Int>?, in line: borrowing Span<UInt8>,
    _ actions: inout [Action]
  ) {
    var refusal: RPCError?
    if let error {
      do {
        refusal = try JSONDecoder().decode(RPCError.self, from: JSONText.data(line, error))
      } catch {
        fail(.unreadable(beginning(of: line)), &actions)
        return
      }
    }
    guard let id else {
      if let refusal { fail(.unattributed(refusal), &actions) } else { fail(.unknownReply("null"), &actions) }
      return
    }
    guard case .number(let number) = id, let call = calls[number], call.isSent else {
      if case .number(let number) = id, abandoned.remove(number) != nil {
        leaveIfQuiet(&actions)
        return
      }
      fail(.unknownReply(id.description.printable(limit: 40)), &actions)
      return
    }
    let outcome: Swift.Result<Data, RPCError> =
      refusal.map { .failure($0) } ?? .success(result.map { JSONText.data(line, $0) } ?? Data())
    let current = connection
    if call.purpose == .user {
      userAnswered(number, call, outcome, &actions)
    } else {
      calls[number] = nil
      internalAnswered(call, outcome, &actions)
    }
    guard isOpen(current) else { return }
    settle()
    leaveIfQuiet(&actions)
  }

  private mutating func userAnswered(
    _ number: Int64, _ call: OpenCall, _ outcome: Swift.Result<Data, RPCError>, _ actions: inout [Action]
  ) {
    // A second reply while the pieces of the first are still coming belongs to nobody.
    guard call.assembly == nil else {
      fail(.unknownReply(String(number)), &actions)
      return
    }
    switch outcome {
    case .failure(let error):
      // `stopping` says that nothing was done: the daemon's successor gets the call.
      let mayWait = call.mayRepeat && call.sendings < options.maxSendings && options.reconnect.attempts != 0
      if error.code == .stopping, mayWait {
        calls[number]?.isSent = false
        closing =
          closing ?? ServerClosing.Params(reason: .stopping, retryMs: error.details["retryMs"]?.integer)
      } else {
        finish(number, .failure(.daemon(error)), &actions)
      }
    case .success(let json):
      if call.followsDownloads, let offer = DownloadOffer(in: json) {
        beginDownload(of: number, offer, &actions)
      } else {
        finish(number, .success(Reply(method: call.method, json: json)), &actions)
      }
    }
  }

  private mutating func internalAnswered(
    _ call: OpenCall, _ outcome: Swift.Result<Data, RPCError>, _ actions: inout [Action]
  ) {
    switch call.purpose {
    case .user, .aside: break
    case .hello: greeted(outcome, &actions)
    case .subscribe(let token): subscribed(token, outcome, &actions)
    case .sync: synced(outcome, &actions)
    case .follow(let chat): followed(chat, outcome, &actions)
    case .attach(let turn): attached(turn, outcome, &actions)
    case .piece(let whole): pieceCame(of: whole, outcome, &actions)
    }
  }

  /// Decodes a reply to the session's own call; a fault when it makes no sense.
  mutating func decode<M: Method>(_ json: Data, as type: M.Type, _ actions: inout [Action]) -> M.Result? {
    do {
      return try JSONDecoder().decode(M.Result.self, from: json)
    } catch {
      fail(.nonsense(method: M.name, detail: Reply.detail(error)), &actions)
      return nil
    }
  }

  // MARK: Greeting

  private mutating func greeted(_ outcome: Swift.Result<Data, RPCError>, _ actions: inout [Action]) {
    let error: RPCError
    switch outcome {
    case .success(let json):
      guard let hello = decode(json, as: Hello.self, &actions) else { return }
      let restarted = greeting.map { $0.boot != hello.boot }
      greeting = hello
      phase = .ready
      actions.append(.news(.ready(hello, restarted: restarted)))
      restoreAll(restarted: restarted ?? false, &actions)
      resumeStreams(&actions)
      let waiting = calls.filter { $0.value.purpose == .user && !$0.value.isSent }.keys.sorted()
      for number in waiting { transmit(number, &actions) }
      return
    case .failure(let refusal): error = refusal
    }
    if error.retryable || error.code == .stopping {
      closing = closing ?? ServerClosing.Params(reason: .stopping, retryMs: error.details["retryMs"]?.integer)
    } else if error.code == .unsupported || error.code == .methodNotFound {
      close(.incompatible(error), &actions)
    } else {
      close(.daemon(error), &actions)
    }
  }

  /// Things go well again once everything that was carried over has its answer. Until then pauses keep growing, so that a
  /// call which kills the daemon does not do so in a tight circle.
  private mutating func settle() {
    guard phase == .ready, closing == nil, attempt != 0 else { return }
    let owed = calls.values.contains { call in
      switch call.purpose {
      case .user: call.sendings > 1
      case .subscribe, .sync, .follow, .attach: true
      case .hello, .piece, .aside: false
      }
    }
    if !owed { attempt = 0 }
  }

  // MARK: Notifications

  private mutating func notified(_ method: String, _ params: Data, _ actions: inout [Action]) {
    switch method {
    case EventNotification.name:
      do {
        eventCame(try JSONDecoder().decode(EventNotification.Params.self, from: params), &actions)
      } catch {
        fail(.nonsense(method: method, detail: Reply.detail(error)), &actions)
      }
    case ServerClosing.name:
      do {
        closing = try JSONDecoder().decode(ServerClosing.Params.self, from: params)
        leaveIfQuiet(&actions)
      } catch {
        fail(.nonsense(method: method, detail: Reply.detail(error)), &actions)
      }
    default:
      guard !streamNotified(method, params, &actions) else { break }
      actions.append(.news(.notification(method: method, params: params)))
    }
  }
}
