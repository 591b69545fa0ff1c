/// The short name by which people and shells call a companion: lower-case letters, digits and hyphens, 1 to 40 of them.
enum Handle {
  static let longest = 40

  static func isValid(_ handle: String) -> Bool {
    (1...longest).contains(handle.utf8.count) && handle.utf8.allSatisfy(isAllowed) && !handle.hasPrefix("-")
      && !handle.hasSuffix("-")
  }

  /// From a name in any script: what is left of it in plain letters, or `companion` when nothing is.
  static func derived(from name: String) -> String {
    var handle = ""
    for character in name.lowercased() {
      if let byte = character.asciiValue, isAllowed(byte), byte != UInt8(ascii: "-") {
        handle.append(character)
      } else if let plain = plain(character) {
        handle += plain
      } else if !handle.isEmpty, !handle.hasSuffix("-") {
        handle.append("-")
      }
    }
    while handle.hasSuffix("-") { handle.removeLast() }
    handle = String(handle.prefix(longest))
    while handle.hasSuffix("-") { handle.removeLast() }
    return handle.isEmpty ? "companion" : handle
  }

  /// The `number`th try for a name that is taken: `mira`, `mira-2`, `mira-3` …
  static func variant(_ handle: String, _ number: Int) -> String {
    guard number > 1 else { return handle }
    let suffix = "-\(number)"
    return handle.prefix(longest - suffix.utf8.count) + suffix
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-")
  }

  /// A letter with its marks taken off (é is e), where that leaves a plain one.
  private static func plain(_ character: Character) -> String? {
    guard let first = character.unicodeScalars.first else { return nil }
    let known: [Unicode.Scalar: String] = [
      "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "o", "å": "a", "é": "e", "è": "e", "ê": "e",
      "ë": "e",
      "á": "a", "à": "a", "â": "a", "ã": "a", "í": "i", "ì": "i", "î": "i", "ï": "i", "ó": "o", "ò": "o",
      "ô": "o",
      "õ": "o", "ú": "u", "ù": "u", "û": "u", "ñ": "n", "ç": "c", "ł": "l", "š": "s", "ž": "z", "č": "c",
      "ř": "r",
    ]
    return known[first]
  }
}
