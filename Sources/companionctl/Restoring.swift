import Base
import Glibc

/// A backup on its way into a folder of its own. The copy is made and checked beside its place and gets its name at once, so that
/// under that name there is a whole vault or nothing; whatever ends this early leaves the folder as it was.
enum Restoring {
  /// Answers how many bytes it has.
  static func run(_ file: String, into folder: String) throws -> Int64 {
    guard folder != "/" else { throw Missing(description: "The root folder cannot be a vault.") }
    try refuseWhereSomethingIs(folder)
    try refuseLive(file)
    let source = unsafe open(file, O_RDONLY | O_CLOEXEC)
    guard source >= 0 else { throw failure(file, "cannot be read") }
    defer { close(source) }
    var status = stat()
    guard unsafe fstat(source, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw Missing(description: "\(file.escaped) is no file.")
    }
    try makeParents(of: folder)
    let stage = "\(folder).restoring-\(getpid())"
    guard unsafe mkdir(stage, 0o700) == 0 else { throw failure(stage, "cannot be made") }
    let copy = stage + "/companion.db"
    // From here on Ctrl-C is looked for between two pieces, so that the half copy is taken away.
    let interrupts = Interrupts.descriptor()
    do {
      try copyAll(source, to: copy, interrupts)
      try check(copy, of: file, interrupts)
      try publish(stage, as: folder)
    } catch {
      unsafe unlink(copy)
      unsafe rmdir(stage)
      throw error
    }
    return Int64(status.st_size)
  }

  /// A whole folder takes the place of nothing, or of an empty one; the system refuses anything else by itself, whoever was faster.
  private static func publish(_ stage: String, as folder: String) throws {
    try sync(stage)
    guard unsafe rename(stage, folder) == 0 else {
      if errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR { throw occupied(folder) }
      throw failure(folder, "cannot be made")
    }
    try sync(parent(of: folder))
  }

  private static func refuseWhereSomethingIs(_ folder: String) throws {
    var status = stat()
    guard unsafe lstat(folder, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFDIR, let stream = unsafe opendir(folder) else {
      throw occupied(folder)
    }
    defer { unsafe closedir(stream) }
    var entries = 0
    while entries < 3, unsafe readdir(stream) != nil { entries += 1 }
    if entries > 2 { throw occupied(folder) }
  }

  private static func occupied(_ folder: String) -> Missing {
    Missing(
      description: "\(folder.escaped) is there and not empty; a backup is never written over anything. "
        + "Name another folder, or stop the daemon and move that one aside.")
  }

  /// A database that somebody has open keeps its newest part in a second file; a copy of the first alone would lack it.
  private static func refuseLive(_ file: String) throws {
    var status = stat()
    guard unsafe stat(file + "-wal", &status) == 0, status.st_size > 0 else { return }
    throw Missing(
      description: "\(file.escaped) is a database in use, not a backup (\(file.escaped)-wal is beside it). "
        + "Make a backup with: companionctl backup create")
  }

  private static func copyAll(_ source: Int32, to path: String, _ interrupts: Int32?) throws {
    let target = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard target >= 0 else { throw failure(path, "cannot be made") }
    defer { close(target) }
    var piece = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      try stopWhenInterrupted(interrupts)
      let count = unsafe read(source, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw failure(path, "cannot be copied") }
      if count == 0 { break }
      var written = 0
      while written < count {
        let more = unsafe piece.withUnsafeBytes { buffer in
          unsafe write(
            target, UnsafeRawBufferPointer(rebasing: buffer[written..<count]).baseAddress, count - written)
        }
        if more < 0, errno == EINTR { continue }
        guard more > 0 else { throw failure(path, "cannot be written") }
        written += more
      }
    }
    guard fsync(target) == 0 else { throw failure(path, "cannot be written") }
  }

  /// companiond judges it, because it alone knows what its databases look like. The one beside this program, else the one in PATH.
  private static func check(_ copy: String, of file: String, _ interrupts: Int32?) throws {
    var program = "companiond"
    if let folder = ownFolder(), unsafe access(folder + "/" + program, X_OK) == 0 {
      program = folder + "/" + program
    }
    let outcome = OtherProgram.run(program, ["--check-backup", copy])
    try stopWhenInterrupted(interrupts)
    guard let outcome else {
      throw Missing(
        description:
          "companiond, which checks the copy, is neither beside companionctl nor in PATH. Nothing was made.")
    }
    guard outcome.status != 0 else { return }
    // It names the copy, which nobody has heard of.
    var reason = outcome.says.trimmed.printable(limit: 2048).replacing(copy.escaped, with: file.escaped)
    if reason.hasPrefix("companiond: ") { reason.removeFirst("companiond: ".count) }
    if reason.isEmpty { reason = "companiond, which checks the copy, ended with status \(outcome.status)." }
    throw Missing(description: "\(reason) Nothing was made.")
  }

  private static func ownFolder() -> String? {
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = unsafe readlink("/proc/self/exe", &bytes, bytes.count)
    guard count > 0 else { return nil }
    return parent(of: String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self))
  }

  private static func stopWhenInterrupted(_ interrupts: Int32?) throws {
    guard let interrupts else { return }
    var waiting = pollfd(fd: interrupts, events: Int16(POLLIN), revents: 0)
    if unsafe poll(&waiting, 1, 0) > 0 { throw Interrupted() }
  }

  private static func makeParents(of folder: String) throws {
    var path = ""
    for name in parent(of: folder).split(separator: "/") {
      path += "/" + name
      guard unsafe mkdir(path, 0o700) == 0 || [EEXIST, EROFS, EACCES].contains(errno) else {
        throw failure(path, "cannot be made")
      }
    }
  }

  private static func parent(of path: String) -> String {
    let names = path.split(separator: "/").dropLast()
    return "/" + names.joined(separator: "/")
  }

  private static func sync(_ folder: String) throws {
    let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(folder, "cannot be written") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure(folder, "cannot be written") }
  }

  private static func failure(_ path: String, _ what: String) -> Missing {
    let reason = unsafe String(cString: strerror(errno))
    return Missing(description: "\(path.escaped) \(what): \(reason).")
  }
}

/// Ctrl-C came, and what was half done has been taken away.
struct Interrupted: Error {}
