import Base
import Glibc
import Testing

@testable import Systemd

/// The manager's end of the notify protocol: a datagram socket in the abstract namespace, so that nothing is left
/// behind, or at a path.
private struct FakeManager: ~Copyable {
  let descriptor: Int32
  let name: String

  /// `name` begins with `@` for the abstract namespace, as in NOTIFY_SOCKET.
  init(name: String) {
    self.name = name
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var bytes = Array(name.utf8)
    if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
    let failed = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe bind(descriptor, $0, length) }
    }
    precondition(failed == 0, "the fake manager has no socket")
  }

  deinit { close(descriptor) }

  /// The oldest datagram that waits, nil when there is none: what was sent is there already.
  func receive() -> String? {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = unsafe recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
    return count < 0 ? nil : String(decoding: buffer.prefix(count), as: UTF8.self)
  }
}

/// The environment belongs to the whole process and is read by other tests' threads, so whatever sets it runs in a
/// process of its own.
@Suite struct ServiceManagerTests {
  @Test func `the manager hears each thing the daemon tells it`() async {
    await #expect(processExitsWith: .success) {
      for name in ["@companion-test-\(getpid())", "/tmp/companion-test-\(getpid()).notify"] {
        let manager = FakeManager(name: name)
        defer { _ = unsafe unlink(name) }
        set("NOTIFY_SOCKET", name)
        let notifier = Notifier()
        #expect(notifier.isListened)

        #expect(notifier.ready(status: "0 clients") == nil)
        #expect(manager.receive() == "READY=1\nSTATUS=0 clients")
        #expect(notifier.status("3 clients,\nREADY=1") == nil)
        #expect(manager.receive() == #"STATUS=3 clients,\nREADY=1"#)
        #expect(notifier.watchdog() == nil)
        #expect(manager.receive() == "WATCHDOG=1")
        #expect(notifier.extendTimeout(by: .milliseconds(1500)) == nil)
        #expect(manager.receive() == "EXTEND_TIMEOUT_USEC=1500000")
        #expect(notifier.stopping(status: "2 turns to finish") == nil)
        #expect(manager.receive() == "STOPPING=1\nSTATUS=2 turns to finish")
        #expect(notifier.failing(errno: ENOSPC, status: "the disk is full") == nil)
        #expect(manager.receive() == "ERRNO=28\nSTATUS=the disk is full")
        #expect(notifier.failing(errno: 0, status: "a newer vault") == nil)
        #expect(manager.receive() == "STATUS=a newer vault")
        #expect(manager.receive() == nil)
      }
    }
  }

  @Test func `a reload is announced with the monotonic clock's microseconds`() async {
    await #expect(processExitsWith: .success) {
      let manager = FakeManager(name: "@companion-test-\(getpid())")
      set("NOTIFY_SOCKET", manager.name)
      let before = MonotonicClock.now
      #expect(Notifier().reloading() == nil)
      let after = MonotonicClock.now
      let lines = (manager.receive() ?? "").split(separator: "\n")
      #expect(lines.first == "RELOADING=1")
      let stamp = try #require(lines.last?.split(separator: "=").last.flatMap { Int64($0) })
      #expect(lines.count == 2 && lines.last?.hasPrefix("MONOTONIC_USEC=") == true)
      #expect((before...after).contains(stamp))
    }
  }

  @Test func `without a manager nothing is sent and nothing fails`() async {
    await #expect(processExitsWith: .success) {
      forget("NOTIFY_SOCKET")
      let notifier = Notifier()
      #expect(!notifier.isListened)
      #expect(notifier.ready(status: "x") == nil)
      #expect(notifier.watchdog() == nil)
    }
  }

  @Test func `a manager that went away is an error that names itself`() async {
    await #expect(processExitsWith: .success) {
      set("NOTIFY_SOCKET", "@companion-test-nobody-\(getpid())")
      let error = Notifier().watchdog()
      #expect(error?.code == ECONNREFUSED)
      #expect(error?.description == "sd_notify: Connection refused")
    }
  }

  @Test func `the watchdog's time-out is taken once and halved for pinging`() async {
    await #expect(processExitsWith: .success) {
      set("WATCHDOG_USEC", "30000000")
      set("WATCHDOG_PID", "\(getpid())")
      let watchdog = try #require(try Watchdog.take())
      #expect(watchdog.timeout == .seconds(30))
      #expect(watchdog.interval == .seconds(15))
      #expect(unsafe getenv("WATCHDOG_USEC") == nil)
      #expect(try Watchdog.take() == nil)
    }
  }

  @Test func `a watchdog meant for another process is none, and nonsense is an error`() async {
    await #expect(processExitsWith: .success) {
      set("WATCHDOG_USEC", "30000000")
      set("WATCHDOG_PID", "1")
      let watchdog = try Watchdog.take()
      #expect(watchdog == nil)
      forget("WATCHDOG_PID")
      set("WATCHDOG_USEC", "soon")
      #expect(throws: SystemdError(call: "sd_watchdog_enabled", code: EINVAL)) { try Watchdog.take() }
    }
  }

  @Test func `credentials are looked for in an absolute folder only`() async {
    await #expect(processExitsWith: .success) {
      forget("CREDENTIALS_DIRECTORY")
      #expect(Credentials.directory == nil)
      set("CREDENTIALS_DIRECTORY", "/run/credentials/companiond.service")
      #expect(Credentials.directory == "/run/credentials/companiond.service")
      set("CREDENTIALS_DIRECTORY", "here")
      #expect(Credentials.directory == nil)
    }
  }
}

