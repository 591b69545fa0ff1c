import Glibc
import Posix

/// A blocking connection read line by line, for what must be looked at and not only counted.
final class LineReader {
  private let descriptor: FileDescriptor
  private var bytes: [UInt8] = []
  private var taken = 0
  private var piece = [UInt8](repeating: 0, count: 64 << 10)

  /// Reads from the same connection as the socket, which must not be read besides.
  init(_ socket: LineSocket) { descriptor = FileDescriptor(adopting: dup(socket.descriptor)) }

  init(adopting descriptor: consuming FileDescriptor) { self.descriptor = descriptor }

  func send(_ request: [UInt8]) throws {
    guard case .bytes(request.count) = descriptor.send(request.span) else {
      throw Trouble("The measured program does not take a request.")
    }
  }

  /// The next line without its end.
  func line() throws -> ArraySlice<UInt8> {
    var searched = taken
    while true {
      if let end = bytes[searched...].firstIndex(of: 0x0A) {
        defer { taken = end + 1 }
        return bytes[taken..<end]
      }
      if taken > 0 {
        bytes.removeFirst(taken)
        taken = 0
      }
      searched = bytes.count
      let transfer = unsafe piece.withUnsafeMutableBytes { unsafe descriptor.read(into: $0) }
      guard case .bytes(let count) = transfer else { throw Trouble("The measured program answers nothing.") }
      bytes += piece[..<count]
    }
  }
}

/// The beginnings of lines, as the daemon writes them.
enum LineKind {
  static let delta = Array("{\"jsonrpc\":\"2.0\",\"method\":\"stream.delta\"".utf8)
  static let end = Array("{\"jsonrpc\":\"2.0\",\"method\":\"stream.end\"".utf8)
  static let error = Array("{\"error\"".utf8)
  static let text = Array("\"text\":\"".utf8)
}
