import Glibc
import Posix

/// What the machine itself costs in this very run, without which a time in milliseconds says little.
struct Machine: Encodable {
  let kernel: String
  let processor: String
  let processors: Int
  /// How many wanted to run when this began: over the number of processors, times are others' too.
  let load: Double
  let forkExecMilliseconds: Double
  let fsyncMilliseconds: Double

  init(_ scratch: Scratch) throws {
    kernel = contents(of: "/proc/sys/kernel/osrelease").filter { !$0.isNewline }
    let model = contents(of: "/proc/cpuinfo").split(separator: "\n").first { $0.hasPrefix("model name") }
    processor = model?.split(separator: ":").last.map { String($0.drop { $0 == " " }) } ?? "unknown"
    processors = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    load = contents(of: "/proc/loadavg").split(separator: " ").first.flatMap { Double($0) } ?? .nan
    forkExecMilliseconds = try (0..<25).map { _ in
      let start = now()
      _ = try Child("true", [], environment: [:], log: "/dev/null").wait()
      return Double(now() - start) / 1e6
    }.median
    fsyncMilliseconds = try Self.fsync(in: scratch)
  }

  /// A page and the sync of it, as a commit does.
  private static func fsync(in scratch: Scratch) throws -> Double {
    let path = try scratch.folder("sync") + "/file"
    let raw = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    guard raw >= 0 else { throw Trouble("\(path) cannot be written (error \(errno)).") }
    let file = FileDescriptor(adopting: raw)
    let page = [UInt8](repeating: 1, count: 4096)
    return try (0..<50).map { _ in
      let start = now()
      guard unsafe write(file.raw, page, page.count) == page.count, fdatasync(file.raw) == 0 else {
        throw Trouble("\(path) cannot be synced (error \(errno)).")
      }
      return Double(now() - start) / 1e6
    }.median
  }
}
