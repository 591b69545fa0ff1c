/// Ends a reply where the model begins a line of the person's, `User:` as in a script: nothing of that line is ever shown. What could
/// still become such a line is held back, with the line ends before it.
///
/// A server that knows stop strings ends there by itself, when the name stands bare after one line end; this holds for every server, for
/// the reply's first line, and for a name in bold. Upper and lower case count: `user:` is also a line of many a configuration file.
struct PersonsLineFilter: Sendable {
  /// The longest run of line ends and spaces that is held back.
  private static let mostHeld = 256
  /// Signs of emphasis or headings around a name, at most so many on each side.
  private static let mostMarks = 4

  private let names: [[Unicode.Scalar]]
  /// Empty inside a line; otherwise from the first line end on.
  private var held: [Unicode.Scalar] = []
  private var isAtLineStart: Bool
  /// The person's line has begun: the reply is over.
  private(set) var hasStopped = false

  /// `old` is what the reply goes on with.
  init(names: [String], after old: String = "") {
    self.names = names.map { Array($0.unicodeScalars) }.filter { !$0.isEmpty }
    isAtLineStart = old.unicodeScalars.last.map(Self.isLineEnd) ?? true
  }

  /// Whether nothing but white space is held back.
  var isEmpty: Bool { held.allSatisfy { $0.properties.isWhitespace } }

  mutating func pass(_ piece: String) -> String {
    guard !hasStopped else { return "" }
    if !isAtLineStart, held.isEmpty, !piece.utf8.contains(where: Self.mayEndLine) { return piece }
    var shown = String.UnicodeScalarView()
    for scalar in piece.unicodeScalars {
      take(scalar, &shown)
      if hasStopped { break }
    }
    return String(shown)
  }

  /// The reply is over: what was held back is text after all.
  mutating func flush() -> String {
    var shown = String.UnicodeScalarView()
    release(&shown)
    isAtLineStart = false
    return String(shown)
  }

  private mutating func take(_ scalar: Unicode.Scalar, _ shown: inout String.UnicodeScalarView) {
    if Self.isLineEnd(scalar) {
      if held.contains(where: { !$0.properties.isWhitespace }) || held.count >= Self.mostHeld {
        release(&shown)
      }
      held.append(scalar)
      isAtLineStart = true
      return
    }
    guard isAtLineStart else { return shown.append(scalar) }
    held.append(scalar)
    switch likeness(held.drop { $0.properties.isWhitespace }) {
    case .whole:
      held = []
      hasStopped = true
    case .beginning:
      if held.count > Self.mostHeld { release(&shown) }
    case .none:
      release(&shown)
      isAtLineStart = false
    }
  }

  private mutating func release(_ shown: inout String.UnicodeScalarView) {
    shown.append(contentsOf: held)
    held = []
  }

  private enum Likeness { case none, beginning, whole }

  private func likeness(_ line: ArraySlice<Unicode.Scalar>) -> Likeness {
    var best = Likeness.none
    for skipped in 0...Self.mostMarks {
      let rest = line.dropFirst(skipped)
      if rest.isEmpty { return .beginning }
      for name in names {
        switch likeness(rest, to: name) {
        case .whole: return .whole
        case .beginning: best = .beginning
        case .none: break
        }
      }
      guard rest.first.map(Self.isMark) == true else { break }
    }
    return best
  }

  private func likeness(_ rest: ArraySlice<Unicode.Scalar>, to name: [Unicode.Scalar]) -> Likeness {
    if rest.count <= name.count { return name.starts(with: rest) ? .beginning : .none }
    guard rest.starts(with: name) else { return .none }
    let after = rest.dropFirst(name.count)
    let marks = after.prefix { Self.isMark($0) }
    guard marks.count <= Self.mostMarks else { return .none }
    switch after.dropFirst(marks.count).first {
    case nil: return .beginning
    case ":", "：": return .whole
    default: return .none
    }
  }

  private static func isLineEnd(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "\n", "\r", "\u{2028}", "\u{2029}", "\u{85}": true
    default: false
    }
  }

  /// Whether a line end may begin with this byte: most pieces have none, and are let through as they are.
  private static func mayEndLine(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x0A, 0x0D, 0xC2, 0xE2: true
    default: false
    }
  }

  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "*", "_", "#", ">", "[", "]", "(", ")", " ", "\t": true
    default: false
    }
  }
}
