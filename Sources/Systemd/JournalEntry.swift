internal import Base
internal import CSystemd

/// The fields of one line in the journal's own form, `NAME=value`.
enum JournalEntry {
  /// MESSAGE, PRIORITY, SYSLOG_IDENTIFIER and COMPANION_COMPONENT, then the record's own as COMPANION_<NAME>.
  ///
  /// The journal would keep any byte in a value, but `journalctl -o cat` prints values as they are: what could
  /// forge a line there is escaped here.
  static func fields(of record: LogRecord, identifier: String) -> [[UInt8]] {
    var fields = [
      "MESSAGE=\(message(of: record))",
      "PRIORITY=\(record.level.priority)",
      "SYSLOG_IDENTIFIER=\(identifier)",
      "COMPANION_COMPONENT=\(record.component.printable(limit: maxLogTextBytes))",
      "COMPANION_LEVEL=\(record.level.rawValue)",
    ]
    for field in record.fields.prefix(Int(CSYSTEMD_MAX_FIELDS) - fields.count) {
      fields.append("\(name(of: field.name))=\(field.value.printable(limit: maxLogTextBytes))")
    }
    return fields.map { Array($0.utf8) }
  }

  /// The fields stand in the message too: plain `journalctl` shows nothing else, and "connection refused" without
  /// the peer helps nobody.
  static func message(of record: LogRecord) -> String {
    let message = record.message.printable(limit: maxLogTextBytes)
    return record.fields.isEmpty ? message : "\(message)  \(record.readableFields)"
  }

  /// `retryAfterMs` becomes `COMPANION_RETRY_AFTER_MS`. The journal takes A-Z, 0-9 and `_`, at most 64 bytes,
  /// and drops a whole entry for a name it refuses.
  static func name(of field: String) -> String {
    var name = ""
    var afterLower = false
    for byte in field.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"):
        name.unicodeScalars.append(Unicode.Scalar(byte - 32))
        afterLower = true
      case UInt8(ascii: "A")...UInt8(ascii: "Z"):
        if afterLower { name += "_" }
        name.unicodeScalars.append(Unicode.Scalar(byte))
        afterLower = false
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        name.unicodeScalars.append(Unicode.Scalar(byte))
        afterLower = true
      default:
        name += "_"
        afterLower = false
      }
    }
    // These two are the sink's own; a field of the same name must not pass for them.
    if name == "COMPONENT" || name == "LEVEL" { name = "FIELD_\(name)" }
    return String("COMPANION_\(name)".prefix(64))
  }
}
