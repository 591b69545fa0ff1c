import Glibc

/// A file that only takes up room: given back to the disk when it is full, so that what is running can finish.
struct Ballast {
  static let bytes: Int64 = 4 << 20

  let path: String

  var isThere: Bool { Files.size(path) == Self.bytes }

  /// Takes the room again; false when the disk has not that much.
  func restore() -> Bool {
    if isThere { return true }
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    // Really allocated, where ftruncate would only make a hole.
    guard posix_fallocate(descriptor, 0, off_t(Self.bytes)) == 0 else {
      unsafe unlink(path)
      return false
    }
    return true
  }

  /// True when there was something to give back.
  func release() -> Bool { unsafe unlink(path) == 0 }
}
