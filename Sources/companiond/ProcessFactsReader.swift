import Glibc
import Wire

/// What the kernel says about this process.
enum ProcessFactsReader {
  /// Memory the process holds, shared pages included.
  static func residentBytes() -> Int64 {
    let fields = read("/proc/self/statm").split(separator: " ")
    guard fields.count > 1, let pages = Int64(fields[1]) else { return 0 }
    return pages * Int64(sysconf(Int32(_SC_PAGESIZE)))
  }

  /// How the kernel confines it; nil where it does not say.
  static func sandbox() -> Status.Sandbox? {
    var fields: [Substring: Substring] = [:]
    for line in read("/proc/self/status").split(separator: "\n") {
      let parts = line.split(separator: "\t")
      if parts.count >= 2 { fields[parts[0]] = parts[1] }
    }
    guard let privileges = fields["NoNewPrivs:"], let seccomp = fields["Seccomp:"] else { return nil }
    return .init(noNewPrivileges: privileges == "1", seccomp: seccomp == "2")
  }

  private static func read(_ path: String) -> String {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return "" }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 8192)
    let count = unsafe Glibc.read(file, &bytes, bytes.count)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
  }
}
