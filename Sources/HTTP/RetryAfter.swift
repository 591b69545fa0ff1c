package import Base

/// How long a server asks to be left alone, in any of the ways servers say it.
package enum RetryAfter {
  /// nil when the headers do not say, or say nonsense. Never negative.
  package static func wait(askedBy head: HTTPHead, now: Timestamp) -> Duration? {
    if let text = head["retry-after-ms"], let milliseconds = Double(text), milliseconds >= 0,
      milliseconds < 1e12
    {
      return .milliseconds(milliseconds)
    }
    if let text = head["retry-after"] {
      if let seconds = duration(text) { return seconds }
      if let date = HTTPDate.parse(text, now: now) { return max(.zero, date - now) }
    }
    return limit(askedBy: head, now: now)
  }

  /// Of the limits that are used up, the one that is renewed last; where none says what is left, the one renewed first, which is
  /// the most hopeful reading.
  private static func limit(askedBy head: HTTPHead, now: Timestamp) -> Duration? {
    var exhausted: [Duration] = []
    var others: [Duration] = []
    for (name, value) in head.headers where name.contains("ratelimit-") && name.contains("reset") {
      guard let wait = duration(value) ?? moment(value, now: now) else { continue }
      // Both `x-ratelimit-reset-tokens` and `anthropic-ratelimit-tokens-reset` name what is left alike.
      let left = head[name.replacing("reset", with: "remaining")]
      if let left, Double(left) == 0 { exhausted.append(wait) } else { others.append(wait) }
    }
    return exhausted.max() ?? others.min()
  }

  /// `30`, `1.5`, `6m0s`, `76ms`, `1h2m3.5s`, `2d`.
  package static func duration(_ text: String) -> Duration? {
    if let seconds = Double(text) {
      // A count of seconds that large is a date.
      return seconds >= 0 && seconds < 1e8 ? .milliseconds(seconds * 1000) : nil
    }
    var rest = Substring(text)
    var total = 0.0
    guard !rest.isEmpty else { return nil }
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      guard let number = Double(digits) else { return nil }
      rest = rest[digits.endIndex...]
      let unit = rest.prefix { $0.isLetter }
      rest = rest[unit.endIndex...]
      switch unit {
      case "ms": total += number
      case "s": total += number * 1000
      case "m": total += number * 60_000
      case "h": total += number * 3_600_000
      case "d": total += number * 86_400_000
      default: return nil
      }
    }
    return total < 1e12 ? .milliseconds(total) : nil
  }

  /// Seconds or milliseconds since 1970, RFC 3339 and the dates of HTTP.
  private static func moment(_ text: String, now: Timestamp) -> Duration? {
    if let number = Double(text), number.isFinite, number >= 1e8, number < 1e14 {
      let milliseconds = number < 1e11 ? number * 1000 : number
      return max(.zero, Timestamp(milliseconds: Int64(milliseconds)) - now)
    }
    return (Timestamp(text) ?? HTTPDate.parse(text, now: now)).map { max(.zero, $0 - now) }
  }
}

extension String {
  fileprivate func replacing(_ part: String, with other: String) -> String {
    guard let range = firstRange(of: part) else { return self }
    return String(self[..<range.lowerBound]) + other + String(self[range.upperBound...])
  }
}
