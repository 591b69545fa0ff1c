/// Keeps out of a reply what a model writes for programs: elements such as `<scene>…</scene>` with all they hold, and the marks of
/// its own template, `<|im_end|>` and their kin, behind which it would go on as somebody else.
///
/// What may still become one is held back, however it is cut into pieces. Inside code nothing is touched: there a tag is what the
/// person asked for. It counts scalars, like every filter here: pieces are cut between them.
struct ControlTagFilter: Sendable {
  static let elements = ["scene", "state", "mood", "outfit", "suggestions"]
  /// An element that goes on for longer was none, and is shown after all.
  static let longestElement = 8192
  private static let longestTag = 256

  private enum Stage {
    case text
    /// What is held may be the beginning of a tag.
    case tag
    /// Everything up to the element's end is held.
    case inside(element: String)
  }

  private var stage = Stage.text
  private var held = String.UnicodeScalarView()
  private var hasShown = false
  /// How many backticks opened the code that we are in; 0 outside.
  private var openTicks = 0
  private var ticks = 0
  /// A template's mark came behind the reply's text: the reply is over.
  private(set) var hasStopped = false

  /// Whether nothing is held that would be text after all.
  var isEmpty: Bool { if case .tag = stage { held.isEmpty } else { true } }

  mutating func pass(_ piece: String) -> String {
    guard !hasStopped else { return "" }
    var shown = String.UnicodeScalarView()
    for scalar in piece.unicodeScalars {
      take(scalar, &shown)
      if hasStopped { break }
    }
    return String(shown)
  }

  /// The reply is over. The beginning of a tag is text after all; an element that was cut off is none.
  mutating func flush() -> String {
    defer { (stage, held) = (.text, .init()) }
    if case .tag = stage { return String(held) }
    return ""
  }

  private mutating func take(_ scalar: Unicode.Scalar, _ shown: inout String.UnicodeScalarView) {
    switch stage {
    case .text:
      if scalar == "`" {
        ticks += 1
      } else if ticks > 0 {
        openTicks = openTicks == 0 ? ticks : openTicks == ticks ? 0 : openTicks
        ticks = 0
      }
      // One or two backticks make code of a line at most.
      if scalar == "\n", openTicks < 3 { openTicks = 0 }
      if openTicks == 0, ticks == 0, scalar == "<" || scalar == "[" {
        stage = .tag
        held.append(scalar)
      } else {
        show(scalar, &shown)
      }
    case .tag:
      // A second bracket begins anew, but for `<<`, which nothing here begins with.
      if scalar == "<" || scalar == "[" {
        release(&shown)
        stage = .tag
        held.append(scalar)
        return
      }
      held.append(scalar)
      judge(&shown)
    case .inside(let element):
      held.append(scalar)
      if scalar == ">", ends(with: "</\(element)>") {
        (stage, held) = (.text, .init())
      } else if held.count > Self.longestElement {
        release(&shown)
      }
    }
  }

  private mutating func show(_ scalar: Unicode.Scalar, _ shown: inout String.UnicodeScalarView) {
    if !scalar.properties.isWhitespace { hasShown = true }
    shown.append(scalar)
  }

  private mutating func release(_ shown: inout String.UnicodeScalarView) {
    for scalar in held { show(scalar, &shown) }
    (stage, held) = (.text, .init())
  }

  /// Decides what is held as soon as it can be decided.
  private mutating func judge(_ shown: inout String.UnicodeScalarView) {
    let text = String(held)
    switch ControlTag(text) {
    case .possible where held.count <= Self.longestTag: return
    case .possible, .none: release(&shown)
    case .mark:
      held = .init()
      stage = .text
      // Before the first word it only opens what the model is about to say.
      if hasShown { hasStopped = true }
    case .opens(let element):
      stage = .inside(element: element)
    case .alone:
      (stage, held) = (.text, .init())
    }
  }

  private func ends(with end: String) -> Bool {
    held.suffix(end.unicodeScalars.count).elementsEqual(end.unicodeScalars) {
      $0.properties.lowercaseMapping == String($1)
    }
  }
}

/// What a text from a bracket on is.
private enum ControlTag {
  case none, possible
  /// One of a template's.
  case mark
  case opens(element: String)
  /// `<scene/>`, or an end without a beginning.
  case alone

  private static let marks = [
    "<end_of_turn>", "<start_of_turn>", "<eos>", "<bos>", "</s>", "[INST]", "[/INST]",
  ]

  init(_ text: String) {
    if Self.marks.contains(text) {
      self = .mark
    } else if let bar = Self.bars.first(where: { text.hasPrefix("<\($0)") }) {
      self = Self.between(bar, text)
    } else if let tag = Self.element(text.lowercased()) {
      self = tag
    } else {
      self = Self.marks.contains { $0.hasPrefix(text) } ? .possible : .none
    }
  }

  /// The second is what some models' templates have in its place.
  private static let bars = ["|", "\u{ff5c}"]

  /// `<|name|>`.
  private static func between(_ bar: String, _ text: String) -> ControlTag {
    let name = text.dropFirst(2)
    if name.hasSuffix("\(bar)>") { return name.count > 2 ? .mark : .none }
    let letters = name.hasSuffix(bar) ? name.dropLast() : name
    let isName = letters.unicodeScalars.allSatisfy { scalar in
      scalar == "_" || scalar == "-" || scalar == "\u{2581}" || scalar.properties.isAlphabetic
        || ("0"..."9").contains(scalar)
    }
    return isName && letters.count <= 40 ? .possible : .none
  }

  /// Nil where it cannot become one.
  private static func element(_ text: String) -> ControlTag? {
    let isEnd = text.hasPrefix("</")
    let begin = isEnd ? "</" : "<"
    guard text.hasPrefix(begin) || begin.hasPrefix(text) else { return nil }
    let rest = text.dropFirst(begin.count)
    for name in ControlTagFilter.elements {
      if name.hasPrefix(rest) { return .possible }
      guard rest.hasPrefix(name) else { continue }
      let tail = rest.dropFirst(name.count)
      guard let next = tail.first, next == ">" || next == "/" || next.isWhitespace else { continue }
      guard tail.last == ">" else { return .possible }
      let attributes = tail.dropLast().filter { !$0.isWhitespace }
      if isEnd || attributes == "/" { return .alone }
      // Words behind the name make it prose in angle brackets.
      guard attributes.isEmpty || attributes.contains("=") else { return nil }
      return attributes.hasSuffix("/") && !attributes.hasSuffix("=/") ? .alone : .opens(element: name)
    }
    return nil
  }
}
