import CCurl
import Posix

/// curl's handle of all transfers together, with the connections it keeps for the next ones.
@safe
struct MultiHandle: ~Copyable {
  private let raw: UnsafeMutableRawPointer

  /// curl calls `client` back as long as this lives; the client owns it. nil when curl cannot be had.
  @Loop
  init?(client: HTTPClient) {
    guard CurlLibrary.fault == nil, let raw = unsafe ccurl_multi_init() else { return nil }
    unsafe self.raw = raw
    let context = unsafe Unmanaged.passUnretained(client).toOpaque()
    unsafe ccurl_multi_set_socket(raw, socketWanted)
    unsafe ccurl_multi_set_timer(raw, timerWanted)
    unsafe ccurl_multi_set_context(raw, CURLMOPT_SOCKETDATA, context)
    unsafe ccurl_multi_set_context(raw, CURLMOPT_TIMERDATA, context)
    // Idle ones; running transfers may have more.
    unsafe ccurl_multi_set_long(raw, CURLMOPT_MAXCONNECTS, 32)
  }

  deinit { unsafe ccurl_multi_cleanup(raw) }

  /// Tells curl that a socket is ready, or with -1 that its time has come.
  func act(_ socket: Int32, _ flags: Int32) {
    var running: Int32 = 0
    unsafe ccurl_multi_act(raw, socket, flags, &running)
  }

  func add(_ easy: borrowing EasyHandle) -> Bool { unsafe ccurl_multi_add(raw, easy.raw) == CURLM_OK }

  func remove(_ easy: borrowing EasyHandle) { unsafe ccurl_multi_remove(raw, easy.raw) }

  /// The next transfer that ended of itself, by its handle's identity.
  func nextEnded() -> (identity: UInt, code: CURLcode)? {
    var code = CURLE_OK
    guard let easy = unsafe ccurl_next_ended(raw, &code) else { return nil }
    return (UInt(bitPattern: easy), code)
  }
}

private func socketWanted(
  _: UnsafeMutableRawPointer?, _ socket: Int32, _ what: Int32, _ context: UnsafeMutableRawPointer?,
  _: UnsafeMutableRawPointer?
) -> Int32 {
  guard let context = unsafe context else { return 0 }
  let client = unsafe Unmanaged<HTTPClient>.fromOpaque(context).takeUnretainedValue()
  Loop.assume { client.watch(socket, what) }
  return 0
}

private func timerWanted(
  _: UnsafeMutableRawPointer?, _ milliseconds: Int, _ context: UnsafeMutableRawPointer?
) -> Int32 {
  guard let context = unsafe context else { return 0 }
  let client = unsafe Unmanaged<HTTPClient>.fromOpaque(context).takeUnretainedValue()
  Loop.assume { client.callBack(after: milliseconds) }
  return 0
}
