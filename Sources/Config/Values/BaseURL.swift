/// The address of an upstream server: `http` or `https`, a host, and whatever path its interface lives under. Kept
/// as it was written; a provider only takes a slash off the end and adds its own path.
package struct BaseURL: Sendable, Hashable, CustomStringConvertible {
  package let text: String
  /// Lower case, without a port; an IPv6 address without its brackets.
  package let host: String
  package let isEncrypted: Bool

  package var description: String { text }

  /// This machine itself: nothing said to it leaves.
  package var isLoopback: Bool {
    host == "localhost" || host.hasSuffix(".localhost") || host == "::1" || host.hasPrefix("127.")
  }

  /// Whether the host is this one or below it: `api.openai.com` belongs to `openai.com`.
  package func belongs(to domain: String) -> Bool { host == domain || host.hasSuffix("." + domain) }

  /// What is wrong with an address, in words that complete "expected …".
  package struct Flaw: Error, Equatable {
    package let expected: String
    package let suggestion: String?
    /// The part of the text that may be shown; nil when it may hold a password.
    package let showable: Bool
  }

  static let expected = "an address that begins with http:// or https:// and names a host"

  package init(_ text: String) throws(Flaw) {
    func flaw(_ expected: String, _ suggestion: String?, showable: Bool = true) -> Flaw {
      Flaw(expected: expected, suggestion: suggestion, showable: showable)
    }
    let lowered = text.lowercased()
    let scheme: String
    if lowered.hasPrefix("http://") {
      scheme = "http://"
    } else if lowered.hasPrefix("https://") {
      scheme = "https://"
    } else {
      throw flaw(Self.expected, Self.withScheme(text), showable: !text.contains("@"))
    }
    guard text.utf8.count <= 2048, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5C }) else {
      throw flaw(
        "an address of at most 2048 visible ASCII characters", "write other characters as %XX",
        showable: false)
    }
    let rest = lowered.dropFirst(scheme.count)
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    if authority.contains("@") {
      throw flaw(
        "an address without a name or password", "put them as name:password into keyFile", showable: false)
    }
    if let mark = rest.first(where: { $0 == "?" || $0 == "#" }) {
      throw flaw(
        "an address without '\(mark)'", "end it before the '\(mark)'; a key belongs into keyFile",
        showable: false)
    }
    guard let host = Self.host(of: authority) else {
      throw flaw(
        "\(Self.expected), with a port from 1 to 65535 if any", "for example http://127.0.0.1:8080/v1")
    }
    self.text = text
    self.host = host
    isEncrypted = scheme == "https://"
  }

  private static func withScheme(_ text: String) -> String? {
    guard !text.contains("://"), !Quoting.looksLikeKey(text), let flawless = try? BaseURL("http://" + text)
    else {
      return "for example http://127.0.0.1:8080/v1"
    }
    return "did you mean \"\(flawless.isLoopback ? "http" : "https")://\(Quoting.plain(text))\"?"
  }

  private static func host(of authority: Substring) -> String? {
    var host = authority
    var port: Substring?
    if authority.first == "[" {
      guard let end = authority.firstIndex(of: "]") else { return nil }
      host = authority[authority.index(after: authority.startIndex)..<end]
      let after = authority[authority.index(after: end)...]
      guard after.isEmpty || after.first == ":" else { return nil }
      if !after.isEmpty { port = after.dropFirst() }
      guard host.contains(":"), host.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else {
        return nil
      }
    } else {
      if let colon = authority.firstIndex(of: ":") {
        host = authority[..<colon]
        port = authority[authority.index(after: colon)...]
      }
      let labels = host.split(separator: ".", omittingEmptySubsequences: false)
      let wellFormed = labels.allSatisfy { label in
        !label.isEmpty && label.utf8.count <= 63
          && label.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }
      }
      guard wellFormed, host.utf8.count <= 253 else { return nil }
    }
    if let port {
      guard port.utf8.allSatisfy({ isDigit($0) }), let number = UInt16(port), number > 0 else { return nil }
    }
    return String(host)
  }
}
