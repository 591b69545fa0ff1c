import Base

/// A line while it is typed: letters, where the cursor is, and the lines said before. Bytes of a terminal in, what is to be done
/// about them out; draws nothing.
struct LineEditor {
  enum Outcome: Equatable {
    case changed
    /// Enter: the line is taken out.
    case line(String)
    /// Ctrl-D on an empty line.
    case end
    case suspend
    case clearScreen
  }

  private(set) var letters: [Character] = []
  /// Before the letter of that index.
  private(set) var cursor = 0
  private var keys = KeyDecoder()
  private var said: [[Character]] = []
  /// Which of `said` is shown; its end is the line that was being typed, kept aside meanwhile.
  private var shown: Int?
  private var draft: [Character] = []
  /// What Tab completes at the beginning of a line.
  private let words: [String]

  private static let mostSaid = 500

  init(completing words: [String]) { self.words = words }

  var isEmpty: Bool { letters.isEmpty }

  mutating func clear() {
    letters = []
    cursor = 0
    shown = nil
  }

  mutating func take(_ bytes: some Sequence<UInt8>) -> [Outcome] {
    keys.read(bytes).compactMap { act($0) }
  }

  private mutating func act(_ key: KeyDecoder.Key) -> Outcome? {
    switch key {
    case .text(let text): insert(text)
    case .enter: return .line(takeLine())
    case .left: cursor = max(0, cursor - 1)
    case .right: cursor = min(letters.count, cursor + 1)
    case .wordLeft: cursor = wordStart()
    case .wordRight: cursor = wordEnd()
    case .home: cursor = 0
    case .end: cursor = letters.count
    case .backspace: remove(max(0, cursor - 1)..<cursor)
    case .delete: remove(cursor..<min(letters.count, cursor + 1))
    case .deleteOrEnd:
      if letters.isEmpty { return .end }
      remove(cursor..<min(letters.count, cursor + 1))
    case .killWord: remove(wordStart()..<cursor)
    case .killLine: remove(0..<cursor)
    case .killRest: remove(cursor..<letters.count)
    case .up: recall(-1)
    case .down: recall(1)
    case .complete: complete()
    case .clearScreen: return .clearScreen
    case .suspend: return .suspend
    }
    return .changed
  }

  private mutating func insert(_ text: String) {
    let bytes = letters.reduce(0) { $0 + $1.utf8.count }
    guard bytes + text.utf8.count <= Limits().maxTextBytes else { return }
    // A mark may join the letter before it.
    let before = String(letters[..<cursor]) + text
    let rest = letters[cursor...]
    let joined = Array(before)
    letters = joined + rest
    cursor = joined.count
  }

  private mutating func remove(_ range: Range<Int>) {
    letters.removeSubrange(range)
    cursor = range.lowerBound
  }

  private mutating func takeLine() -> String {
    let line = String(letters)
    if !line.trimmed.isEmpty, said.last != letters {
      said.append(letters)
      if said.count > Self.mostSaid { said.removeFirst() }
    }
    clear()
    return line
  }

  private func wordStart() -> Int {
    var at = cursor
    while at > 0, letters[at - 1].isWhitespace { at -= 1 }
    while at > 0, !letters[at - 1].isWhitespace { at -= 1 }
    return at
  }

  private func wordEnd() -> Int {
    var at = cursor
    while at < letters.count, letters[at].isWhitespace { at += 1 }
    while at < letters.count, !letters[at].isWhitespace { at += 1 }
    return at
  }

  private mutating func recall(_ step: Int) {
    let from = shown ?? said.count
    let to = from + step
    guard (0...said.count).contains(to) else { return }
    if from == said.count { draft = letters }
    letters = to == said.count ? draft : said[to]
    cursor = letters.count
    shown = to == said.count ? nil : to
  }

  private mutating func complete() {
    let typed = String(letters)
    guard cursor == letters.count, typed.hasPrefix("/") else { return }
    let fitting = words.filter { $0.hasPrefix(typed.dropFirst()) }
    guard let only = fitting.first, fitting.count == 1 else { return }
    letters = Array("/\(only) ")
    cursor = letters.count
  }
}

/// Bytes of a terminal as the keys they stand for. A letter or a sequence that has not wholly come waits for its rest.
struct KeyDecoder {
  enum Key: Equatable {
    case text(String)
    case enter, backspace, delete, deleteOrEnd, killWord, killLine, killRest
    case left, right, wordLeft, wordRight, home, end, up, down
    case complete, clearScreen, suspend
  }

  private var waiting: [UInt8] = []
  private var isPasting = false

  /// Longer than any sequence that means something: what is not over by then is none.
  private static let longest = 32
  private static let pasteEnd = Array("\u{1B}[201~".utf8)

