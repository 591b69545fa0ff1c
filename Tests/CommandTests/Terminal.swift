import Glibc
import TestSupport

/// companionctl in a terminal of its own, as a person has it: what is typed, and what stands on the screen.
final class Terminal {
  private let master: Int32
  let program: ChildProgram
  private(set) var screen = ""

  init(_ arguments: [String], environment: [String: String] = [:]) throws {
    master = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    var number: Int32 = 0
    var locked: Int32 = 0
    guard master >= 0, unsafe ioctl(master, unlockTerminal, &locked) == 0,
      unsafe ioctl(master, numberOfTerminal, &number) == 0
    else { throw ChildProgram.Failure(description: "there is no terminal to be had (error \(errno))") }
    let slave = unsafe open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard slave >= 0 else { throw ChildProgram.Failure(description: "the terminal has no other end") }
    defer { close(slave) }
    // The shell only puts the terminal in the place of the pipes, and becomes the program.
    program = try ChildProgram(
      "/bin/sh",
      ["-c", "exec \"$@\" <&3 >&3 2>&3", "sh", ChildProgram.buildFolder + "/companionctl"] + arguments,
      environment: ["TERM": "dumb"].merging(environment) { $1 }, handed: [slave])
  }

  deinit { close(master) }

  func type(_ line: String) { press(line + "\n") }

  /// Keys, without Enter.
  func press(_ keys: String) {
    let bytes = Array(keys.utf8)
    unsafe _ = write(master, bytes, bytes.count)
  }

  /// The end of file, as Ctrl-D at the beginning of a line.
  func typeEnd() { unsafe _ = write(master, [4], 1) }

  /// Returns what came since the last wait, up to and with this text.
  @discardableResult
  func wait(for text: String, within patience: Duration = LineClient.patience) throws -> String {
    let deadline = ContinuousClock.now + patience
    while true {
      if let range = screen.firstRange(of: text) {
        let before = String(screen[..<range.upperBound])
        screen = String(screen[range.upperBound...])
        return before
      }
      let left = deadline - ContinuousClock.now
      guard left > .zero, take(within: left) else {
        throw ChildProgram.Failure(description: "\(text) did not appear; what did: \(screen.suffix(2000))")
      }
    }
  }

  /// Everything until the program has ended.
  func end() throws -> ChildProgram.Ending {
    // The terminal ends with its last user.
    while take(within: LineClient.patience) {}
    return try program.waitForExit()
  }

  private func take(within time: Duration) -> Bool {
    var waiting = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    let milliseconds = Int32(clamping: time.components.seconds * 1000 + 1)
    guard unsafe poll(&waiting, 1, milliseconds) > 0 else { return false }
    var piece = [UInt8](repeating: 0, count: 16 << 10)
    let count = unsafe read(master, &piece, piece.count)
    guard count > 0 else { return false }
    screen += String(decoding: piece[..<count], as: UTF8.self)
    return true
  }
}

/// TIOCSPTLCK and TIOCGPTN: what unlockpt and ptsname do, which Glibc's module hides.
private let unlockTerminal: UInt = 0x4004_5431
private let numberOfTerminal: UInt = 0x8004_5430
