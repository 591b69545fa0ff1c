import FoundationEssentials
import Glibc
import Model
import TestSupport
import Testing

/// The real program over real sockets. One test after the other: they measure time and memory, and the machine is small.
@Suite(.serialized) enum EndToEnd {}

/// How much of a check is done: a share of it in every run of the tests, the whole by the scripts in contrib/check.
enum Extent {
  /// The number in `COMPANION_CHECK_<name>`, or the share.
  static func of(_ name: String, share: Int) -> Int {
    ProcessInfo.processInfo.environment["COMPANION_CHECK_" + name].flatMap { Int($0) } ?? share
  }

  /// Whether a script asked for the whole: then nothing else runs beside it, and times can be judged.
  static func isWhole(_ name: String) -> Bool {
    ProcessInfo.processInfo.environment["COMPANION_CHECK_" + name] != nil
  }
}

/// What a check measured, for whoever reads the run's output.
func figure(_ text: String) { print("figure: \(text)") }

extension Duration {
  var milliseconds: Double {
    Double(components.seconds) * 1000 + Double(components.attoseconds) / 1e15
  }
}

extension [Double] {
  func percentile(_ share: Double) -> Double {
    guard !isEmpty else { return .nan }
    return sorted()[Swift.min(count - 1, Int((share * Double(count)).rounded(.down)))]
  }

  var median: Double { percentile(0.5) }
}

extension Double {
  /// With so many digits after the point.
  func rounded(to digits: Int) -> Double {
    let unit = pow(10, Double(digits))
    return (self * unit).rounded() / unit
  }
}

/// A program the tests need beside ours, where Debian puts it; nil where it is missing.
func tool(_ name: String) -> String? {
  ["/usr/bin/", "/bin/", "/usr/sbin/", "/sbin/"].map { $0 + name }.first { unsafe access($0, X_OK) == 0 }
}

var isRoot: Bool { geteuid() == 0 }

extension JSONValue {
  /// The result of a reply.
  var result: JSONValue? { self["result"] }
  /// The stable word of an error reply.
  var reason: String? { self["error"]?["data"]?["reason"]?.string }
  var code: Int64? { self["error"]?["code"]?.integer }
}

extension LineClient {
  /// Skips notifications until a reply comes.
  func reply(within patience: Duration = LineClient.patience) throws -> JSONValue {
    while true {
      let message = try json(within: patience)
      if message["method"] == nil { return message }
    }
  }

  /// Skips everything until this notification comes.
  func notification(_ method: String, within patience: Duration = LineClient.patience) throws -> JSONValue {
    while true {
      let message = try json(within: patience)
      if message["method"]?.string == method { return message["params"] ?? .null }
    }
  }
}

extension DaemonFixture {
  /// The program as a file that every user may run, wherever the build folder is.
  static func shared(in folder: TemporaryFolder) throws -> String {
    let copy = folder.file("companiond")
    try FileManager.default.copyItem(atPath: ChildProgram.buildFolder + "/companiond", toPath: copy)
    try setMode(0o755, of: copy)
    return copy
  }

  /// A number from the kernel's status of the process, such as `VmRSS` in KiB.
  func processStatus(_ name: String) throws -> Int {
    guard let pid else { throw ChildProgram.Failure(description: "nothing runs") }
    for line in try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8).split(separator: "\n")
    where line.hasPrefix(name + ":") {
      if let number = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap({
        Int($0)
      }) {
        return number
      }
    }
    throw ChildProgram.Failure(description: "/proc/\(pid)/status has no number \(name)")
  }
}
