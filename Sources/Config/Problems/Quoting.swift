/// How text a person wrote may appear in an error: clipped, harmless to a terminal, and never a key.
package enum Quoting {
  private static let longest = 80

  /// The text in quotes; one that looks like a key is only said to be there.
  package static func quoted(_ text: String) -> String {
    looksLikeKey(text) ? "text that looks like a key" : "\"\(plain(clipped(text)))\""
  }

  /// A name as part of a path: `home`, or a stand-in when somebody put a key where a name belongs.
  package static func name(_ text: String) -> String {
    looksLikeKey(text) ? "(hidden)" : plain(clipped(text))
  }

  /// Control characters, and those that turn the reading direction, are spelt out: an error must not be able to
  /// move a terminal's cursor.
  package static func plain(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
        out += "\\u{\(String(scalar.value, radix: 16))}"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  /// For commands a person is told to run.
  package static func shell(_ path: String) -> String {
    let harmless = path.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "-"):
        true
      default: false
      }
    }
    return harmless
      ? path : "'\(path.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''"))'"
  }

  /// A guess on the safe side. Keys are long runs of letters and digits mixed, or wear a vendor's prefix; names of
  /// models have runs too, but short ones (`claude-3-5-sonnet-20241022`). Paths are left alone: their owner needs
  /// to see them.
  package static func looksLikeKey(_ text: String) -> Bool {
    if text.hasPrefix("/") || text.hasPrefix("~") { return false }
    let lowered = text.lowercased()
    if prefixes.contains(where: lowered.hasPrefix) && text.utf8.count >= 8 { return true }
    var run = 0
    var letters = false
    var digits = false
    for byte in lowered.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"): letters = true
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digits = true
      default:
        (run, letters, digits) = (0, false, false)
        continue
      }
      run += 1
      if run >= 16, letters, digits { return true }
    }
    return false
  }

  private static let prefixes = ["sk-", "sk_", "bearer ", "basic ", "key-", "xai-", "gsk_", "hf_", "r8_"]

  private static func clipped(_ text: String) -> String {
    text.count > longest ? text.prefix(longest) + "…" : text
  }
}
