import CCurl

/// A transfer that brought no whole answer: how far it got, curl's own name for what happened, and a sentence.
package struct HTTPError: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Phase: String, Sendable, Hashable {
    /// The request was never tried: no URL, a header with a line break in it.
    case request
    /// The host has an address where the request may not go.
    case address
    case resolve, connect, tls, send
    /// The server took the request and did not begin to answer in time.
    case firstByte
    /// It began, and fell silent.
    case idle
    case total
    /// The connection ended in the middle of an answer.
    case receive
    /// What came was not HTTP, or led in circles.
    case protocolViolation = "protocol"
    case tooLarge
    case cancelled
  }

  package let phase: Phase
  /// `CURLE_COULDNT_CONNECT`; nil where one of our own timers or limits ended the transfer.
  package let code: String?
  package let detail: String
  package let timedOut: Bool

  package init(_ phase: Phase, code: String? = nil, detail: String, timedOut: Bool = false) {
    self.phase = phase
    self.code = code
    self.detail = detail
    self.timedOut = timedOut
  }

  package var description: String {
    code.map { "\(phase.rawValue): \(detail) (\($0))" } ?? "\(phase.rawValue): \(detail)"
  }
}

/// curl's codes by name, with the phase each speaks of. Those that cannot happen to an HTTP transfer are not listed.
struct CurlCode {
  let name: String
  let phase: HTTPError.Phase?

  init(_ code: CURLcode) {
    switch code {
    case CURLE_UNSUPPORTED_PROTOCOL: self.init("CURLE_UNSUPPORTED_PROTOCOL", .request)
    case CURLE_URL_MALFORMAT: self.init("CURLE_URL_MALFORMAT", .request)
    case CURLE_NOT_BUILT_IN: self.init("CURLE_NOT_BUILT_IN", .request)
    case CURLE_OUT_OF_MEMORY: self.init("CURLE_OUT_OF_MEMORY", .request)
    case CURLE_COULDNT_RESOLVE_PROXY: self.init("CURLE_COULDNT_RESOLVE_PROXY", .resolve)
    case CURLE_COULDNT_RESOLVE_HOST: self.init("CURLE_COULDNT_RESOLVE_HOST", .resolve)
    case CURLE_COULDNT_CONNECT: self.init("CURLE_COULDNT_CONNECT", .connect)
    case CURLE_PROXY: self.init("CURLE_PROXY", .connect)
    case CURLE_SSL_CONNECT_ERROR: self.init("CURLE_SSL_CONNECT_ERROR", .tls)
    case CURLE_PEER_FAILED_VERIFICATION: self.init("CURLE_PEER_FAILED_VERIFICATION", .tls)
    case CURLE_SSL_CERTPROBLEM: self.init("CURLE_SSL_CERTPROBLEM", .tls)
    case CURLE_SSL_CIPHER: self.init("CURLE_SSL_CIPHER", .tls)
    case CURLE_SSL_CACERT_BADFILE: self.init("CURLE_SSL_CACERT_BADFILE", .tls)
    case CURLE_SSL_ISSUER_ERROR: self.init("CURLE_SSL_ISSUER_ERROR", .tls)
    case CURLE_SEND_ERROR: self.init("CURLE_SEND_ERROR", .send)
    case CURLE_SEND_FAIL_REWIND: self.init("CURLE_SEND_FAIL_REWIND", .send)
    // What these mean depends on whether an answer had begun.
    case CURLE_RECV_ERROR: self.init("CURLE_RECV_ERROR", nil)
    case CURLE_GOT_NOTHING: self.init("CURLE_GOT_NOTHING", nil)
    case CURLE_PARTIAL_FILE: self.init("CURLE_PARTIAL_FILE", .receive)
    case CURLE_HTTP2_STREAM: self.init("CURLE_HTTP2_STREAM", nil)
    case CURLE_HTTP2: self.init("CURLE_HTTP2", nil)
    case CURLE_OPERATION_TIMEDOUT: self.init("CURLE_OPERATION_TIMEDOUT", nil)
    case CURLE_TOO_MANY_REDIRECTS: self.init("CURLE_TOO_MANY_REDIRECTS", .protocolViolation)
    case CURLE_WEIRD_SERVER_REPLY: self.init("CURLE_WEIRD_SERVER_REPLY", .protocolViolation)
    case CURLE_BAD_CONTENT_ENCODING: self.init("CURLE_BAD_CONTENT_ENCODING", .protocolViolation)
    case CURLE_WRITE_ERROR: self.init("CURLE_WRITE_ERROR", .protocolViolation)
    case CURLE_ABORTED_BY_CALLBACK: self.init("CURLE_ABORTED_BY_CALLBACK", .cancelled)
    case CURLE_FILESIZE_EXCEEDED: self.init("CURLE_FILESIZE_EXCEEDED", .tooLarge)
    default: self.init("CURLE_\(code.rawValue)", .protocolViolation)
    }
  }

  private init(_ name: String, _ phase: HTTPError.Phase?) {
    self.name = name
    self.phase = phase
  }
}
