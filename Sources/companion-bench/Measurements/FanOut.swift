import Glibc
import Posix

/// `fanout`: one event to 1,000 listeners on as many connections; how long until the last has it.
///
/// The daemon is made to tell something by what it really offers: a `settings.set`, whose `settings.changed` carries
/// `payloadBytes` of data. That call is answered when it stands on the disk, and its event follows its answer, so the
/// clock starts when the answer is here, and the way that a request and its answer take (a ping's round trip in the same round)
/// is added: then it measures what PUBLISH measures, whose clock starts with the request. What the commit takes is shown beside it.
struct FanOut {
  static let payloadBytes = 200
  private let bench: Bench
  private let listeners: Int

  init(_ bench: Bench) {
    self.bench = bench
    listeners = bench.amount(1000)
  }

  func measure() async throws -> [Figure] {
    var median = Figure(
      "event to \(listeners) listeners, p50", .microseconds, aims: [.ratioAtMost(1, of: "redis-server")])
    var tail = Figure("event to \(listeners) listeners, p99", .microseconds)
    var commit = Figure("settings.set to \(listeners) listeners, with its commit, p50", .microseconds)

    let subjects = bench.subjects { $0.publishing != nil }
    var halls: [Hall] = []
    for subject in subjects { halls.append(try Hall(try bench.launch(subject), listeners: listeners)) }
    for round in 0..<bench.options.rounds {
      let order = round.isMultiple(of: 2) ? halls : halls.reversed()
      for hall in order {
        let name = hall.running.subject.name
        var times: [Double] = []
        var whole: [Double] = []
        let way = try hall.way()
        for _ in 0..<bench.amount(100) {
          let told = try await hall.tell()
          times.append(Double(told.last - told.start) / 1000 + (hall.publishing.countsFromReply ? way : 0))
          whole.append(Double(told.last - told.asked) / 1000)
        }
        median.add(times.median, for: name)
        tail.add(times.percentile(0.99), for: name)
        if hall.publishing.countsFromReply { commit.add(whole.median, for: name) }
      }
    }
    for hall in halls { await hall.leave() }
    return [median, tail, commit]
  }
}

/// A subject with its publisher and its listeners.
private final class Hall {
  let running: Running
  let publishing: Subject.Publishing
  private let publisher: LineSocket
  private let audience: Audience
  private var number = 0

  init(_ running: Running, listeners: Int) throws {
    guard let publishing = running.subject.publishing else {
      throw Trouble("\(running.subject.name) publishes nothing.")
    }
    self.running = running
    self.publishing = publishing
    publisher = try running.connect()
    var sockets: [LineSocket] = []
    for _ in 0..<listeners {
      let socket = try running.connect()
      try socket.exchange(publishing.subscribe, lines: publishing.subscribedLines)
      sockets.append(socket)
    }
    audience = Audience(sockets.map { dup($0.descriptor) }, linesEach: publishing.eventLines)
  }

  /// A ping's round trip, in microseconds.
  func way() throws -> Double {
    let ping = running.subject.ping(1)
    return try (0..<50).map { _ in
      let start = now()
      try publisher.exchange(ping)
      return Double(now() - start) / 1000
    }.median
  }

  /// Publishes once; when it was asked for, when the clock starts, when the last listener had it.
  func tell() async throws -> (asked: Int64, start: Int64, last: Int64) {
    number += 1
    let request = publishing.publish(number)
    await audience.expect()
    let asked = now()
    try publisher.send(request)
    try publisher.receive(lines: 1)
    let start = publishing.countsFromReply ? now() : asked
    return (asked, start, try await audience.last())
  }

  func leave() async { await audience.close() }
}

/// The listeners, on the event loop: each is read when it has something, as a program with many connections does it.
@Loop
private final class Audience {
  private var sockets: [Int32: FileDescriptorBox] = [:]
  private let linesEach: Int
  private var buffer = [UInt8](repeating: 0, count: 4096)
  private var missing = 0
  private var lastAt: Int64 = 0
  private var waiting: CheckedContinuation<Void, Never>?

  private final class FileDescriptorBox {
    let descriptor: FileDescriptor
    var missing = 0
    init(_ raw: Int32) { descriptor = FileDescriptor(adopting: raw) }
  }

  /// Takes the descriptors over.
  nonisolated init(_ descriptors: [Int32], linesEach: Int) {
    self.linesEach = linesEach
    Loop.perform { self.listen(descriptors) }
  }

  private func listen(_ descriptors: [Int32]) {
    for raw in descriptors {
      UnixSocket.makeNonblocking(raw)
      let box = FileDescriptorBox(raw)
      sockets[raw] = box
      EventLoop.shared.watch(raw, for: .read) { [weak self] _ in self?.read(box) }
    }
  }

  /// From now on everybody is to get one event.
  func expect() {
    for box in sockets.values { box.missing = linesEach }
    missing = sockets.count
  }

  /// When the last had it.
  func last() async throws -> Int64 {
    if missing > 0 {
      let patience = EventLoop.shared.after(.seconds(20)) { self.finish() }
      await withCheckedContinuation { waiting = $0 }
      patience.cancel()
    }
    guard missing == 0 else { throw Trouble("An event did not reach \(missing) listeners.") }
    return lastAt
  }

  private func read(_ box: FileDescriptorBox) {
    let transfer = unsafe buffer.withUnsafeMutableBytes { unsafe box.descriptor.read(into: $0) }
    guard case .bytes(let count) = transfer, box.missing > 0 else { return }
    box.missing -= buffer.span.extracting(..<count).newlines
    guard box.missing <= 0 else { return }
    missing -= 1
    if missing == 0 {
      lastAt = now()
      finish()
    }
  }

  private func finish() {
    waiting?.resume()
    waiting = nil
  }

  func close() {
    for raw in sockets.keys { EventLoop.shared.unwatch(raw) }
    sockets = [:]
  }
}
