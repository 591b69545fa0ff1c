import CCurl
import Posix

/// Every HTTP transfer of the process, driven by the event loop.
///
/// curl tells which sockets it wants watched and when it wants to be called; this class passes that on and hands what happens
/// back. curl is loaded with the first transfer (with what it brings along it costs some 6 MB), and the handle that keeps idle connections goes
/// some time after the last one, so that a daemon nobody talks to holds no socket and no timer.
@Loop
package final class HTTPClient {
  package struct Options: Sendable {
    package var userAgent = "companiond"
    /// A bundle of certificates beside the system's, for servers at home that signed their own.
    package var certificates: String?
    /// How long unused connections are kept for the next request.
    package var keepsConnections = Duration.seconds(90)
    package var proxies: Proxies
    package init(proxies: Proxies = .environment) { self.proxies = proxies }
  }

  private let options: Options
  private let timing: LoopTiming
  private var multi: MultiHandle?
  /// curl's callbacks and watched sockets lead here, so an awake client does not go away, whoever forgets it.
  private var keepsItself: HTTPClient?
  /// By the identity of curl's handle; what keeps them alive while curl knows them.
  private var transfers: [UInt: Transfer] = [:]
  private var watched: [Int32: EventLoop.Readiness] = [:]
  private var timer: LoopTimer?
  private var idleAlarm: Alarm?
  /// Whether curl is on the stack: it must not be entered again, so what its callbacks ask for waits.
  private var isInside = false
  private var starting: [Transfer] = []
  private var leaving: [Transfer] = []

  package init(options: Options = Options(), timing: LoopTiming = .system) {
    self.options = options
    self.timing = timing
  }

  /// Transfers that are under way or draining.
  package var running: Int { transfers.count + starting.count }

  /// Whether anything is held: a handle with its connections.
  package var isAwake: Bool { multi != nil }

  @discardableResult
  package func start(_ request: HTTPRequest, _ listener: Transfer.Listener) -> Transfer {
    let transfer = Transfer(request, client: self, listener: listener, timing: timing)
    transfer.begin()
    starting.append(transfer)
    if !isInside { settle() }
    return transfer
  }

  /// Takes a transfer out, now or as soon as curl is off the stack; its listener, if it still has one, hears the end.
  func remove(_ transfer: Transfer) {
    leaving.append(transfer)
    if !isInside { settle() }
  }

  func goesByProxy(_ request: HTTPRequest) -> Bool { options.proxies.serve(request.url) }

  /// Drops idle connections and the handle, unless transfers run.
  package func closeIdle() {
    guard transfers.isEmpty, starting.isEmpty, !isInside, multi != nil else { return }
    idleAlarm?.cancel()
    idleAlarm = nil
    isInside = true
    multi = nil
    isInside = false
    timer?.cancel()
    timer = nil
    for descriptor in watched.keys { EventLoop.shared.unwatch(descriptor) }
    watched = [:]
    keepsItself = nil
  }

  // MARK: Driving curl

  private func act(_ socket: Int32, _ flags: Int32) {
    isInside = true
    multi?.act(socket, flags)
    isInside = false
    settle()
  }

  /// What had to wait until curl was off the stack, until there is nothing left of it: listeners of an end start new transfers.
  private func settle() {
    while true {
      if !leaving.isEmpty {
        let transfer = leaving.removeFirst()
        starting.removeAll { $0 === transfer }
        finish(transfer, CURLE_ABORTED_BY_CALLBACK)
      } else if !starting.isEmpty {
        add(starting.removeFirst())
      } else if let (transfer, code) = nextEnded() {
        finish(transfer, code)
      } else {
        break
      }
    }
    guard transfers.isEmpty, idleAlarm == nil, multi != nil else { return }
    idleAlarm = timing.after(options.keepsConnections) { [weak self] in
      self?.idleAlarm = nil
      self?.closeIdle()
    }
  }

  private func nextEnded() -> (Transfer, CURLcode)? {
    while let (identity, code) = multi?.nextEnded() {
      if let transfer = transfers[identity] { return (transfer, code) }
    }
    return nil
  }

  private func add(_ transfer: Transfer) {
    guard !transfer.request.hasBrokenHeader else {
      transfer.cannotBegin("a header has a line break in it")
      return transfer.ended(CURLE_URL_MALFORMAT)
    }
    idleAlarm?.cancel()
    idleAlarm = nil
    if multi == nil {
      multi = MultiHandle(client: self)
      keepsItself = self
    }
    guard multi != nil, let easy = EasyHandle(for: transfer, options: options) else {
      transfer.cannotBegin(CurlLibrary.fault)
      return transfer.ended(CURLE_OUT_OF_MEMORY)
    }
    if let refused = easy.refused {
      transfer.cannotBegin(refused)
      return transfer.ended(CURLE_NOT_BUILT_IN)
    }
    transfers[easy.identity] = transfer
    isInside = true
    let wasAdded = multi?.add(easy) ?? false
    isInside = false
    transfer.easy = consume easy
    if !wasAdded { finish(transfer, CURLE_OUT_OF_MEMORY) }
  }

  private func finish(_ transfer: Transfer, _ code: CURLcode) {
    guard let identity = transfer.easy?.identity else {
      // Taken back before curl had seen it.
      return transfer.ended(code)
    }
    guard transfers.removeValue(forKey: identity) != nil else { return }
    transfer.noteOutcome(code)
    isInside = true
    if let easy = transfer.easy.take() {
      multi?.remove(easy)
    }
    isInside = false
    transfer.ended(code)
  }

  // MARK: From curl's callbacks

  /// Sockets are curl's own: it may close one and open another under the same number without a word. One that cannot be watched
  /// brings nothing, and its transfer's patience ends it.
  func watch(_ socket: Int32, _ what: Int32) {
    guard what != CURL_POLL_REMOVE else {
      if watched.removeValue(forKey: socket) != nil { EventLoop.shared.unwatch(socket) }
      return
    }
    var wanted: EventLoop.Readiness = []
    if what & CURL_POLL_IN != 0 { wanted.insert(.read) }
    if what & CURL_POLL_OUT != 0 { wanted.insert(.write) }
    let known = watched.updateValue(wanted, forKey: socket)
    if known == wanted { return }
    if known != nil {
      if (try? EventLoop.shared.tryToChange(socket, to: wanted)) != nil { return }
      EventLoop.shared.unwatch(socket)
    }
    do throws(SystemError) {
      try EventLoop.shared.tryToWatch(socket, for: wanted, handler(socket))
    } catch {
      watched[socket] = nil
    }
  }

  private func handler(_ socket: Int32) -> EventLoop.Handler {
    { [weak self] readiness in
      var flags: Int32 = 0
      if readiness.contains(.read) || readiness.contains(.hangUp) { flags |= CURL_CSELECT_IN }
      if readiness.contains(.write) { flags |= CURL_CSELECT_OUT }
      if readiness.contains(.error) { flags |= CURL_CSELECT_ERR }
      self?.act(socket, flags)
    }
  }

  func callBack(after milliseconds: Int) {
    timer?.cancel()
    timer = nil
    guard milliseconds >= 0 else { return }
    // Also 0 goes through the loop: curl must not be entered from its own timer call.
    timer = EventLoop.shared.after(.milliseconds(milliseconds)) { [weak self] in
      self?.timer = nil
      self?.act(-1, 0)
    }
  }
}
