import Glibc

/// What must be known of an address before a stranger's URL may lead there.
package enum NetworkAddress {
  /// Of four or sixteen bytes in the network's order: whether it is a host of the world outside. Everything that is ours, of no
  /// one, or only looks like the world's (an IPv4 address in an IPv6 one) is not.
  package static func isPublic(_ bytes: [UInt8]) -> Bool {
    switch bytes.count {
    case 4: isPublic4(bytes)
    case 16: isPublic6(bytes)
    default: false
    }
  }

  /// Of an address as it is written; nil when it is none. A zone behind a `%` says only by which card to go.
  package static func bytes(of text: String) -> [UInt8]? {
    let text = String(text.prefix { $0 != "%" })
    var four = [UInt8](repeating: 0, count: 4)
    if unsafe inet_pton(AF_INET, text, &four) == 1 { return four }
    var sixteen = [UInt8](repeating: 0, count: 16)
    return unsafe inet_pton(AF_INET6, text, &sixteen) == 1 ? sixteen : nil
  }

  private static func isPublic4(_ b: [UInt8]) -> Bool {
    switch (b[0], b[1]) {
    case (0, _), (10, _), (127, _), (224..., _): false
    case (100, 64...127), (169, 254), (172, 16...31), (192, 168), (198, 18...19): false
    // Protocols' own, and those of documents.
    case (192, 0): b[2] != 0 && b[2] != 2
    case (198, 51): b[2] != 100
    case (203, 0): b[2] != 113
    default: true
    }
  }

  private static func isPublic6(_ b: [UInt8]) -> Bool {
    // The well-known prefix behind which IPv4 is reached.
    if b.starts(with: [0x00, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0]) { return isPublic4(Array(b[12...])) }
    // Only these are given out: not the mapped ones, the local ones, those of links and of groups.
    guard b[0] & 0xE0 == 0x20 else { return false }
    switch (b[0], b[1], b[2], b[3]) {
    case (0x20, 0x01, 0x0D, 0xB8), (0x20, 0x01, 0x00, 0x00): return false
    case (0x20, 0x02, _, _): return isPublic4(Array(b[2..<6]))
    default: return true
    }
  }
}

/// Which requests go by a proxy, whose address is the only one we then see.
package struct Proxies: Sendable, Hashable {
  package var forPlain: Bool
  package var forTLS: Bool

  package init(forPlain: Bool = false, forTLS: Bool = false) {
    self.forPlain = forPlain
    self.forTLS = forTLS
  }

  /// As curl finds them.
  package static let environment: Proxies = {
    func isSet(_ names: String...) -> Bool {
      names.contains { name in
        guard let value = unsafe getenv(name) else { return false }
        return unsafe value.pointee != 0
      }
    }
    return Proxies(
      forPlain: isSet("http_proxy", "all_proxy", "ALL_PROXY"),
      forTLS: isSet("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"))
  }()

  func serve(_ url: String) -> Bool {
    guard !HTTPURL.isLoopback(url) else { return false }
    return url.lowercased().hasPrefix("https://") ? forTLS : forPlain
  }
}
