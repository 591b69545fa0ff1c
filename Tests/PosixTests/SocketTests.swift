import FoundationEssentials
import Glibc
import TestSupport
import Testing

@testable import Posix

/// Listening where a dead daemon did, and never where a living one does.
@Suite struct SocketTests {
  private func mode(_ path: String) -> UInt32? {
    var status = stat()
    return unsafe lstat(path, &status) == 0 ? status.st_mode : nil
  }

  @Test func `listens with the mode it is given, from the first moment`() throws {
    let folder = try TemporaryFolder()
    for wanted: UInt32 in [0o600, 0o660, 0o666] {
      let path = folder.file("s\(wanted)")
      let listening = try UnixSocket.listen(at: path, mode: wanted)
      #expect(mode(path) == UInt32(S_IFSOCK) | wanted)
      #expect(mode(path + ".lock") == UInt32(S_IFREG) | 0o600)
      #expect(UnixSocket.isListening(listening.descriptor))
      #expect(UnixSocket.path(of: listening.descriptor) == path)
      #expect(!listening.isInherited)
    }
  }

  @Test func `takes over what a dead daemon left`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("s")
    var first: Listening? = try UnixSocket.listen(at: path, mode: 0o600)
    let died = first?.descriptor
    first = nil
    // Nobody removed the path, as after kill -9.
    #expect(mode(path) != nil)
    #expect(UnixSocket.livingListener(at: path) == nil)
    let second = try UnixSocket.listen(at: path, mode: 0o600)
    #expect(UnixSocket.livingListener(at: path) == getpid())
    _ = (died, second)
  }

  @Test func `refuses a path where somebody serves, and names the pid`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("s")
    let living = try UnixSocket.listen(at: path, mode: 0o600)
    #expect(throws: UnixSocket.ListenError.taken(path: path, pid: getpid())) {
      try UnixSocket.listen(at: path, mode: 0o600)
    }
    // It still serves.
    let client = try UnixSocket.connect(to: path)
    #expect(try UnixSocket.peer(of: client.raw).pid == getpid())
    // A daemon whose path is gone still holds its place.
    living.removePath()
    #expect(throws: UnixSocket.ListenError.taken(path: path, pid: getpid())) {
      try UnixSocket.listen(at: path, mode: 0o600)
    }
    #expect(mode(path) == nil)
  }

  @Test func `refuses a path whose listener is too busy to be asked`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("s")
    let busy = try UnixSocket.listen(at: path, mode: 0o600, backlog: 0)
    let waiting = try UnixSocket.connect(to: path)
    #expect(UnixSocket.livingListener(at: path) == 0)
    #expect(throws: UnixSocket.ListenError.taken(path: path, pid: getpid())) {
      try UnixSocket.listen(at: path, mode: 0o600)
    }
    #expect(UnixSocket.isListening(busy.descriptor))
    _ = waiting.raw
  }

  @Test func `replaces nothing that is not a socket`() throws {
    let folder = try TemporaryFolder()
    try folder.write("precious", to: "file")
    #expect(throws: UnixSocket.ListenError.notASocket(path: folder.file("file"))) {
      try UnixSocket.listen(at: folder.file("file"), mode: 0o600)
    }
    #expect(try String(contentsOfFile: folder.file("file"), encoding: .utf8) == "precious")
    // A link to a socket is a link.
    let living = try UnixSocket.listen(at: folder.file("s"), mode: 0o600)
    #expect(unsafe symlink(folder.file("s"), folder.file("link")) == 0)
    #expect(throws: UnixSocket.ListenError.notASocket(path: folder.file("link"))) {
      try UnixSocket.listen(at: folder.file("link"), mode: 0o600)
    }
    #expect(UnixSocket.isListening(living.descriptor))
  }

  @Test func `follows no link for its lock`() throws {
    let folder = try TemporaryFolder()
    try folder.write("precious", to: "file")
    #expect(unsafe symlink(folder.file("file"), folder.file("s.lock")) == 0)
    #expect(throws: UnixSocket.ListenError.system(SystemError("open", ELOOP, subject: folder.file("s.lock"))))
    {
      try UnixSocket.listen(at: folder.file("s"), mode: 0o600)
    }
    #expect(try String(contentsOfFile: folder.file("file"), encoding: .utf8) == "precious")
  }

  @Test func `says what is wrong with a path that the system refuses`() throws {
    let folder = try TemporaryFolder()
    // 107 bytes fit, one more does not.
    let room = 107 - folder.path.utf8.count - 1
    _ = try UnixSocket.listen(at: folder.file(String(repeating: "s", count: room)), mode: 0o600)
    #expect(throws: UnixSocket.ListenError.self) {
      try UnixSocket.listen(at: folder.file(String(repeating: "s", count: room + 1)), mode: 0o600)
    }
    #expect(throws: UnixSocket.ListenError.self) {
      try UnixSocket.listen(at: folder.file("no/s"), mode: 0o600)
    }
    #expect(throws: SystemError.self) { _ = try UnixSocket.connect(to: folder.file("nothing")) }
  }

  // MARK: Accepting and speaking

  @Test func `tells what an accept did`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("s")
    let listening = try UnixSocket.listen(at: path, mode: 0o600)
    UnixSocket.makeNonblocking(listening.descriptor)
    #expect(UnixSocket.accept(on: listening.descriptor) == .none)
    let client = try UnixSocket.connect(to: path)
    guard case .connection(let raw) = UnixSocket.accept(on: listening.descriptor) else {
      Issue.record("nothing was accepted")
      return
    }
    #expect(fcntl(raw, F_GETFD) & FD_CLOEXEC != 0)
    #expect(fcntl(raw, F_GETFL) & O_NONBLOCK != 0)
    #expect(try UnixSocket.peer(of: raw).uid == geteuid())
    close(raw)
    #expect(UnixSocket.accept(on: client.raw) == .failed(EINVAL))
    #expect(UnixSocket.accept(on: listening.descriptor) == .none)
  }

  @Test func `tells what a transfer did, and survives a peer that is gone`() throws {
    let (left, right) = try UnixSocket.pair()
    let ours = FileDescriptor(adopting: left)
    var room = [UInt8](repeating: 0, count: 16)
    func read() -> FileDescriptor.Transfer {
      unsafe room.withUnsafeMutableBytes { unsafe ours.read(into: $0) }
    }
    #expect(read() == .wouldBlock)
    #expect(unsafe write(right, [1, 2, 3] as [UInt8], 3) == 3)
    #expect(read() == .bytes(3))
    #expect(room.prefix(3) == [1, 2, 3])
    let much = [UInt8](repeating: 7, count: 1 << 20)
    var sent = 0
    while case .bytes(let count) = ours.send(much.span) { sent += count }
    #expect(sent > 0)
    #expect(ours.send(much.span) == .wouldBlock)
    shutdown(right, Int32(SHUT_WR))
    #expect(read() == .end)
    close(right)
    #expect(ours.send(much.span) == .failed(EPIPE))
  }

  @Test func `half-closes and goes on reading`() throws {
    let (left, right) = try UnixSocket.pair()
    let ours = FileDescriptor(adopting: left)
    let theirs = FileDescriptor(adopting: right)
    ours.shutdownWriting()
    var room = [UInt8](repeating: 0, count: 4)
    #expect(unsafe room.withUnsafeMutableBytes { unsafe theirs.read(into: $0) } == .end)
    #expect(theirs.send([9].span) == .bytes(1))
    #expect(unsafe room.withUnsafeMutableBytes { unsafe ours.read(into: $0) } == .bytes(1))
  }

  @Test func `closes a descriptor with its owner, and not one that was given away`() throws {
    let (left, right) = try UnixSocket.pair()
    do { _ = FileDescriptor(adopting: left) }
    var room = [UInt8](repeating: 0, count: 1)
    #expect(unsafe read(right, &room, 1) == 0)
    let raw = FileDescriptor(adopting: right).release()
    #expect(raw == right)
    #expect(fcntl(raw, F_GETFD) >= 0)
    close(raw)
  }
}
