import Base
import Glibc

/// The folder of one owner: its paths, its permissions, and the lock that keeps a second daemon out.
///
/// The lock is the open descriptor's, so it goes with the process however that ends; the pid inside is only for the
/// sentence the second one prints.
final class VaultDirectory: Sendable {
  let path: String
  private let lock: Lock<Int32?>

  var database: String { path + "/companion.db" }
  var writeAheadLog: String { database + "-wal" }
  var sharedMemory: String { database + "-shm" }
  var ballast: String { path + "/ballast" }
  var backups: String { path + "/backups" }
  var pictures: String { path + "/pictures" }

  init(_ path: String, log: Log) throws(StoreError) {
    self.path = path
    try Self.makePrivate(path, log: log)
    let descriptor = try Self.lock(path + "/lock")
    lock = Lock(descriptor)
    do {
      try Self.makeFile(database)
      for file in [writeAheadLog, sharedMemory, ballast] { try Self.checkOwn(file) }
      try Files.sync(path)
    } catch {
      release()
      throw error
    }
  }

  deinit { release() }

  /// Lets another daemon have the vault. After the last connection is closed.
  func release() {
    if let descriptor = lock.withLock({ $0.take() }) { close(descriptor) }
  }

  /// Makes the folder, or takes an existing one that is ours alone.
  static func makePrivate(_ path: String, log: Log) throws(StoreError) {
    try makeParents(path)
    if unsafe mkdir(path, 0o700) != 0, errno != EEXIST {
      throw Files.failure(path)
    }
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { throw .refused(path: path, reason: Files.reason()) }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw .refused(path: path, reason: "it is a link or a file, where a folder is needed")
    }
    guard status.st_uid == geteuid() else {
      throw .refused(path: path, reason: "it belongs to uid \(status.st_uid), not to \(geteuid())")
    }
    guard status.st_mode & 0o077 != 0 else { return }
    // Only an empty folder is ours to close: a mistyped path must not shut everybody out of /tmp.
    guard isEmpty(path) else {
      throw .refused(path: path, reason: "others may enter it; `chmod 700` it if it is meant for this")
    }
    guard unsafe chmod(path, 0o700) == 0 else { throw .refused(path: path, reason: Files.reason()) }
    log.notice("closed the data folder to others", ["path": path])
  }

  private static func isEmpty(_ path: String) -> Bool {
    guard let folder = unsafe opendir(path) else { return false }
    defer { unsafe closedir(folder) }
    var entries = 0
    while entries < 3, unsafe readdir(folder) != nil { entries += 1 }
    return entries == 2
  }

  private static func makeParents(_ path: String) throws(StoreError) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: true).dropLast()
    var parent = path.hasPrefix("/") ? "" : "."
    for part in parts {
      parent += "/" + part
      if unsafe mkdir(parent, 0o700) != 0, errno != EEXIST, errno != EROFS, errno != EACCES {
        throw Files.failure(parent)
      }
    }
  }

  /// Made here rather than by SQLite, which would use the process's umask; its other files copy this one's mode.
  private static func makeFile(_ path: String) throws(StoreError) {
    try checkOwn(path)
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      throw Files.failure(path)
    }
    close(descriptor)
  }

  private static func checkOwn(_ path: String) throws(StoreError) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .refused(path: path, reason: "it is a link or a folder, where a file is needed")
    }
    guard status.st_uid == geteuid() else {
      throw .refused(path: path, reason: "it belongs to uid \(status.st_uid), not to \(geteuid())")
    }
    if status.st_mode & 0o077 != 0, unsafe chmod(path, 0o600) != 0 {
      throw .refused(path: path, reason: Files.reason())
    }
  }

  private static func lock(_ path: String) throws(StoreError) -> Int32 {
    try checkOwn(path)
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      throw Files.failure(path)
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let reason = errno
      defer { close(descriptor) }
      guard reason == EWOULDBLOCK else { throw .refused(path: path, reason: Files.reason(reason)) }
      var digits = [UInt8](repeating: 0, count: 16)
      let count = unsafe pread(descriptor, &digits, digits.count, 0)
      let text = String(decoding: digits.prefix(max(0, count)), as: UTF8.self)
      throw .locked(pid: Int32(text.prefix { $0.isNumber }))
    }
    let pid = Array("\(getpid())\n".utf8)
    // A pid that cannot be written (a full disk) only makes the second one's sentence shorter.
    _ = ftruncate(descriptor, 0)
    _ = unsafe pwrite(descriptor, pid, pid.count, 0)
    return descriptor
  }
}
