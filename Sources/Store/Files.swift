import Glibc

// errno's values that mean "no room": a full disk, a full quota, RLIMIT_FSIZE.
let fullErrors: Set<Int32> = [ENOSPC, EDQUOT, EFBIG]

/// The few file calls a vault makes beside SQLite's. Each answers errno as a sentence.
enum Files {
  static func reason(_ code: Int32 = errno) -> String {
    var buffer = [CChar](repeating: 0, count: 128)
    guard unsafe strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The size in bytes, nil when there is no such file.
  static func size(_ path: String) -> Int64? {
    var status = stat()
    return unsafe lstat(path, &status) == 0 ? Int64(status.st_size) : nil
  }

  /// The first bytes of a file, nil when it has not so many.
  static func read(_ path: String, _ count: Int) -> [UInt8]? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: count)
    return unsafe pread(descriptor, &bytes, count, 0) == count ? bytes : nil
  }

  /// What errno says about a path, as one of ours.
  static func failure(_ path: String, _ code: Int32 = errno) -> StoreError {
    fullErrors.contains(code) ? .storageFull : .refused(path: path, reason: reason(code))
  }

  static func folder(of path: String) -> String {
    String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
  }

  /// Of a file or of a folder, whose sync makes the names in it durable.
  static func sync(_ path: String) throws(StoreError) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .refused(path: path, reason: reason()) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .storageFailed("fsync of \(path): \(reason())") }
  }
}
