import Base
import Glibc

/// A temporary folder with a folder in it for each program that is started; gone when the run ends.
final class Scratch {
  let path: String
  private var made = 0
  private static let paths = Lock<Set<String>>([])

  init(in parent: String) throws {
    var template = Array((parent + "/companion-bench-XXXXXX").utf8CString)
    guard unsafe mkdtemp(&template) != nil else {
      throw Trouble("No folder can be made in \(parent) (error \(errno)); say --folder DIR.")
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    Scratch.paths.withLock { [path] in _ = $0.insert(path) }
  }

  deinit { Scratch.remove(path) }

  /// A new empty folder.
  func folder(_ name: String) throws -> String {
    made += 1
    let folder = "\(path)/\(made)-\(name)"
    guard unsafe mkdir(folder, 0o700) == 0 else {
      throw Trouble("\(folder) cannot be made (error \(errno)).")
    }
    return folder
  }

  static func removeAll() { for path in paths.withLock({ $0 }) { remove(path) } }

  /// A folder that is not needed until the run's end.
  static func remove(_ path: String) {
    paths.withLock { _ = $0.remove(path) }
    _ = try? Child("rm", ["-rf", "--", path], environment: [:], log: "/dev/null").wait()
  }
}
