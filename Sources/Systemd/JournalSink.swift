package import Base
internal import CSystemd
internal import Glibc

/// Sends lines to the journal with their fields, so that `journalctl COMPANION_TURN=…` finds what belongs
/// together.
///
/// A line that the journal does not take goes to stderr with a syslog prefix: under the manager that is the
/// journal by another way, and otherwise a person sees it. Called on any thread.
package struct JournalSink: LogSink {
  /// Lines that reached neither; and those that only stderr took are counted by `detours`.
  package var lost: Counter { standardError.lost }
  /// Lines that went to stderr because the journal took none.
  package let detours = Counter()

  private let identifier: String
  private let standardError: LineWriter
  private let send: @Sendable ([[UInt8]]) -> Int32

  package init(identifier: String = "companiond") {
    self.init(identifier: identifier, standardError: LineWriter(), send: JournalSink.sendToJournal)
  }

  /// For tests: another way out, and another descriptor for what fails.
  init(identifier: String, standardError: LineWriter, send: @escaping @Sendable ([[UInt8]]) -> Int32) {
    self.identifier = identifier
    self.standardError = standardError
    self.send = send
  }

  /// Whether stderr is a stream to the journal: the manager writes the stream's device and inode into
  /// `JOURNAL_STREAM`. A daemon whose stderr was redirected inherits the variable too, and there a person waits
  /// for lines on the terminal.
  package static var isUnderJournal: Bool {
    guard let text = unsafe getenv("JOURNAL_STREAM") else { return false }
    return matches(stream: unsafe String(cString: text), descriptor: 2)
  }

  static func matches(stream: String, descriptor: Int32) -> Bool {
    let parts = stream.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let device = UInt(parts[0]), let inode = UInt(parts[1]) else { return false }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { return false }
    return status.st_dev == device && status.st_ino == inode
  }

  package func write(_ record: LogRecord) {
    guard send(JournalEntry.fields(of: record, identifier: identifier)) < 0 else { return }
    detours.add()
    let priority = record.level.priority
    standardError.write("<\(priority)>\(record.component): \(JournalEntry.message(of: record))") { lost in
      "<4>log: lines of the log were lost  lines=\(lost)"
    }
  }

  /// libsystemd answers 0 when there is no journal at all, and the line would vanish; so its door is looked for
  /// first (about 1 µs).
  private static func sendToJournal(_ fields: [[UInt8]]) -> Int32 {
    guard unsafe access("/run/systemd/journal/socket", W_OK) == 0 else { return -errno }
    return unsafe csystemd_journal_send(
      fields.flatMap { $0 }, fields.map { Int32($0.count) }, Int32(fields.count))
  }
}
