import Base
import Client
import FoundationEssentials
import Glibc

/// What somebody pipes in.
enum StandardInput {
  /// All of it; at most what fits into one line to the daemon.
  static func all(limit: Int = Limits().maxLineBytes) throws -> Data { try read(0, limit: limit) }

  fileprivate static func read(_ descriptor: Int32, limit: Int) throws -> Data {
    var bytes = Data()
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = unsafe Glibc.read(descriptor, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return bytes }
      bytes.append(contentsOf: piece[..<count])
      guard bytes.count <= limit else {
        throw ClientError.requestTooLong(bytes: bytes.count, limit: limit)
      }
    }
  }
}

/// A file that a command line names.
enum FileText {
  /// From the folder this program was started in.
  static func absolute(_ path: String) -> String {
    let whole = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    return whole.count > 1 && whole.hasSuffix("/") ? String(whole.dropLast()) : whole
  }

  static func isThere(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  static func read(_ path: String, limit: Int = Limits().maxLineBytes) throws -> Data {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw UsageError(
        "\(path.escaped) cannot be read (\(errno == ENOENT ? "there is none" : "error \(errno)")).")
    }
    defer { close(descriptor) }
    return try StandardInput.read(descriptor, limit: limit)
  }

  /// All of a file that is new: what is there already is never written over, unless that is asked for.
  static func write(_ bytes: Data, to path: String, replacing: Bool) throws {
    let flags = O_WRONLY | O_CREAT | O_CLOEXEC | (replacing ? O_TRUNC : O_EXCL)
    let descriptor = unsafe open(path, flags, 0o644)
    guard descriptor >= 0 else {
      throw UsageError(
        errno == EEXIST
          ? "\(path.escaped) is there already: --force writes over it."
          : "\(path.escaped) cannot be written (error \(errno)).")
    }
    defer { close(descriptor) }
    let all = [UInt8](bytes)
    var sent = 0
    while sent < all.count {
      let rest = all.span.extracting(sent..<all.count)
      let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        throw Missing(description: "\(path.escaped) could not be written whole (error \(errno)).")
      }
      sent += count
    }
  }
}
