import CCurl

/// curl's handle of one transfer, with the memory that curl borrows from it.
@safe
struct EasyHandle: ~Copyable {
  let raw: UnsafeMutableRawPointer
  /// curl writes its sentence about a failure here.
  private let message: UnsafeMutablePointer<CChar>
  private var headers: UnsafeMutablePointer<curl_slist>?
  private let refusal = Refusal()

  /// An option the transfer needs and this curl does not have. curl is looked for when it is needed, so it may be another one than the
  /// build knew: older, or without a part.
  var refused: String? { refusal.option.map { "libcurl does not take its option \($0.rawValue)" } }

  var identity: UInt { unsafe UInt(bitPattern: raw) }

  /// nil when curl has no memory.
  init?() {
    guard let raw = unsafe ccurl_easy_init() else { return nil }
    unsafe self.raw = raw
    unsafe message = .allocate(capacity: Int(CURL_ERROR_SIZE))
    unsafe message.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    unsafe headers = nil
    unsafe set(CURLOPT_ERRORBUFFER, pointer: message)
  }

  deinit {
    unsafe ccurl_easy_cleanup(raw)
    unsafe ccurl_slist_free_all(headers)
    unsafe message.deallocate()
  }

  private func accepted(_ code: CURLcode, _ option: CURLoption) {
    if code != CURLE_OK, refusal.option == nil { refusal.option = option }
  }

  /// For what makes a transfer better and is no part of its meaning: a curl that does not know it does without.
  func prefer(_ option: CURLoption, _ value: Int) { unsafe _ = ccurl_set_long(raw, option, value) }

  func set(_ option: CURLoption, _ value: Int) {
    unsafe accepted(ccurl_set_long(raw, option, value), option)
  }

  func set(_ option: CURLoption, size: Int) {
    unsafe accepted(ccurl_set_size(raw, option, size), option)
  }

  /// curl copies strings.
  func set(_ option: CURLoption, _ value: String) {
    unsafe accepted(ccurl_set_string(raw, option, value), option)
  }

  func set(_ option: CURLoption, pointer: UnsafeRawPointer?) {
    unsafe accepted(ccurl_set_pointer(raw, option, pointer), option)
  }

  func set(_ option: CURLoption, piece: ccurl_piece) {
    unsafe accepted(ccurl_set_piece(raw, option, piece), option)
  }

  func setReady(_ call: ccurl_ready) {
    unsafe accepted(ccurl_set_ready(raw, call), CURLOPT_PREREQFUNCTION)
  }

  func setPermit(_ call: ccurl_permit, _ context: UnsafeMutableRawPointer) {
    unsafe accepted(ccurl_set_permit(raw, call, context), CURLOPT_OPENSOCKETFUNCTION)
  }

  /// curl copies the body, so that the caller's memory may go.
  func set(body: [UInt8]) {
    set(CURLOPT_POSTFIELDSIZE_LARGE, size: body.count)
    unsafe body.withUnsafeBytes { unsafe set(CURLOPT_COPYPOSTFIELDS, pointer: $0.baseAddress) }
  }

  mutating func add(header: String) {
    guard let longer = unsafe ccurl_slist_append(headers, header) else { return }
    unsafe headers = longer
  }

  func setHeaders() {
    unsafe accepted(ccurl_set_list(raw, CURLOPT_HTTPHEADER, headers), CURLOPT_HTTPHEADER)
  }

  func explanation(of code: CURLcode) -> String {
    let written = unsafe String(cString: message)
    return unsafe written.isEmpty ? String(cString: ccurl_easy_strerror(code)) : written
  }

  /// Where a connection that did not come about stood, by the steps curl has stamped.
  var unfinishedStep: (HTTPError.Phase, String) {
    if unsafe ccurl_get_size(raw, CURLINFO_NAMELOOKUP_TIME_T) == 0 {
      return (.resolve, "the name was not resolved in time")
    }
    if unsafe ccurl_get_size(raw, CURLINFO_CONNECT_TIME_T) == 0 {
      return (.connect, "no connection in time")
    }
    return (.tls, "no agreement on TLS in time")
  }
}

/// What was refused first; in a box so that options can be set while the handle is borrowed.
private final class Refusal {
  var option: CURLoption?
}