@Suite struct ActivationTests {
  @Test func `descriptors come with their names, closed on exec, and the variables are gone`() async {
    await #expect(processExitsWith: .success) {
      // The manager's numbers begin at 3, which the test process may use for itself: put it aside meanwhile.
      let aside = [3, 4].map { (number: Int32($0), copy: dup(Int32($0))) }
      defer { for entry in aside where entry.copy >= 0 { dup2(entry.copy, entry.number) } }
      let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      // An address of the family alone: the kernel picks a free abstract name.
      _ = unsafe withUnsafePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          unsafe bind(listener, $0, socklen_t(MemoryLayout<sa_family_t>.size))
        }
      }
      #expect(listen(listener, 1) == 0)
      dup2(listener, 3)
      dup2(socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0), 4)
      set("LISTEN_PID", "\(getpid())")
      set("LISTEN_FDS", "2")
      set("LISTEN_FDNAMES", "rpc:other")

      let descriptors = try Activation.take()

      #expect(
        descriptors == [
          InheritedDescriptor(name: "rpc", number: 3), InheritedDescriptor(name: "other", number: 4),
        ])
      #expect(fcntl(3, F_GETFD) == FD_CLOEXEC)
      #expect(fcntl(4, F_GETFD) == FD_CLOEXEC)
      for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { #expect(unsafe getenv(name) == nil) }
      #expect(try Activation.take() == [])
    }
  }

  @Test func `descriptors without names are unknown`() async {
    await #expect(processExitsWith: .success) {
      let copy = dup(3)
      defer { if copy >= 0 { dup2(copy, 3) } }
      dup2(2, 3)
      set("LISTEN_PID", "\(getpid())")
      set("LISTEN_FDS", "1")
      forget("LISTEN_FDNAMES")
      let descriptors = try Activation.take()
      #expect(descriptors == [InheritedDescriptor(name: "unknown", number: 3)])
    }
  }

  @Test func `variables that name another process are no activation`() async {
    await #expect(processExitsWith: .success) {
      set("LISTEN_PID", "1")
      set("LISTEN_FDS", "1")
      let descriptors = try Activation.take()
      #expect(descriptors == [])
      #expect(unsafe getenv("LISTEN_FDS") == nil)
    }
  }

  @Test func `a count that is no number is an error`() async {
    await #expect(processExitsWith: .success) {
      set("LISTEN_PID", "\(getpid())")
      set("LISTEN_FDS", "many")
      #expect(throws: SystemdError(call: "sd_listen_fds_with_names", code: EINVAL)) { try Activation.take() }
    }
  }
}

private func set(_ variable: String, _ value: String) { _ = unsafe setenv(variable, value, 1) }
private func forget(_ variable: String) { _ = unsafe unsetenv(variable) }

private enum MonotonicClock {
  /// CLOCK_MONOTONIC, which is what the manager compares with.
  static var now: Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }
}
