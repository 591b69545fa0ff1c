import Glibc
import TestSupport

/// What only a bare descriptor can do: take what there is without waiting, and send while receiving.
enum RawSocket {
  /// Sends as much as the kernel takes now; how much that was.
  static func push(_ bytes: [UInt8], to descriptor: Int32) -> Int {
    var sent = 0
    while sent < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        unsafe send(
          descriptor, UnsafeRawBufferPointer(rebasing: buffer[sent...]).baseAddress, bytes.count - sent,
          Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
      }
      guard count > 0 else { break }
      sent += count
    }
    return sent
  }

  /// Takes at most so many bytes, without waiting.
  static func pull(_ most: Int, from descriptor: Int32) -> [UInt8] {
    var piece = [UInt8](repeating: 0, count: most)
    let count = unsafe recv(descriptor, &piece, most, Int32(MSG_DONTWAIT))
    return Array(piece.prefix(max(0, count)))
  }

  /// Sends everything while reading what comes, until so many lines are there: what a pipelining client does.
  static func exchange(
    _ bytes: [UInt8], lines wanted: Int, over descriptor: Int32, within patience: Duration = .seconds(60)
  ) throws -> [String] {
    let deadline = ContinuousClock.now + patience
    var (sent, received, searched) = (0, [UInt8](), 0)
    var lines: [String] = []
    while lines.count < wanted {
      guard ContinuousClock.now < deadline else {
        throw LineClient.Failure.timedOut(
          "\(lines.count) of \(wanted) lines, \(sent) of \(bytes.count) bytes sent")
      }
      let events = POLLIN | (sent < bytes.count ? POLLOUT : 0)
      var poll = pollfd(fd: descriptor, events: Int16(events), revents: 0)
      _ = unsafe Glibc.poll(&poll, 1, 1000)
      if sent < bytes.count {
        sent += push(Array(bytes[sent..<min(bytes.count, sent + 65536)]), to: descriptor)
      }
      received.append(contentsOf: pull(65536, from: descriptor))
      while let end = received[searched...].firstIndex(of: 0x0A) {
        lines.append(String(decoding: received[searched..<end], as: UTF8.self))
        searched = end + 1
      }
      received.removeFirst(searched)
      searched = 0
    }
    return lines
  }
}
