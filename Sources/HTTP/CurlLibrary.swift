import CCurl

/// curl's process-wide part, loaded and initialised by whoever asks first.
enum CurlLibrary {
  /// Why there is no curl; nil when there is. Looked for once: one that is installed later is found at the next start.
  static let fault: String? = unsafe ccurl_load().map {
    unsafe "libcurl is not usable: \(String(cString: $0))"
  }
}
