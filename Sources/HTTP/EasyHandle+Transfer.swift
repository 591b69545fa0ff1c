import CCurl
import Posix

extension EasyHandle {
  /// A handle set up for the transfer's request. The transfer must outlive it: curl's callbacks find it by its address.
  @Loop
  init?(for transfer: Transfer, options: HTTPClient.Options) {
    self.init()
    let request = transfer.request
    set(CURLOPT_URL, request.url)
    set(CURLOPT_PROTOCOLS_STR, "http,https")
    set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
    set(CURLOPT_NOSIGNAL, 1)
    // A transfer that is cancelled while its name is looked up must not make the loop wait for the resolver's thread.
    prefer(CURLOPT_QUICK_EXIT, 1)
    prefer(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS)
    set(CURLOPT_USERAGENT, options.userAgent)
    if let certificates = options.certificates { set(CURLOPT_CAINFO, certificates) }
    // Our own timers are stricter; this only keeps curl's default from cutting a longer patience short.
    set(CURLOPT_CONNECTTIMEOUT, 86_400)
    // For each transfer that runs: what streams comes in small pieces, and a request is written in one.
    prefer(CURLOPT_BUFFERSIZE, 8 << 10)
    prefer(CURLOPT_UPLOAD_BUFFERSIZE, 16 << 10)
    prefer(CURLOPT_TCP_KEEPALIVE, 1)
    prefer(CURLOPT_TCP_KEEPIDLE, 60)
    prefer(CURLOPT_TCP_KEEPINTVL, 20)
    prefer(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    set(CURLOPT_FOLLOWLOCATION, request.redirects > 0 ? 1 : 0)
    set(CURLOPT_MAXREDIRS, request.redirects)
    // curl reads http_proxy and its kin by itself; this machine is never behind one.
    if request.isLoopback { set(CURLOPT_NOPROXY, "*") }
    // Otherwise a name that is excepted from the proxy would be looked up here, and its address be nobody's concern.
    if request.addresses == .anyoneElses, options.proxies.serve(request.url) { set(CURLOPT_NOPROXY, "") }
    set(CURLOPT_ACCEPT_ENCODING, "")
    setMethod(request)
    for (name, value) in request.headers { add(header: "\(name): \(value)") }
    if !request.asksForCompression { add(header: "Accept-Encoding: identity") }
    setHeaders()

    let context = unsafe Unmanaged.passUnretained(transfer).toOpaque()
    unsafe set(CURLOPT_HEADERFUNCTION, piece: headerCame)
    unsafe set(CURLOPT_HEADERDATA, pointer: context)
    unsafe set(CURLOPT_WRITEFUNCTION, piece: bodyCame)
    unsafe set(CURLOPT_WRITEDATA, pointer: context)
    unsafe setReady(connectionStands)
    unsafe set(CURLOPT_PREREQDATA, pointer: context)
    if request.addresses == .anyoneElses, !options.proxies.serve(request.url) {
      unsafe setPermit(mayConnect, context)
    }
  }

  private mutating func setMethod(_ request: HTTPRequest) {
    switch request.method {
    case .get: set(CURLOPT_HTTPGET, 1)
    case .post:
      set(CURLOPT_POST, 1)
      set(body: request.body)
    case .put:
      set(CURLOPT_POST, 1)
      set(CURLOPT_CUSTOMREQUEST, "PUT")
      set(body: request.body)
    }
    // Waiting for "100 Continue" would cost a round trip, or a second where servers do not know it.
    if request.method != .get { add(header: "Expect:") }
  }
}

private func headerCame(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
  unsafe came(bytes, size * count, context) { transfer, bytes in transfer.take(header: bytes) }
}

private func bodyCame(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
  unsafe came(bytes, size * count, context) { transfer, bytes in transfer.take(body: bytes) }
}

/// Any other answer than `count` ends the transfer.
private func came(
  _ bytes: UnsafeMutablePointer<CChar>?, _ count: Int, _ context: UnsafeMutableRawPointer?,
  _ take: @Loop (Transfer, borrowing Span<UInt8>) -> Bool
) -> Int {
  guard let bytes = unsafe bytes, let context = unsafe context else { return count }
  let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
  // Proof for nonisolated(unsafe): the closure runs here and now, on the thread that curl lent the bytes to.
  nonisolated(unsafe) let lent = unsafe bytes
  let goesOn = Loop.assume {
    let buffer = unsafe UnsafeRawBufferPointer(start: lent, count: count).bindMemory(to: UInt8.self)
    return unsafe take(transfer, buffer.span)
  }
  return goesOn ? count : (count == 0 ? 1 : 0)
}

private func connectionStands(
  _ context: UnsafeMutableRawPointer?, _ peer: UnsafeMutablePointer<CChar>?, _: UnsafeMutablePointer<CChar>?,
  _: Int32, _: Int32
) -> Int32 {
  guard let context = unsafe context else { return CURL_PREREQFUNC_OK }
  let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
  let address = if let peer = unsafe peer { unsafe String(cString: peer) } else { "" }
  let goesOn = Loop.assume { transfer.connected(to: address) }
  return goesOn ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
}

private func mayConnect(
  _ context: UnsafeMutableRawPointer?, _ address: UnsafePointer<UInt8>, _ length: Int
) -> Int32 {
  guard let context = unsafe context else { return 0 }
  let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
  let bytes = unsafe Array(UnsafeBufferPointer(start: address, count: length))
  return Loop.assume { transfer.mayConnect(to: bytes) } ? 1 : 0
}
