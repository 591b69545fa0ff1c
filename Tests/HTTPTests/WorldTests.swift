import Glibc
import Posix
import Testing

@testable import HTTP

/// What a library does with its own sockets is not ours to trap on.
@Suite struct WorldTests {
  init() { Loop.start() }

  // As curl's header has them.
  private let pollIn: Int32 = 1
  private let pollInOut: Int32 = 3
  private let pollRemove: Int32 = 4

  @Test @Loop func `a socket that cannot be watched, or became another one unnoticed, is no fault`() throws {
    let client = HTTPClient()
    var ends: [Int32] = [0, 0]
    try #require(unsafe pipe(&ends) == 0)
    // A file is never ready in epoll's sense.
    let file = unsafe open("/proc/self/status", O_RDONLY)
    client.watch(file, pollIn)
    client.watch(file, pollRemove)
    close(file)
    client.watch(ends[0], pollIn)
    // Closed and opened again under its number: the kernel has forgotten the watch.
    close(ends[0])
    var others: [Int32] = [0, 0]
    try #require(unsafe pipe(&others) == 0)
    try #require(others[0] == ends[0] || dup2(others[0], ends[0]) == ends[0])
    client.watch(ends[0], pollInOut)
    client.watch(ends[0], pollIn)
    client.watch(ends[0], pollRemove)
    for descriptor in Set(ends + others) { close(descriptor) }
  }
}
