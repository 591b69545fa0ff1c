import Base
import Glibc

/// What was read of a file, with the permissions it had while open.
struct FileContents {
  var bytes: [UInt8]
  var mode: mode_t

  /// Readable or writable by anybody but its owner.
  var isShared: Bool { mode & 0o077 != 0 }
  var othersMayRead: Bool { mode & 0o044 != 0 }
  var othersMayWrite: Bool { mode & 0o002 != 0 }
}

/// Why a file could not be read, in the words of an error: "found …" and what to do.
struct FileFailure: Error {
  enum Kind { case missing, danglingLink, denied, notAFile, tooLarge, other }
  let kind: Kind
  let found: String
  let suggestion: String
}

extension FileContents {
  /// Reads a regular file of at most `most` bytes. Permissions come from the open file, not from its name, so they
  /// are those of the very bytes that were read. Blocks, but never on a FIFO or a terminal.
  static func read(_ path: String, most: Int) throws(FileFailure) -> FileContents {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { throw failure(errno, path) }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw failure(errno, path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      let kind = status.st_mode & S_IFMT == S_IFDIR ? "a folder" : "something that is not a file"
      throw FileFailure(kind: .notAFile, found: kind, suggestion: "name a regular file")
    }
    // One byte more than allowed is asked for: sizes may lie or change, what was read does not.
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    while bytes.count <= most {
      let wanted = min(piece.count, most + 1 - bytes.count)
      let count = unsafe piece.withUnsafeMutableBytes {
        unsafe Glibc.read(descriptor, $0.baseAddress, wanted)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw failure(errno, path) }
      if count == 0 { return FileContents(bytes: bytes, mode: status.st_mode & 0o7777) }
      bytes += piece[..<count]
    }
    throw FileFailure(
      kind: .tooLarge, found: "more than \(most) bytes", suggestion: "check that this is the right file")
  }

  private static func failure(_ code: Int32, _ path: String) -> FileFailure {
    switch code {
    case ENOENT, ENOTDIR:
      var status = stat()
      if unsafe lstat(path, &status) == 0 {
        return FileFailure(
          kind: .danglingLink, found: "a link to nothing", suggestion: "mend or remove the link")
      }
      return FileFailure(kind: .missing, found: "no such file", suggestion: "create it, or correct the name")
    case EACCES, EPERM:
      return FileFailure(
        kind: .denied, found: "permission denied",
        suggestion: "see who may read it with: ls -l \(Quoting.shell(path))")
    case ELOOP:
      return FileFailure(kind: .other, found: "links in a circle", suggestion: "mend the links")
    default:
      let text = unsafe String(cString: strerror(code))
      return FileFailure(
        kind: .other, found: "the error \"\(text)\"", suggestion: "check the disk and the path")
    }
  }
}

/// The names in a folder that end as asked, in the order of their bytes; hidden ones are left out.
func fileNames(in folder: String, ending suffix: String) throws(FileFailure) -> [String] {
  guard let stream = unsafe opendir(folder) else {
    if errno == ENOENT || errno == ENOTDIR { return [] }
    let denied = errno == EACCES
    throw FileFailure(
      kind: denied ? .denied : .other, found: denied ? "permission denied" : "an error on opening it",
      suggestion: "see who may read it with: ls -ld \(Quoting.shell(folder))")
  }
  defer { unsafe closedir(stream) }
  var names: [String] = []
  while let entry = unsafe readdir(stream) {
    let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
      unsafe String(cString: UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self))
    }
    if name.hasSuffix(suffix), !name.hasPrefix(".") { names.append(name) }
  }
  return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}

/// A path's folder, as a prefix for a name beside it: `/etc/companion/`, or empty for the working folder.
func folderPrefix(of path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "" }
  return String(path[...slash])
}
