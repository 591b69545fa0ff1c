import Glibc

/// What the kernel tells of a process.
struct ProcessFacts {
  let pid: pid_t

  /// What it has used of processors since it began, in seconds.
  var processorSeconds: Double {
    // The name in brackets may hold spaces; what follows it begins with the third field.
    let fields = contents(of: "/proc/\(pid)/stat").split(separator: ")").last?.split(separator: " ") ?? []
    guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else {
      return .nan
    }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  /// Memory, pages that it shares counted by their share.
  func proportionalMebibytes() throws -> Double {
    guard let kilobytes = number("Pss:", in: contents(of: "/proc/\(pid)/smaps_rollup")) else {
      throw Trouble("The memory of process \(pid) cannot be read.")
    }
    return Double(kilobytes) / 1024
  }

  /// How often each of its threads has been given a processor: one that sleeps through does not count up.
  func switches() -> [String: Int] {
    var found: [String: Int] = [:]
    guard let folder = unsafe opendir("/proc/\(pid)/task") else { return [:] }
    defer { unsafe closedir(folder) }
    while let entry = unsafe readdir(folder) {
      let thread = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard Int(thread) != nil else { continue }
      let status = contents(of: "/proc/\(pid)/task/\(thread)/status")
      found[thread] =
        (number("voluntary_ctxt_switches:", in: status) ?? 0)
        + (number("nonvoluntary_ctxt_switches:", in: status) ?? 0)
    }
    return found
  }

  /// Threads that are new count from their beginning; those that have ended no longer tell.
  func wakeUps(since before: [String: Int]) -> Int {
    switches().reduce(0) { $0 + $1.value - (before[$1.key] ?? 0) }
  }

  private func number(_ name: String, in text: String) -> Int? {
    let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
    return line?.dropFirst(name.count).split(separator: " ").first.flatMap {
      Int($0.filter { $0.isNumber })
    }
  }
}