  mutating func read(_ bytes: some Sequence<UInt8>) -> [Key] {
    waiting += bytes
    var keys: [Key] = []
    while !waiting.isEmpty {
      if isPasting {
        guard paste(&keys) else { break }
        continue
      }
      let (key, length) = Self.first(of: waiting)
      guard length > 0 else { break }
      if Array(waiting[..<length]) == Array("\u{1B}[200~".utf8) { isPasting = true }
      waiting.removeFirst(length)
      if let key { keys.append(key) }
    }
    return keys
  }

  /// Pasted text is text, line breaks and all: nothing in it is a key. False when more must come first.
  private mutating func paste(_ keys: inout [Key]) -> Bool {
    if let end = waiting.firstRange(of: Self.pasteEnd) {
      put(waiting[..<end.lowerBound], &keys)
      waiting.removeFirst(end.upperBound)
      isPasting = false
      return true
    }
    // The end of it, or half a letter, may have begun.
    let kept = min(waiting.count, Self.pasteEnd.count + 3)
    let sure = waiting.count - kept
    guard sure > 4096 else { return false }
    var cut = sure
    while cut > 0, waiting[cut] & 0xC0 == 0x80 { cut -= 1 }
    put(waiting[..<cut], &keys)
    waiting.removeFirst(cut)
    return false
  }

  private func put(_ bytes: ArraySlice<UInt8>, _ keys: inout [Key]) {
    let text = String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n").replacing(
      "\r", with: "\n"
    )
    .speech
    if !text.isEmpty { keys.append(.text(text)) }
  }

  /// The first key and how many bytes it has; 0 when they are not all there. No key for what means nothing here.
  private static func first(of bytes: [UInt8]) -> (Key?, Int) {
    switch bytes[0] {
    case 0x1B: return sequence(bytes)
    case 0x0A, 0x0D: return (.enter, 1)
    case 0x09: return (.complete, 1)
    case 0x7F, 0x08: return (.backspace, 1)
    case 0x01: return (.home, 1)
    case 0x02: return (.left, 1)
    case 0x04: return (.deleteOrEnd, 1)
    case 0x05: return (.end, 1)
    case 0x06: return (.right, 1)
    case 0x0B: return (.killRest, 1)
    case 0x0C: return (.clearScreen, 1)
    case 0x0E: return (.down, 1)
    case 0x10: return (.up, 1)
    case 0x15: return (.killLine, 1)
    case 0x17: return (.killWord, 1)
    case 0x1A: return (.suspend, 1)
    case ..<0x20: return (nil, 1)
    case ..<0x80: return (.text(String(UnicodeScalar(bytes[0]))), 1)
    default: return letter(bytes)
    }
  }

  private static func letter(_ bytes: [UInt8]) -> (Key?, Int) {
    let length =
      switch bytes[0] {
      case 0xC2...0xDF: 2
      case 0xE0...0xEF: 3
      case 0xF0...0xF4: 4
      default: 1
      }
    guard bytes.count >= length else { return (nil, 0) }
    // Bytes that are no letter become the sign for that; what would drive the terminal becomes nothing.
    let text = String(decoding: bytes[..<length], as: UTF8.self).speech
    return (text.isEmpty ? nil : .text(text), length)
  }

  private static func sequence(_ bytes: [UInt8]) -> (Key?, Int) {
    guard bytes.count > 1 else { return (nil, 0) }
    switch bytes[1] {
    case UInt8(ascii: "["):
      guard let end = bytes.dropFirst(2).firstIndex(where: { (0x40...0x7E).contains($0) }) else {
        return bytes.count > longest ? (nil, bytes.count) : (nil, 0)
      }
      let name = String(decoding: bytes[2...end], as: UTF8.self)
      return (names[name], end + 1)
    case UInt8(ascii: "O"):
      guard bytes.count > 2 else { return (nil, 0) }
      return (names[String(UnicodeScalar(bytes[2]))], 3)
    // Alt: with Enter a line break, with letters as shells have it.
    case 0x0A, 0x0D: return (.text("\n"), 2)
    case UInt8(ascii: "b"): return (.wordLeft, 2)
    case UInt8(ascii: "f"): return (.wordRight, 2)
    case 0x7F: return (.killWord, 2)
    case 0x1B: return (nil, 1)
    default: return (nil, 2)
    }
  }

  private static let names: [String: Key] = [
    "A": .up, "B": .down, "C": .right, "D": .left, "H": .home, "F": .end, "1~": .home, "7~": .home,
    "4~": .end,
    "8~": .end, "3~": .delete, "1;5C": .wordRight, "1;5D": .wordLeft, "1;3C": .wordRight, "1;3D": .wordLeft,
  ]
}
