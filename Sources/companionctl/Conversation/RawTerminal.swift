import Glibc
import Synchronization

/// The terminal while this program edits lines itself: keys come one by one and unechoed, pasted text comes marked as such. Ctrl-C
/// stays a signal. However the program ends, short of SIGKILL, the terminal is as it was.
enum RawTerminal {
  private static let isRaw = Atomic<Bool>(false)
  /// As it was found; read once, before anything else.
  private static let original: termios? = {
    var state = termios()
    return unsafe tcgetattr(0, &state) == 0 ? state : nil
  }()

  /// False when it is none that could be edited on.
  static func begin() -> Bool {
    guard original != nil else { return false }
    atexit { RawTerminal.end() }
    for number in [SIGTERM, SIGHUP, SIGQUIT] {
      signal(number) { number in
        RawTerminal.end()
        _exit(128 + number)
      }
    }
    resume()
    return true
  }

  static func resume() {
    guard var state = original else { return }
    state.c_lflag &= ~UInt32(ICANON | ECHO | IEXTEN)
    state.c_iflag &= ~UInt32(IXON)
    // One key is enough to be told, and Ctrl-Z is a key: the screen has to be tidied before this program stops.
    (state.c_cc.5, state.c_cc.6, state.c_cc.10) = (0, 1, 0)
    guard unsafe tcsetattr(0, TCSADRAIN, &state) == 0 else { return }
    isRaw.store(true, ordering: .sequentiallyConsistent)
    tell("\u{1B}[?2004h")
  }

  /// Does only what a signal's handler may.
  static func end() {
    guard isRaw.exchange(false, ordering: .sequentiallyConsistent), var state = original else { return }
    tell("\u{1B}[?2004l")
    unsafe _ = tcsetattr(0, TCSADRAIN, &state)
  }

  /// Stops this program as Ctrl-Z does, and goes on when it is continued.
  static func suspend() {
    end()
    kill(0, SIGTSTP)
    resume()
  }

  private static func tell(_ sequence: StaticString) {
    unsafe _ = write(1, sequence.utf8Start, sequence.utf8CodeUnitCount)
  }
}
