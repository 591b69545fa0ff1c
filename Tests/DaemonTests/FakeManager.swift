import FoundationEssentials
import Glibc
import TestSupport

/// The service manager's end of the notify protocol: a datagram socket at a path.
final class FakeManager {
  private let descriptor: Int32
  let path: String

  init(at path: String) throws {
    self.path = path
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    let length = socklen_t(MemoryLayout<sockaddr_un>.size)
    let failed = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe bind(descriptor, $0, length) }
    }
    guard failed == 0 else { throw LineClient.Failure.system("bind \(path): error \(errno)") }
  }

  deinit { close(descriptor) }

  /// The next datagram's assignments.
  func next(within patience: Duration = .seconds(10)) throws -> [String] {
    var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard unsafe Glibc.poll(&poll, 1, Int32(patience.milliseconds.rounded(.up))) > 0 else {
      throw LineClient.Failure.timedOut("waiting for the daemon's notification")
    }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
    return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self).split(separator: "\n").map(
      String.init)
  }

  /// The next that says `word`, skipping those that only tell how it goes: pings, status lines, more time for a migration.
  func next(saying word: String, within patience: Duration = .seconds(10)) throws -> [String] {
    while true {
      let said = try next(within: patience)
      if said.contains(where: { $0.hasPrefix(word) }) { return said }
      guard
        said.allSatisfy({
          $0.hasPrefix("STATUS=") || $0.hasPrefix("EXTEND_TIMEOUT_USEC=") || $0 == "WATCHDOG=1"
        })
      else {
        throw LineClient.Failure.unexpected("\(said) instead of \(word)")
      }
    }
  }
}
