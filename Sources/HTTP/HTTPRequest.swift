/// What is asked of a server, and how long and how much we are willing to wait and to take.
package struct HTTPRequest: Sendable {
  package enum Method: String, Sendable { case get = "GET", post = "POST", put = "PUT" }

  /// What keeps the idle timer from firing.
  package enum Progress: Sendable {
    /// Any piece of the body.
    case everyPiece
    /// Only `Transfer.progressed()`: a server that sends keep-alives and nothing else is silent.
    case told
  }

  /// Where a request may lead, by the addresses its host's name is found to have.
  package enum Addresses: Sendable {
    case any
    /// Nowhere in our own network: for a URL that a stranger gave us.
    case anyoneElses
  }

  package struct Patience: Sendable, Hashable {
    /// Name, connection and TLS together.
    package var connect: Duration
    /// From the standing connection to the first progress.
    package var first: Duration
    /// Between two steps of progress.
    package var idle: Duration
    package var total: Duration

    package init(
      connect: Duration = .seconds(10), first: Duration = .seconds(120), idle: Duration = .seconds(60),
      total: Duration = .seconds(1800)
    ) {
      self.connect = connect
      self.first = first
      self.idle = idle
      self.total = total
    }
  }

  package var method: Method
  package var url: String
  /// As they are sent. A request with a line break in one of them is refused.
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]
  package var patience = Patience()
  package var progress = Progress.everyPiece
  package var addresses = Addresses.any
  /// Decoded bytes of the body; one more fails the transfer.
  package var maxBodyBytes = 16 << 20
  /// All header lines together.
  package var maxHeaderBytes = 64 << 10
  /// How many redirects are followed. None where the request carries a key or a body: they would travel along.
  package var redirects = 0
  /// Whether the server is asked to compress. What it compresses unasked is decoded in any case; a stream is better not
  /// compressed, since compressors hold words back.
  package var asksForCompression = false

  package init(
    _ method: Method, _ url: String, headers: [(name: String, value: String)] = [], body: [UInt8] = []
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
  }

  /// Whether the server is this machine; such requests go past proxies.
  package var isLoopback: Bool { HTTPURL.isLoopback(url) }
}

/// The little that must be known of a URL before curl reads it.
package enum HTTPURL {
  /// The host of `http://user@host:port/path`, lower-case, without brackets; nil when there is none.
  package static func host(of url: String) -> String? {
    var rest = Substring(url)
    guard let scheme = rest.firstRange(of: "://") else { return nil }
    rest = rest[scheme.upperBound...]
    rest = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    if let at = rest.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
    if rest.first == "[" { return rest.dropFirst().prefix { $0 != "]" }.lowercased() }
    let host = rest.prefix { $0 != ":" }.lowercased()
    return host.isEmpty ? nil : host
  }

  package static func isLoopback(_ url: String) -> Bool {
    guard let host = host(of: url) else { return false }
    if host == "localhost" || host.hasSuffix(".localhost") || host == "::1" { return true }
    // Only a dotted number: `127.example.com` is somebody's name.
    let numbers = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    return numbers.count == 4 && numbers[0] == 127 && !numbers.contains(nil)
  }
}

extension HTTPRequest {
  /// Whether a header would become two, or end all of them.
  var hasBrokenHeader: Bool {
    headers.contains { header in
      [header.name, header.value].contains { text in
        text.utf8.contains { [0x00, 0x0A, 0x0D].contains($0) }
      }
    }
  }
}
