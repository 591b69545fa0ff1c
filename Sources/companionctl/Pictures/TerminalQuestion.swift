import Glibc

/// Asks the terminal what pictures it can show. A terminal answers on the standard input, where a person may be typing: what they
/// typed meanwhile is lost, so it is asked only right before the first picture, and for a moment only.
enum TerminalQuestion {
  struct Answer: Equatable {
    var speaksKitty = false
    var speaksSixel = false
  }

  /// A picture of one pixel that is only looked at, and then what every terminal answers: its attributes. Whoever answers the second
  /// without the first does not know the first.
  private static let question = "\u{1B}_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\u{1B}\\\u{1B}[c"
  /// Over ssh to the other side of the world and back.
  private static let patience: Int32 = 400

  /// Nothing where there is no terminal that could be asked.
  static func ask() -> Answer {
    // The one this program talks to; where its input is something else, the one it was started from.
    let isOwn = isatty(0) == 1
    let terminal = isOwn ? 0 : unsafe open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
    guard terminal >= 0 else { return Answer() }
    defer { if !isOwn { close(terminal) } }
    var before = termios()
    guard unsafe tcgetattr(terminal, &before) == 0 else { return Answer() }
    var quiet = before
    quiet.c_lflag &= ~UInt32(ICANON | ECHO)
    guard unsafe tcsetattr(terminal, TCSADRAIN, &quiet) == 0 else { return Answer() }
    defer { unsafe _ = tcsetattr(terminal, TCSADRAIN, &before) }
    let bytes = Array(question.utf8)
    guard unsafe write(terminal, bytes, bytes.count) == bytes.count else { return Answer() }
    var heard: [UInt8] = []
    while !isWhole(heard), heard.count < 1024 {
      var poll = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
      guard unsafe Glibc.poll(&poll, 1, patience) == 1 else { break }
      var piece = [UInt8](repeating: 0, count: 256)
      let count = unsafe read(terminal, &piece, piece.count)
      guard count > 0 else { break }
      heard += piece[..<count]
    }
    return understood(heard)
  }

  /// What can be known without asking.
  static func guess(_ environment: [String: String]) -> Answer {
    let isKitty =
      environment["KITTY_WINDOW_ID"] != nil || environment["TERM"] == "xterm-kitty"
      || ["ghostty", "WezTerm"].contains(environment["TERM_PROGRAM"] ?? "")
    // tmux keeps such pictures to itself.
    return Answer(speaksKitty: isKitty && environment["TMUX"] == nil)
  }

  /// Whether the attributes came: `ESC [ ? … c`.
  static func isWhole(_ heard: [UInt8]) -> Bool { attributes(in: heard) != nil }

  static func understood(_ heard: [UInt8]) -> Answer {
    let text = String(decoding: heard, as: UTF8.self)
    return Answer(
      speaksKitty: text.contains("\u{1B}_Gi=31;OK\u{1B}\\"),
      speaksSixel: attributes(in: heard)?.dropFirst().contains("4") ?? false)
  }

  /// The numbers of the last such answer; the first tells what kind of terminal it is.
  private static func attributes(in heard: [UInt8]) -> [Substring]? {
    let text = String(decoding: heard, as: UTF8.self)
    guard let start = text.range(of: "\u{1B}[?") else { return nil }
    let rest = text[start.upperBound...]
    guard let end = rest.firstIndex(where: { !$0.isASCII || !($0.isNumber || $0 == ";") }), rest[end] == "c"
    else { return nil }
    return rest[..<end].split(separator: ";")
  }
}

extension String {
  /// Without Foundation's own search.
  fileprivate func range(of other: String) -> Range<Index>? {
    var at = startIndex
    while at < endIndex {
      if self[at...].hasPrefix(other) { return at..<index(at, offsetBy: other.count) }
      at = index(after: at)
    }
    return nil
  }
}
