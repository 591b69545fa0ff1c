import Glibc
import Posix

/// A subject that has been started and answers.
final class Running {
  let subject: Subject
  let folder: String
  private let child: Child
  /// The one connection of a subject that has no socket.
  private let stdio: LineSocket?

  var facts: ProcessFacts { ProcessFacts(pid: child.pid) }

  /// Returns at once: the first `connect` waits until it answers.
  init(_ subject: Subject, folder: String) throws {
    self.subject = subject
    self.folder = folder
    for (name, text) in subject.files(folder) { try Self.write(text, to: folder + "/" + name) }
    let arguments = subject.arguments(folder)
    let environment = subject.environment(folder)
    switch subject.door {
    case .socket:
      stdio = nil
      child = try Child(subject.program, arguments, environment: environment, log: folder + "/log")
    case .stdio:
      let (ours, theirs) = try UnixSocket.pair()
      let end = FileDescriptor(adopting: theirs)
      _ = fcntl(end.raw, F_SETFL, 0)
      stdio = LineSocket(adopting: FileDescriptor(adopting: ours))
      child = try Child(
        subject.program, arguments, environment: environment, log: folder + "/log", stdio: end.raw)
    }
  }

  deinit { child.stop() }

  /// A connection that is past the greeting. Tries again while the subject is starting.
  func connect() throws -> LineSocket {
    if let stdio { return stdio }
    let deadline = now() + 20_000_000_000
    while true {
      do throws(SystemError) {
        let socket = LineSocket(adopting: try UnixSocket.connect(to: Subject.socket(in: folder)))
        try? socket.receive(lines: subject.greetingLines)
        return socket
      } catch {
        guard now() < deadline, !child.hasEnded else {
          throw Trouble("\(subject.name) does not start (\(error)); it says: \(lastWords)")
        }
        usleep(100)
      }
    }
  }

  /// Ends it and waits for that.
  func stop() { child.stop() }

  private var lastWords: String { String(contents(of: folder + "/log").suffix(600)) }

  private static func write(_ text: String, to path: String) throws {
    let raw = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    guard raw >= 0 else { throw Trouble("\(path) cannot be written (error \(errno)).") }
    let file = FileDescriptor(adopting: raw)
    let bytes = Array(text.utf8)
    guard unsafe Glibc.write(file.raw, bytes, bytes.count) == bytes.count else {
      throw Trouble("\(path) cannot be written (error \(errno)).")
    }
  }
}

/// A whole small file, empty when it cannot be read. For /proc, whose files have no size.
func contents(of path: String) -> String {
  let raw = unsafe open(path, O_RDONLY | O_CLOEXEC)
  guard raw >= 0 else { return "" }
  let file = FileDescriptor(adopting: raw)
  var bytes: [UInt8] = []
  var piece = [UInt8](repeating: 0, count: 16 << 10)
  while case let count = unsafe read(file.raw, &piece, piece.count), count > 0 {
    bytes.append(contentsOf: piece[..<count])
  }
  return String(decoding: bytes, as: UTF8.self)
}
