import Base
import Glibc
import Model
import Posix
import Testing

@testable import Store

/// A folder of its own under /tmp, gone with the value.
final class TemporaryFolder: Sendable {
  let path: String

  init() {
    var template = Array("/tmp/companion-store-XXXXXX".utf8CString)
    let made = unsafe mkdtemp(&template) != nil
    #expect(made, "no temporary folder could be made")
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { removeTree(path) }
}

private func removeTree(_ path: String) {
  if let folder = unsafe opendir(path) {
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe String(cString: UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self))
      }
      if name != ".", name != ".." { removeTree(path + "/" + name) }
    }
    unsafe closedir(folder)
    unsafe rmdir(path)
  } else {
    unsafe unlink(path)
  }
}

func writeFile(_ path: String, _ bytes: [UInt8]) {
  let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_TRUNC, 0o600)
  let written = unsafe write(descriptor, bytes, bytes.count)
  close(descriptor)
  #expect(written == bytes.count, "\(path) could not be written")
}

// Threads cannot be taken down, so all suites share a few.
private let storage = ThreadExecutor(name: "test-storage")
private let readingThreads = [ThreadExecutor(name: "test-reader-1"), ThreadExecutor(name: "test-reader-2")]
private let filesThread = ThreadExecutor(name: "test-files")

let someone = Owner(uid: 1000)

func environment(
  clock: any Clock<Duration> = ContinuousClock(), wallClock: WallClock = .system,
  metrics: Metrics = Metrics(),
  limits: Limits = Limits(), files: (any SerialExecutor)? = nil,
  progress: @escaping @Sendable (String) -> Void = { _ in }
) -> VaultEnvironment {
  VaultEnvironment(
    writer: storage, readers: readingThreads, files: files ?? filesThread, clock: clock, wallClock: wallClock,
    metrics: metrics,
    log: Log(.silent, component: "store"), limits: limits, progress: progress)
}
