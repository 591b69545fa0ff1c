import FoundationEssentials
import Glibc

/// A folder of a test's own, short enough for a socket's path, removed with everything in it when it is let go of.
public final class TemporaryFolder: Sendable {
  public let path: String

  public init() throws {
    var name = Array("/tmp/ct-XXXXXX".utf8CString)
    guard unsafe mkdtemp(&name) != nil else {
      throw ChildProgram.Failure(description: "no temporary folder: error \(errno)")
    }
    path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    // What cannot be removed stays in /tmp, where the system clears it.
    try? FileManager.default.removeItem(atPath: path)
  }

  public func file(_ name: String) -> String { path + "/" + name }

  public func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(filePath: file(name)))
  }
}
