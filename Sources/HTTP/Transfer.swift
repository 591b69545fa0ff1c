import CCurl

/// One request on its way, and who wants to hear of it.
///
/// Made by `HTTPClient.start`. The three calls come on the loop: the head once, before the first piece of the body or the end;
/// the pieces as they are read from the socket; the end exactly once, unless the transfer was cancelled or left to drain: then
/// nothing comes any more, from the moment of that call. All of them may start, cancel and drain transfers.
@Loop
package final class Transfer {
  package typealias Ended = Result<HTTPHead, HTTPError>

  package struct Listener {
    let head: @Loop (HTTPHead) -> Void
    let body: @Loop (borrowing Span<UInt8>) -> Void
    let end: @Loop (Ended) -> Void

    package init(
      head: @escaping @Loop (HTTPHead) -> Void = { _ in },
      body: @escaping @Loop (borrowing Span<UInt8>) -> Void,
      end: @escaping @Loop (Ended) -> Void
    ) {
      self.head = head
      self.body = body
      self.end = end
    }
  }

  /// curl's handle, from the start to the end of the transfer.
  var easy: EasyHandle?
  let request: HTTPRequest
  /// Outlives its transfers: it keeps itself while it has any.
  private unowned let client: HTTPClient
  /// nil when nobody listens any more.
  private var listener: Listener?
  private var watchdog: Watchdog
  private var head = HTTPHead()
  private var wasConnected = false
  private var wasForbidden = false
  private var headerBytes = 0
  private var bodyBytes = 0
  private var headWasTold = false
  /// What one of our own rules decided; it outranks what curl makes of it.
  private var verdict: HTTPError?
  private var explanation: String?
  private var drainBytes: Int?
  private var drainAlarm: Alarm?

  init(_ request: HTTPRequest, client: HTTPClient, listener: Listener, timing: LoopTiming) {
    self.request = request
    self.client = client
    self.listener = listener
    watchdog = Watchdog(patience: request.patience, timing: timing)
  }

  /// Closes the connection at once (over HTTP/2, resets the stream). Nothing is heard of it afterwards.
  package func cancel() {
    listener = nil
    stop()
  }

  /// Resets the idle timer: what came was worth waiting for.
  package func progressed() { watchdog.progressed() }

  /// Nothing more is wanted of this answer, but its end is near: reads on silently, so that the connection can serve again, and
  /// closes it after a moment or a few bytes too many.
  package func drain(for moment: Duration = .milliseconds(500), atMost bytes: Int = 16 << 10) {
    guard listener != nil else { return }
    listener = nil
    drainBytes = bytes
    watchdog.stop()
    drainAlarm = watchdog.timing.after(moment) { [weak self] in self?.stop() }
  }

  // MARK: From the client

  func begin() {
    watchdog.begin { [weak self] deadline in self?.ranOut(deadline) }
  }

  /// The handle is about to go; what curl wrote about a failure goes with it.
  func noteOutcome(_ code: CURLcode) {
    if code != CURLE_OK { explanation = easy?.explanation(of: code) }
  }

  /// There is no handle to be had, and this is why, if it is known.
  func cannotBegin(_ why: String?) { explanation = why }

  /// The handle is gone. Last call.
  func ended(_ code: CURLcode) {
    watchdog.stop()
    drainAlarm?.cancel()
    guard let listener else { return }
    let result = outcome(code)
    if case .success = result, !headWasTold { listener.head(head) }
    // The head's listener may have cancelled.
    guard self.listener != nil else { return }
    self.listener = nil
    listener.end(result)
  }

  private func outcome(_ code: CURLcode) -> Ended {
    if let verdict { return .failure(verdict) }
    if code == CURLE_OK { return .success(head) }
    if wasForbidden, !wasConnected { return .failure(HTTPError(.address, detail: Self.forbidden)) }
    let known = CurlCode(code)
    var phase = known.phase ?? (head.status == 0 ? .firstByte : .receive)
    // What curl makes of an answer in HTTP/0.9 is the server's fault, not the URL's.
    if phase == .request, wasConnected { phase = .protocolViolation }
    return .failure(HTTPError(phase, code: known.name, detail: explanation ?? known.name))
  }

  private func ranOut(_ deadline: Watchdog.Deadline) {
    let phase: HTTPError.Phase
    let detail: String
    switch deadline {
    case .connect:
      (phase, detail) = easy?.unfinishedStep ?? (.connect, "no connection in time")
    case .first: (phase, detail) = (.firstByte, "nothing of an answer in time")
    case .idle: (phase, detail) = (.idle, "the answer stopped coming")
    case .total: (phase, detail) = (.total, "the answer took too long as a whole")
    }
    fail(HTTPError(phase, detail: detail, timedOut: true))
  }

  private func fail(_ error: HTTPError) {
    if verdict == nil { verdict = error }
    stop()
  }

  private func stop() {
    watchdog.stop()
    drainAlarm?.cancel()
    client.remove(self)
  }

  // MARK: From curl's callbacks

  /// Answers whether the request may be sent: the connection may be one that an earlier request has left.
  func connected(to address: String) -> Bool {
    wasConnected = true
    watchdog.connected()
    guard request.addresses == .anyoneElses, !client.goesByProxy(request) else { return true }
    guard let bytes = NetworkAddress.bytes(of: address) else {
      fail(HTTPError(.address, detail: "the address cannot be told"))
      return false
    }
    guard mayConnect(to: bytes) else {
      fail(HTTPError(.address, detail: Self.forbidden))
      return false
    }
    return true
  }

  private static let forbidden = "its name leads into the network of this machine"

  /// Asked for each address of the host; another one may still be permitted.
  func mayConnect(to address: [UInt8]) -> Bool {
    let may = NetworkAddress.isPublic(address)
    if !may { wasForbidden = true }
    return may
  }

  /// Answers whether the transfer goes on.
  func take(header line: borrowing Span<UInt8>) -> Bool {
    // Trailers come after the body, to nobody's profit.
    guard !headWasTold else { return true }
    headerBytes += line.count
    guard headerBytes <= request.maxHeaderBytes else {
      fail(HTTPError(.tooLarge, detail: "the headers exceed \(request.maxHeaderBytes) bytes"))
      return false
    }
    head.take(line: line)
    return true
  }

  func take(body bytes: borrowing Span<UInt8>) -> Bool {
    if let left = drainBytes {
      drainBytes = left - bytes.count
      if left < bytes.count { stop() }
      return left >= bytes.count
    }
    if !headWasTold {
      headWasTold = true
      listener?.head(head)
    }
    // The listener may cancel in each of its calls.
    guard let listener else { return false }
    bodyBytes += bytes.count
    guard bodyBytes <= request.maxBodyBytes else {
      fail(HTTPError(.tooLarge, detail: "the answer exceeds \(request.maxBodyBytes) bytes"))
      return false
    }
    if request.progress == .everyPiece { watchdog.progressed() }
    listener.body(bytes)
    return self.listener != nil || drainBytes != nil
  }
}
