import HTTP

/// Whose an address is that a provider gave us.
enum PictureAddress {
  struct Origin: Hashable {
    var scheme: String
    var host: String
    var port: String
  }

  /// nil for whatever two readers of addresses might read differently: names and passwords, escapes, odd letters.
  static func origin(_ url: String) -> Origin? {
    guard let scheme = url.firstRange(of: "://") else { return nil }
    let name = url[..<scheme.lowerBound].lowercased()
    guard name == "http" || name == "https" else { return nil }
    let authority = url[scheme.upperBound...].prefix { !"/?#".contains($0) }.lowercased()
    let plain = authority.utf8.allSatisfy { byte in
      (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || ".-_:[]".utf8.contains(byte)
    }
    guard plain, let host = HTTPURL.host(of: "\(name)://\(authority)/") else { return nil }
    let rest =
      authority.hasPrefix("[") ? authority.drop { $0 != "]" }.dropFirst() : authority.drop { $0 != ":" }
    let port = rest.dropFirst()
    return Origin(
      scheme: name, host: host, port: port.isEmpty ? (name == "https" ? "443" : "80") : String(port))
  }

  /// Whether the address is on the very machine that its owner configured: such a one may be in our own network.
  static func isOwn(_ url: String, of configured: String) -> Bool {
    guard let given = origin(url), let own = origin(configured) else { return false }
    return given.host == own.host || HTTPURL.isLoopback(url) && HTTPURL.isLoopback(configured)
  }

  /// Whether the address belongs to those whom its owner trusts with the key: the same two last words of the host's name, over TLS,
  /// or the same machine.
  static func isOfSameOwner(_ url: String, as configured: String) -> Bool {
    guard let given = origin(url), let own = origin(configured) else { return false }
    if given.scheme == own.scheme, given.host == own.host, given.port == own.port { return true }
    if HTTPURL.isLoopback(configured) { return HTTPURL.isLoopback(url) }
    func tail(_ host: String) -> [Substring] { host.split(separator: ".").suffix(2) }
    return given.scheme == "https" && NetworkAddress.bytes(of: given.host) == nil
      && tail(given.host).count == 2 && tail(given.host) == tail(own.host)
  }

  /// Whether the host is a number that is written in a way that only some read, or one of ours.
  static func isForbiddenNumber(_ url: String) -> Bool {
    guard let host = HTTPURL.host(of: url) else { return true }
    if let bytes = NetworkAddress.bytes(of: host) { return !NetworkAddress.isPublic(bytes) }
    let last = host.split(separator: ".").last ?? ""
    return last.allSatisfy { $0.isASCII && $0.isNumber } || last.hasPrefix("0x")
  }

  /// Where a redirect leads.
  static func resolve(_ location: String, from url: String) -> String? {
    if location.firstRange(of: "://") != nil { return location }
    guard let scheme = url.firstRange(of: "://") else { return nil }
    if location.hasPrefix("//") { return url[..<scheme.lowerBound] + ":" + location }
    let authority = url[scheme.upperBound...].prefix { !"/?#".contains($0) }
    let root = url[..<scheme.upperBound] + authority
    if location.hasPrefix("/") { return root + location }
    let path = url[authority.endIndex...].prefix { !"?#".contains($0) }
    if location.hasPrefix("?") { return root + path + location }
    guard let slash = path.lastIndex(of: "/") else { return root + "/" + location }
    return root + path[...slash] + location
  }
}
