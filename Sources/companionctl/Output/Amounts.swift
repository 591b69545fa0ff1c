import Base

/// Numbers as people say them.
enum Amounts {
  /// Always so many digits behind the point.
  static func fixed(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite, value.magnitude < 1e15 else { return value.description }
    var scale: Double = 1
    for _ in 0..<digits { scale *= 10 }
    let scaled = Int64((value.magnitude * scale).rounded())
    let sign = value < 0 && scaled != 0 ? "-" : ""
    guard digits > 0 else { return sign + String(scaled) }
    let fraction = String(scaled % Int64(scale))
    return sign + String(scaled / Int64(scale)) + "."
      + String(repeating: "0", count: digits - fraction.count) + fraction
  }

  static func milliseconds(_ duration: Duration) -> Double {
    let (seconds, attoseconds) = duration.components
    return Double(seconds) * 1000 + Double(attoseconds) / 1e15
  }

  static func bytes(_ count: Int64) -> String {
    var value = Double(count)
    for unit in ["B", "KiB", "MiB", "GiB"] {
      if value.magnitude < 1024 { return (unit == "B" ? String(count) : fixed(value, 1)) + " " + unit }
      value /= 1024
    }
    return fixed(value, 1) + " TiB"
  }

  /// The two largest units: `3 h 12 min`.
  static func span(milliseconds: Int64) -> String {
    let seconds = max(0, milliseconds) / 1000
    if seconds < 1 { return "\(max(0, milliseconds)) ms" }
    let parts = [
      (seconds / 86_400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "min"), (seconds % 60, "s"),
    ]
    guard let first = parts.firstIndex(where: { $0.0 > 0 }) else { return "0 s" }
    return parts[first..<min(first + 2, parts.count)].filter { $0.0 > 0 }
      .map { "\($0.0) \($0.1)" }.joined(separator: " ")
  }

  static func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
    "\(number) \(number == 1 ? one : many ?? one + "s")"
  }
}
