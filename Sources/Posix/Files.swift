import CLinux
import Glibc

/// Small things done to files that more than one room needs.
public enum Files {
  /// A lock file, ours alone, never through a link.
  static func openLockFile(_ path: String) throws(SystemError) -> FileDescriptor {
    let raw = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    if raw < 0 { throw SystemError("open", errno, subject: path) }
    return FileDescriptor(adopting: raw)
  }

  static func pid(in descriptor: Int32) -> Int32? {
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = unsafe pread(descriptor, &bytes, 16, 0)
    guard count > 0 else { return nil }
    let digits = bytes.prefix(count).prefix { $0 >= 0x30 && $0 <= 0x39 }
    return Int32(String(decoding: digits, as: UTF8.self))
  }

  static func writePid(to descriptor: Int32) {
    let text = Array("\(getpid())\n".utf8)
    ftruncate(descriptor, 0)
    unsafe pwrite(descriptor, text, text.count, 0)
  }

  public enum FolderProblem: Error, Hashable, Sendable, CustomStringConvertible {
    case notAFolder(String)
    case foreign(String, uid: UInt32)
    case open(String, mode: UInt32)
    case system(SystemError)

    public var description: String {
      switch self {
      case .notAFolder(let path): "\(path) is not a folder (links are not followed)"
      case .foreign(let path, let uid): "\(path) belongs to uid \(uid), not to this user"
      case .open(let path, let mode):
        "\(path) can be entered by others (mode \(String(mode, radix: 8))); run: chmod 700 \(path)"
      case .system(let error): error.description
      }
    }
  }

  /// Makes a folder for this user alone, with its parents, or checks that the one there is: ours, a real folder, and closed to
  /// others. In a shared place such as /tmp somebody may have made it before us.
  public static func makePrivateFolder(_ path: String) throws(FolderProblem) {
    var status = stat()
    if unsafe lstat(path, &status) != 0 {
      if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
        let parent = String(path[..<slash])
        var parentStatus = stat()
        if unsafe stat(parent, &parentStatus) != 0 { try makePrivateFolder(parent) }
      }
      if unsafe mkdir(path, 0o700) != 0, errno != EEXIST {
        throw .system(SystemError("mkdir", errno, subject: path))
      }
      if unsafe lstat(path, &status) != 0 { throw .system(SystemError("lstat", errno, subject: path)) }
    }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw .notAFolder(path) }
    guard status.st_uid == geteuid() else { throw .foreign(path, uid: status.st_uid) }
    guard status.st_mode & 0o077 == 0 else { throw .open(path, mode: status.st_mode & 0o777) }
  }

  /// Lets the process hold as many descriptors as the system allows; the limit on connections is ours to state.
  public static func raiseDescriptorLimit() {
    var limit = rlimit()
    guard unsafe getrlimit(__rlimit_resource_t(7), &limit) == 0, limit.rlim_cur < limit.rlim_max else {
      return
    }
    limit.rlim_cur = limit.rlim_max
    // A refusal leaves the old limit, under which fewer clients fit; accept says so then.
    _ = unsafe setrlimit(__rlimit_resource_t(7), &limit)
  }
}
