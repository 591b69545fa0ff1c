import Base
import Glibc

/// Lines as somebody types or pipes them, read only when there is something to read.
struct LineInput {
  let isTerminal = isatty(0) == 1
  /// Set where this program edits lines itself; else they come whole, from a pipe or from the terminal's own editing.
  var editor: LineEditor?
  /// Nothing more comes.
  private(set) var isOver = false
  private var bytes: [UInt8] = []
  /// The rest of a line that was too long is dropped.
  private var isSkipping = false
  private var lines: [Line] = []
  /// What the person asked of the screen.
  private var wishes: [LineEditor.Outcome] = []

  enum Line: Equatable {
    case text(String)
    case tooLong
  }

  var hasLine: Bool { !lines.isEmpty }
  var first: Line? { lines.first }

  mutating func next() -> Line? { lines.isEmpty ? nil : lines.removeFirst() }
  mutating func nextWish() -> LineEditor.Outcome? { wishes.isEmpty ? nil : wishes.removeFirst() }
  mutating func putBack(_ text: String) { lines.insert(.text(text), at: 0) }

  /// To be called when the descriptor is readable, or it waits.
  mutating func read() {
    var piece = [UInt8](repeating: 0, count: 16 << 10)
    let count = unsafe Glibc.read(0, &piece, piece.count)
    if count < 0, errno == EINTR || errno == EAGAIN { return }
    guard count > 0 else {
      isOver = true
      if !bytes.isEmpty { take() }
      return
    }
    if editor != nil { return edit(piece[..<count]) }
    for byte in piece[..<count] {
      if byte == 0x0A {
        take()
      } else if bytes.count < Limits().maxTextBytes {
        bytes.append(byte)
      } else {
        isSkipping = true
      }
    }
  }

  /// What the editor makes of keys; the line itself is its own.
  private mutating func edit(_ piece: ArraySlice<UInt8>) {
    for outcome in editor?.take(piece) ?? [] {
      switch outcome {
      case .changed: break
      case .line(let text): lines.append(.text(text))
      case .end: isOver = true
      case .suspend, .clearScreen: wishes.append(outcome)
      }
    }
  }

  private mutating func take() {
    if isSkipping {
      lines.append(.tooLong)
    } else {
      lines.append(.text(String(decoding: bytes, as: UTF8.self)))
    }
    bytes = []
    isSkipping = false
  }
}
